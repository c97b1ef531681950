import type { DuckDBConnection } from '@duckdb/node-api';

/** Runs work in a transaction: what it throws rolls everything back. */
export async function inTransaction<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
  await connection.run('begin transaction');
  try {
    const result = await work();
    await connection.run('commit');
    return result;
  } catch (thrown) {
    await connection.run('rollback').catch(() => undefined); // the first failure is the one to tell
    throw thrown;
  }
}
