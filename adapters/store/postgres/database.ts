import type { Database, Transaction } from '../sql/database.ts';
import { connectionsTo, type DatabaseSchema, type Limits, usualLimits } from './connection.ts';
import { migrate, readVersion, sameVersion } from './migrations.ts';
import { inTransaction, type Session } from './session.ts';

/** Connects to the server and brings the store's schema, which is made where there is none, to the newest version. */
export async function openDatabase(url: string, limits: Partial<Limits>, schema: DatabaseSchema): Promise<Database> {
  const connections = connectionsTo(url, { ...usualLimits, ...limits }, schema);
  try {
    await migrate(connections);
  } catch (thrown) {
    await connections.pool.end();
    throw thrown;
  }
  /** The version is looked at each time: a process that has run since before an upgrade must not write any more. */
  const transaction = <T>(mode: 'read' | 'write', work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    inTransaction(connections, { mode, first: readVersion(schema) }, (session, rows) => {
      sameVersion(rows, session.place, schema);
      return work(statements(session));
    });
  return {
    write: (work) => transaction('write', work),
    read: (work) => transaction('read', work),
    close: () => void connections.pool.end(),
  };
}

const statements = ({ ask }: Session): Transaction => ({
  run: async (sql, ...values) => void (await ask(numbered(sql), values)),
  row: async (sql, ...values) => (await ask(numbered(sql), values))[0],
  rows: async (sql, ...values) => ask(numbered(sql), values),
});

/** `?` as `$1`, `$2`, …: no statement of ours has a question mark elsewhere. */
function numbered(sql: string): string {
  let values = 0;
  return sql.replaceAll('?', () => `$${++values}`);
}
