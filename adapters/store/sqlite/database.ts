import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { DeskError } from '../../../core/errors.ts';
import { storeFailure } from './errors.ts';
import { migrate } from './migrations.ts';

/** A row as SQLite gives it; the readers in rows.ts know its columns. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** One open database file: prepared statements, transactions, and SQLite's refusals in the desk's words. */
export type Database = Readonly<{
  run(sql: string, ...values: SQLInputValue[]): void;
  row(sql: string, ...values: SQLInputValue[]): Row | undefined;
  rows(sql: string, ...values: SQLInputValue[]): readonly Row[];
  /** All of `work` or nothing; writers of other processes wait for it, at most `busyMs`. */
  transaction<T>(work: () => T): Promise<T>;
  close(): void;
}>;

/** How long a writer waits for another process before the store counts as unavailable. */
const busyMs = 5_000;

/**
 * Opens the file, makes it where there is none, and brings it to the newest schema. WAL, so that readers never wait;
 * synchronous FULL, so that what was answered for survives a power cut (0.2 ms a commit on an SSD).
 */
export function openDatabase(file: string): Database {
  const database = connect(file);
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string) => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
  return {
    run: (sql, ...values) => void prepared(sql).run(...values),
    row: (sql, ...values) => prepared(sql).get(...values),
    rows: (sql, ...values) => prepared(sql).all(...values),
    // Async, so that an adapter over a network keeps the port's shape; the work itself never yields in between.
    async transaction(work) {
      try {
        database.exec('BEGIN IMMEDIATE');
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (thrown) {
        if (database.isOpen && database.isTransaction) database.exec('ROLLBACK');
        throw storeFailure(thrown, file);
      }
    },
    close() {
      if (database.isOpen) database.close();
    },
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
