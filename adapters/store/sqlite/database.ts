import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DeskError } from '../../../core/errors.ts';
import type { Database, Transaction } from '../sql/database.ts';
import { storeFailure } from './errors.ts';
import { migrate } from './migrations.ts';

/** How long a writer waits for another process before the store counts as unavailable. */
const busyMs = 5_000;

/**
 * Opens the file, makes it where there is none, and brings it to the newest schema. WAL, so that readers never wait;
 * synchronous FULL, so that what was answered for survives a power cut (0.2 ms a commit on an SSD).
 */
export function openDatabase(file: string): Database {
  const database = connect(file);
  const sql = statements(database);
  // There is one connection: the next transaction begins when the one before has ended.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(begin: string, work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    const turn = last.then(async () => {
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
    last = turn.catch(() => {});
    return turn;
  };
  return {
    write: (work) => inTurn('BEGIN IMMEDIATE', work),
    read: (work) => inTurn('BEGIN', work),
    close() {
      if (database.isOpen) database.close();
    },
  };
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

function connect(file: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    database = new DatabaseSync(file, { timeout: busyMs });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
    migrate(database, file);
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
