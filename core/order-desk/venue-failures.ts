import { DeskError, type ErrorCode } from '../errors.ts';
import { VenueError, type VenueFailureKind } from '../ports/exchange.ts';

/** What a venue's refusal of a reading call means for whoever asked. */
const codes: Readonly<Record<VenueFailureKind, ErrorCode>> = {
  rejected: 'BadInput',
  rateLimited: 'RateLimited',
  notReachable: 'NotReachable',
  badCredentials: 'NotAuthorized',
  maintenance: 'NotReachable',
  unknownOrder: 'NotFound',
  unknown: 'NotReachable',
};

/** A venue's failure in the desk's words; anything else as it is. */
export function deskErrorOfVenue(thrown: unknown): unknown {
  if (!(thrown instanceof VenueError)) return thrown;
  const { kind, code, message } = thrown.failure;
  return new DeskError(codes[kind], code === '' ? message : `${message} (${code})`, { cause: thrown });
}

/** Asks a venue; its failure is thrown in the desk's words. */
export async function askVenue<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (thrown) {
    throw deskErrorOfVenue(thrown);
  }
}
