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

  // The trial ledger: trials by what was computed, families of strategies, what was seen of which market, daily returns
  // of a sample. Trials counted before it keep their number; nothing is known of what they looked at, and their family
  // is named `id:<strategyId>` until a strategy of that id turns up with its shape.
  `ALTER TABLE strategies ADD COLUMN shape TEXT NOT NULL DEFAULT '';
   ALTER TABLE strategies ADD COLUMN parent TEXT;
   ALTER TABLE runs ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';
   ALTER TABLE run_strategies ADD COLUMN shape TEXT NOT NULL DEFAULT '';
   ALTER TABLE run_strategies ADD COLUMN parent TEXT;
   ALTER TABLE run_strategies ADD COLUMN history TEXT;
   CREATE TABLE families (shape TEXT PRIMARY KEY, family TEXT NOT NULL) STRICT, WITHOUT ROWID;
   CREATE INDEX families_by_family ON families (family);
   CREATE TABLE family_members (
     strategy_id TEXT NOT NULL, file TEXT NOT NULL, strategy_hash TEXT NOT NULL, shape TEXT NOT NULL REFERENCES families,
     parent TEXT, name TEXT NOT NULL, seen_ms INTEGER NOT NULL,
     PRIMARY KEY (strategy_id, file, strategy_hash)) STRICT, WITHOUT ROWID;
   CREATE INDEX family_members_by_shape ON family_members (shape);
   INSERT INTO families SELECT DISTINCT 'id:' || family, 'id:' || family FROM trials;
   DROP INDEX trials_by_family;
   ALTER TABLE trials RENAME TO trials_of_version_2;
   CREATE TABLE trials (
     key TEXT PRIMARY KEY, shape TEXT NOT NULL REFERENCES families, strategy_id TEXT NOT NULL,
     strategy_hash TEXT NOT NULL, face TEXT NOT NULL, run_id TEXT NOT NULL, count INTEGER NOT NULL, counted_ms INTEGER NOT NULL) STRICT;
   CREATE INDEX trials_by_shape ON trials (shape);
   INSERT INTO trials SELECT 'run ' || run_id || ' ' || strategy_id || ' ' || tier, 'id:' || family, strategy_id,
     '', 'validate', run_id, count, counted_ms FROM trials_of_version_2;
   DROP TABLE trials_of_version_2;
   CREATE TABLE trial_askers (
     key TEXT NOT NULL REFERENCES trials, asked_by TEXT NOT NULL, face TEXT NOT NULL, first_ms INTEGER NOT NULL,
     PRIMARY KEY (key, asked_by, face)) STRICT, WITHOUT ROWID;
   CREATE TABLE trial_returns (
     rank TEXT PRIMARY KEY, shape TEXT NOT NULL REFERENCES families, run_id TEXT NOT NULL, first_day INTEGER NOT NULL,
     returns BLOB NOT NULL) STRICT;
   CREATE INDEX trial_returns_by_shape ON trial_returns (shape);
   CREATE TABLE looks (
     shape TEXT NOT NULL REFERENCES families, market TEXT NOT NULL, asked_by TEXT NOT NULL, face TEXT NOT NULL,
     from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, at_ms INTEGER NOT NULL,
     PRIMARY KEY (shape, market, asked_by, face)) STRICT, WITHOUT ROWID;
   CREATE TABLE open_holdouts (
     run_id TEXT NOT NULL, strategy_id TEXT NOT NULL, shape TEXT NOT NULL REFERENCES families,
     opened_ms INTEGER NOT NULL, PRIMARY KEY (run_id, strategy_id)) STRICT, WITHOUT ROWID;
   CREATE TABLE learnings (
     id TEXT PRIMARY KEY, key TEXT NOT NULL, error_type TEXT NOT NULL, fixer TEXT NOT NULL, outcome TEXT NOT NULL,
     change TEXT NOT NULL, tier TEXT NOT NULL, timeframe TEXT NOT NULL, text TEXT NOT NULL) STRICT;
   CREATE TABLE learning_cases (
     learning_id TEXT NOT NULL REFERENCES learnings, source TEXT NOT NULL, strategy_id TEXT NOT NULL,
     at_ms INTEGER NOT NULL, PRIMARY KEY (learning_id, source)) STRICT, WITHOUT ROWID;`,

  // What a sweep's trials are worth by their own correlation; NULL where nobody knows.
  `ALTER TABLE trials ADD COLUMN independent REAL`,

  // Daily returns of what has opened its holdout: a copy is known by them, whatever its code looks like.
  `CREATE TABLE opened_returns (
     run_id TEXT NOT NULL, strategy_id TEXT NOT NULL, shape TEXT NOT NULL REFERENCES families,
     first_day INTEGER NOT NULL, returns BLOB NOT NULL, at_ms INTEGER NOT NULL,
     PRIMARY KEY (run_id, strategy_id)) STRICT`,
];

/** The version that this code reads and writes. */
export const storeVersion = migrations.length;

/** What a file holds: its tables, step by step, and the number that marks it as ours. */
export type FileSchema = Readonly<{ steps: readonly string[]; applicationId: number }>;

/** Marks a file as ours ("NDSK"), so that somebody else's database is never migrated. */
export const storeSchema: FileSchema = { steps: migrations, applicationId: 0x4e44534b };

/** Brings the file to this code's version, all steps or none; refuses a newer one and a stranger's. */
export function migrate(database: DatabaseSync, file: string, { steps, applicationId }: FileSchema): void {
  const newest = steps.length;
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
    if (version > newest) {
      throw new DeskError('StoreTooNew', 'the store was written by a newer nightdesk', {
        file,
        expected: `version ${newest} or older`,
        found: `version ${version}`,
      });
    }
    for (const step of steps.slice(version)) database.exec(step);
    if (version < newest) {
      database.exec(`PRAGMA user_version = ${newest}; PRAGMA application_id = ${applicationId}`);
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
