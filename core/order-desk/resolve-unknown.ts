import { DeskError } from '../errors.ts';
import { type LookUp, resumeLookUp, startLookUp, stepLookUp } from '../orders/look-up.ts';
import type { Exchange, OrderSighting } from '../ports/exchange.ts';
import type { OrderRecord } from '../ports/order-store.ts';
import { applyEvent, storedOrder } from './apply-event.ts';
import type { OrderDesk } from './desk.ts';
import { findOrder, isFound, sightingEvent } from './look.ts';
import { deskErrorOfVenue } from './venue-failures.ts';

/** A look that failed is no look: the next one follows soon, and later ones ever more slowly. */
const firstPauseMs = 500;
const longestPauseMs = 5_000;

/** Where the looking stands, for whoever watches it. */
export type LookProgress = Readonly<{ looks: number; failedLooks: number; lookUp: LookUp; lastFailure: string }>;

export type LookOptions = Readonly<{
  signal: AbortSignal;
  onProgress?: (progress: LookProgress) => void;
  /** Where another process stopped that looked for the same order: the `lookUp` that it told last, if any. */
  goOnFrom?: unknown;
}>;

/**
 * Looks for an order whose outcome is not known until the venue has shown it or it is proven never accepted
 * (core/orders/look-up.ts), and returns its row. It only looks, so any number of processes may do it at once.
 */
export async function resolveUnknown(
  desk: OrderDesk,
  clientOrderId: string,
  { signal, onProgress, goOnFrom }: LookOptions,
): Promise<OrderRecord> {
  const { orders, exchange, pause } = desk;
  const first = await storedOrder(orders, clientOrderId);
  if (!isOpenQuestion(first)) return first;
  const { submission } = first;
  if (submission === undefined) throw new DeskError('Internal', `${clientOrderId} was submitted without a deadline`);
  let lookUp = resumeLookUp(startLookUp(submission, exchange.traits), goOnFrom);
  let [looks, failedLooks, lastFailure, failurePauseMs] = [0, 0, '', firstPauseMs];
  // Before each pause, so that who goes on from here does not make the last look again.
  const tell = () => onProgress?.({ looks, failedLooks, lookUp, lastFailure });
  signal.throwIfAborted();
  tell();
  for (;;) {
    signal.throwIfAborted();
    const record = await storedOrder(orders, clientOrderId);
    if (!isOpenQuestion(record)) return record; // a stream or another process was quicker
    const look = await lookOnce(exchange, record, signal);
    if ('failure' in look) {
      failedLooks++;
      lastFailure = look.failure;
      tell();
      await pause(failurePauseMs, signal);
      failurePauseMs = Math.min(failurePauseMs * 2, longestPauseMs);
      continue;
    }
    looks++;
    failurePauseMs = firstPauseMs;
    const step = stepLookUp(lookUp, { venueMs: look.venueMs, found: isFound(look.sighting) });
    lookUp = step.state;
    if (step.conclusion.kind === 'found') return applyEvent(desk, clientOrderId, sightingEvent(look.sighting));
    if (step.conclusion.kind === 'notSent') {
      const reason = 'not in open orders, closed orders and fills after its deadline and the settle time';
      return applyEvent(desk, clientOrderId, { type: 'provenAbsent', reason });
    }
    tell();
    await pause(step.conclusion.afterMs, signal);
  }
}

const isOpenQuestion = ({ state }: OrderRecord): boolean => state === 'submitted' || state === 'unknown';

type LookAnswer = Readonly<{ venueMs: number; sighting: OrderSighting } | { failure: string }>;

/** The venue's time first, from its time endpoint: a look proves nothing about what came after it began. */
async function lookOnce(exchange: Exchange, record: OrderRecord, signal: AbortSignal): Promise<LookAnswer> {
  try {
    const venueMs = await exchange.serverTimeMs({ signal });
    return { venueMs, sighting: await findOrder(exchange, record, signal) };
  } catch (thrown) {
    signal.throwIfAborted();
    const failure = deskErrorOfVenue(thrown);
    // A venue's failure, whatever it is, may pass; a defect is for whoever runs this to say and to repeat.
    if (!(failure instanceof DeskError)) throw thrown;
    return { failure: failure.message };
  }
}
