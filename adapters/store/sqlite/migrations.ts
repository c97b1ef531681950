import type { DatabaseSync } from 'node:sqlite';
import { DeskError } from '../../../core/errors.ts';

/**
 * The store's schema, step by step: entry n takes version n to n + 1. A step that has been released never changes;
 * a new one goes below it.
 */
const migrations: readonly string[] = [
  `CREATE TABLE strategies (
     strategy_id TEXT PRIMARY KEY, name TEXT NOT NULL, file TEXT NOT NULL, strategy_hash TEXT NOT NULL,
     changed_ms INTEGER NOT NULL) STRICT;
   CREATE TABLE queue (
     strategy_id TEXT PRIMARY KEY REFERENCES strategies, status TEXT NOT NULL, reason TEXT NOT NULL,
     run_id TEXT NOT NULL, changed_ms INTEGER NOT NULL) STRICT;
   CREATE TABLE runs (
     run_id TEXT PRIMARY KEY, tier TEXT NOT NULL, workflow_id TEXT NOT NULL, execution_id TEXT NOT NULL,
     code_version TEXT NOT NULL, state TEXT NOT NULL, started_ms INTEGER NOT NULL, finished_ms INTEGER,
     summary TEXT) STRICT;
   CREATE TABLE run_strategies (
     run_id TEXT NOT NULL REFERENCES runs, strategy_id TEXT NOT NULL, name TEXT NOT NULL, file TEXT NOT NULL,
     strategy_hash TEXT NOT NULL, trials_before INTEGER NOT NULL, outcome TEXT,
     PRIMARY KEY (run_id, strategy_id)) STRICT, WITHOUT ROWID;
   CREATE TABLE verdicts (
     run_id TEXT NOT NULL, strategy_id TEXT NOT NULL, tier TEXT NOT NULL, status TEXT NOT NULL, text TEXT NOT NULL,
     seconds REAL NOT NULL, stored_ms INTEGER NOT NULL,
     PRIMARY KEY (run_id, strategy_id, tier)) STRICT;
   CREATE INDEX verdicts_by_strategy ON verdicts (strategy_id, stored_ms);
   CREATE TABLE trials (
     run_id TEXT NOT NULL, strategy_id TEXT NOT NULL, tier TEXT NOT NULL, family TEXT NOT NULL,
     count INTEGER NOT NULL, counted_ms INTEGER NOT NULL,
     PRIMARY KEY (run_id, strategy_id, tier)) STRICT;
   CREATE INDEX trials_by_family ON trials (family);`,

  // What a run leaves for people: its metrics, alerts and question, and what a stopped validation goes back to.
  `ALTER TABLE runs ADD COLUMN queued_before INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE runs ADD COLUMN metrics TEXT;
   ALTER TABLE runs ADD COLUMN alerts TEXT NOT NULL DEFAULT '[]';
   ALTER TABLE runs ADD COLUMN escalation TEXT;
   ALTER TABLE run_strategies ADD COLUMN status_before TEXT;
   ALTER TABLE verdicts ADD COLUMN timeouts INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX runs_by_start ON runs (started_ms);`,
];

/** The version that this code reads and writes. */
export const storeVersion = migrations.length;

/** Marks a file as ours ("NDSK"), so that somebody else's database is never migrated. */
const applicationId = 0x4e44534b;

/** Brings the file to this code's version, all steps or none; refuses a newer one and a stranger's. */
export function migrate(database: DatabaseSync, file: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = pragma(database, 'user_version');
    const owner = pragma(database, 'application_id');
    const empty = version === 0 && owner === 0 && tables(database) === 0;
    if (!empty && owner !== applicationId) {
      throw new DeskError('StoreUnavailable', 'the file is a database of another program', {
        file,
        expected: 'a store of nightdesk, or no file',
      });
    }
    if (version > storeVersion) {
      throw new DeskError('StoreTooNew', 'the store was written by a newer nightdesk', {
        file,
        expected: `version ${storeVersion} or older`,
        found: `version ${version}`,
      });
    }
    for (const step of migrations.slice(version)) database.exec(step);
    if (version < storeVersion) {
      database.exec(`PRAGMA user_version = ${storeVersion}; PRAGMA application_id = ${applicationId}`);
    }
    database.exec('COMMIT');
  } catch (thrown) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw thrown;
  }
}

const pragma = (database: DatabaseSync, name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);

const tables = (database: DatabaseSync) =>
  Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] ?? 0);
