import { DatabaseError } from 'pg';
import { DeskError } from '../../../core/errors.ts';

/** SQLSTATEs, or the two characters of their class, that people meet (postgresql.org/docs/current/errcodes-appendix.html). */
const meanings: Readonly<Record<string, string>> = {
  '08': 'the connection broke',
  '25006': 'it may only be read',
  '25P03': 'this process was away for too long in the middle of a change',
  '28': 'it does not accept the user or the password',
  '3D000': 'there is no such database',
  '3F000': 'the schema is gone',
  '40': 'another process was in the way',
  '42501': 'the user may not do that',
  '42P01': 'the schema is not whole',
  '53100': 'its disk is full',
  '53200': 'it is out of memory',
  '53300': 'it takes no more connections',
  '53': 'it is out of some resource',
  '55P03': 'another process held it for too long',
  '57014': 'a statement took too long',
  '57': 'it is starting or shutting down',
  '58': 'its disk failed to read or write',
  XX001: 'it is damaged',
  XX002: 'it is damaged',
};

/**
 * What went wrong while PostgreSQL was asked, as StoreUnavailable. A refusal that only a defect of ours can bring about
 * (a broken statement, a constraint) is given back as it is; whatever is no refusal is a connection that failed.
 */
export function storeFailure(thrown: unknown, place: string): unknown {
  if (thrown instanceof DeskError) return thrown;
  const meaning = thrown instanceof DatabaseError ? meaningOf(thrown.code ?? '') : 'it cannot be reached';
  if (meaning === undefined) return thrown;
  return new DeskError('StoreUnavailable', `the store did not answer: ${meaning}`, {
    path: 'DATABASE_URL',
    expected: 'a PostgreSQL server that can be written, with room on its disk',
    found: `${messageOf(thrown)} (${place})`,
    cause: thrown,
  });
}

const meaningOf = (sqlState: string): string | undefined => meanings[sqlState] ?? meanings[sqlState.slice(0, 2)];

/** An AggregateError (each address of a host refused) has its words in its parts. */
function messageOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return thrown.errors.map(messageOf).join('; ');
  return thrown instanceof Error ? thrown.message : String(thrown);
}
