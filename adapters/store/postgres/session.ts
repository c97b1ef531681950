import type { PoolClient } from 'pg';
import { DeskError } from '../../../core/errors.ts';
import type { Row, Value } from '../sql/database.ts';
import type { Connections } from './connection.ts';
import { storeFailure } from './errors.ts';

/** One connection while it is ours. What the server refuses is a DeskError. */
export type Session = Readonly<{
  place: string;
  /** The rows of a statement, of the last one where there are several (those take no values). */
  ask(sql: string, values?: readonly Value[]): Promise<readonly Row[]>;
}>;

/** The statements that begin a transaction. All settings end with it, so poolers like PgBouncer may stand between. */
const begin = (mode: 'read' | 'write', { schema, limits: { statementMs, lockMs, absentMs } }: Connections): string =>
  [
    mode === 'write' ? 'BEGIN' : 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
    `SET LOCAL search_path = ${schema.name}`,
    `SET LOCAL statement_timeout = ${statementMs}`,
    `SET LOCAL lock_timeout = ${lockMs}`,
    `SET LOCAL idle_in_transaction_session_timeout = ${absentMs}`,
    ...(mode === 'write' ? [`SELECT pg_advisory_xact_lock(${schema.writerLock})`] : []),
  ].join('; ');

/**
 * Runs `work` in one transaction on one connection of the pool. `first` is a statement that goes out together with those
 * that begin it, in one round trip; `work` gets its rows.
 */
export async function inTransaction<T>(
  connections: Connections,
  { mode, first }: Readonly<{ mode: 'read' | 'write'; first: string }>,
  work: (session: Session, rows: readonly Row[]) => Promise<T>,
): Promise<T> {
  const { client, session } = await connect(connections);
  let broken = false;
  try {
    const result = await work(session, await session.ask(`${begin(mode, connections)}; ${first}`));
    await session.ask('COMMIT');
    return result;
  } catch (thrown) {
    broken = !(await rolledBack(session, thrown));
    throw thrown;
  } finally {
    client.release(broken);
  }
}

async function connect({ pool, place }: Connections): Promise<Readonly<{ client: PoolClient; session: Session }>> {
  try {
    const client = await pool.connect();
    return { client, session: sessionOn(client, place) };
  } catch (thrown) {
    throw storeFailure(thrown, place);
  }
}

const sessionOn = (client: PoolClient, place: string): Session => ({
  place,
  async ask(sql, values) {
    try {
      const answer = await client.query<Row>(sql, values?.map(storable));
      return [answer].flat().at(-1)?.rows ?? []; // several statements have several answers
    } catch (thrown) {
      throw storeFailure(thrown, place);
    }
  },
});

/** PostgreSQL's text holds every character but this one, which strange names and messages may hold. */
const storable = (value: Value): Value => (typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value);

/** Whether the connection may be used again. One that has failed is closed, which rolls back, too. */
async function rolledBack({ ask }: Session, why: unknown): Promise<boolean> {
  if (why instanceof DeskError && why.code === 'StoreUnavailable') return false;
  try {
    await ask('ROLLBACK');
    return true;
  } catch {
    return false;
  }
}
