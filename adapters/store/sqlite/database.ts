import { mkdirSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DeskError } from '../../../core/errors.ts';
import type { Database, Transaction } from '../sql/database.ts';
import { checkPages } from './check-pages.ts';
import { storeFailure } from './errors.ts';
import { type FileSchema, migrate } from './migrations.ts';

/** How long a writer waits for another process before the store counts as unavailable. */
const busyMs = 5_000;

/** `verify` reads the whole file before anything else: a damaged one is refused (StoreUnavailable). */
export type OpenFile = Readonly<{ verify?: boolean }>;

/**
 * Opens the file, makes it where there is none, and brings it to the newest schema. WAL, so that readers never wait;
 * synchronous FULL, so that what was answered for survives a power cut (0.2 ms a commit on an SSD); on macOS that
 * takes fullfsync, too.
 */
export function openDatabase(file: string, schema: FileSchema, options: OpenFile = {}): Database {
  const database = connect(file, schema, options);
  const sql = statements(database);
  const inTurn = <T>(begin: string, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    afterOthers(resolve(file), async () => {
      try {
        database.exec(begin);
        const result = await work(sql);
        database.exec('COMMIT');
        return result;
      } catch (thrown) {
        if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
        throw storeFailure(thrown, file);
      }
    });
  return {
    write: (work) => inTurn('BEGIN IMMEDIATE', work),
    read: (work) => inTurn('BEGIN', work),
    freeBytes() {
      const { bavail, bsize } = statfsSync(dirname(resolve(file)));
      return bavail * bsize;
    },
    close() {
      if (database.isOpen) database.close();
    },
  };
}

/** The last transaction of each file that this process has begun. */
const lastOf = new Map<string, Promise<unknown>>();

/**
 * One transaction of this process at a time on a file, whatever connection it is on: SQLite waits for the writer of
 * another connection by standing still, and a writer of the same thread could then never end.
 */
function afterOthers<T>(file: string, work: () => Promise<T>): Promise<T> {
  const turn = (lastOf.get(file) ?? Promise.resolve()).then(work);
  const ended = turn
    .catch(() => {})
    .finally(() => {
      if (lastOf.get(file) === ended) lastOf.delete(file);
    });
  lastOf.set(file, ended);
  return turn;
}

/** Statements on one connection, each prepared once. */
function statements(database: DatabaseSync): Transaction {
  const known = new Map<string, StatementSync>();
  const prepared = (sql: string) => {
    const statement = known.get(sql) ?? database.prepare(sql);
    known.set(sql, statement);
    return statement;
  };
  return {
    run: async (sql, ...values) => void prepared(sql).run(...values),
    row: async (sql, ...values) => prepared(sql).get(...values),
    rows: async (sql, ...values) => prepared(sql).all(...values),
  };
}

function connect(file: string, schema: FileSchema, { verify = false }: OpenFile): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    database = new DatabaseSync(file, { timeout: busyMs });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
    database.exec('PRAGMA checkpoint_fullfsync = ON; PRAGMA foreign_keys = ON');
    if (verify) checkPages(database, file);
    migrate(database, file, schema);
    return database;
  } catch (thrown) {
    database?.close();
    const failure = storeFailure(thrown, file);
    if (!(failure instanceof Error && 'code' in failure && 'syscall' in failure)) throw failure;
    throw new DeskError('StoreUnavailable', 'the folder of the store cannot be made', {
      file,
      found: failure.message,
      cause: failure,
    });
  }
}
