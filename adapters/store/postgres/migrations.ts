import { DeskError } from '../../../core/errors.ts';
import type { Row } from '../sql/database.ts';
import { number } from '../sql/rows.ts';
import type { Connections, DatabaseSchema } from './connection.ts';
import { inTransaction, type Session } from './session.ts';

/** Compared and ordered by its bytes, as SQLite does: the order must not depend on a server's language. */
export const text = 'TEXT COLLATE "C"';

/**
 * The store's schema, step by step: entry n takes version n to n + 1. A step that has been released never changes;
 * a new one goes below it. The first one is what SQLite's third step leads to; a test compares the two stores' tables.
 */
const migrations: readonly string[] = [
  `CREATE TABLE strategies (
     strategy_id ${text} PRIMARY KEY, name ${text} NOT NULL, file ${text} NOT NULL, strategy_hash ${text} NOT NULL,
     changed_ms BIGINT NOT NULL, shape ${text} NOT NULL DEFAULT '', parent ${text});
   CREATE TABLE queue (
     strategy_id ${text} PRIMARY KEY REFERENCES strategies, status ${text} NOT NULL, reason ${text} NOT NULL,
     run_id ${text} NOT NULL, changed_ms BIGINT NOT NULL);
   CREATE TABLE runs (
     run_id ${text} PRIMARY KEY, tier ${text} NOT NULL, workflow_id ${text} NOT NULL, execution_id ${text} NOT NULL,
     code_version ${text} NOT NULL, state ${text} NOT NULL, started_ms BIGINT NOT NULL, finished_ms BIGINT,
     summary ${text}, queued_before BIGINT NOT NULL DEFAULT 0, metrics ${text}, alerts ${text} NOT NULL DEFAULT '[]',
     escalation ${text}, asked_by ${text} NOT NULL DEFAULT '');
   CREATE INDEX runs_by_start ON runs (started_ms);
   CREATE TABLE run_strategies (
     run_id ${text} NOT NULL REFERENCES runs, strategy_id ${text} NOT NULL, name ${text} NOT NULL, file ${text} NOT NULL,
     strategy_hash ${text} NOT NULL, trials_before BIGINT NOT NULL, outcome ${text}, status_before ${text},
     shape ${text} NOT NULL DEFAULT '', parent ${text}, history ${text}, PRIMARY KEY (run_id, strategy_id));
   CREATE TABLE verdicts (
     run_id ${text} NOT NULL, strategy_id ${text} NOT NULL, tier ${text} NOT NULL, status ${text} NOT NULL,
     text ${text} NOT NULL, seconds DOUBLE PRECISION NOT NULL, stored_ms BIGINT NOT NULL,
     timeouts BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (run_id, strategy_id, tier));
   CREATE INDEX verdicts_by_strategy ON verdicts (strategy_id, stored_ms);
   CREATE TABLE families (shape ${text} PRIMARY KEY, family ${text} NOT NULL);
   CREATE INDEX families_by_family ON families (family);
   CREATE TABLE family_members (
     strategy_id ${text} NOT NULL, file ${text} NOT NULL, strategy_hash ${text} NOT NULL,
     shape ${text} NOT NULL REFERENCES families, parent ${text}, name ${text} NOT NULL, seen_ms BIGINT NOT NULL,
     PRIMARY KEY (strategy_id, file, strategy_hash));
   CREATE INDEX family_members_by_shape ON family_members (shape);
   CREATE TABLE trials (
     key ${text} PRIMARY KEY, shape ${text} NOT NULL REFERENCES families, strategy_id ${text} NOT NULL,
     strategy_hash ${text} NOT NULL, face ${text} NOT NULL, run_id ${text} NOT NULL, count BIGINT NOT NULL,
     counted_ms BIGINT NOT NULL);
   CREATE INDEX trials_by_shape ON trials (shape);
   CREATE TABLE trial_askers (
     key ${text} NOT NULL REFERENCES trials, asked_by ${text} NOT NULL, face ${text} NOT NULL, first_ms BIGINT NOT NULL,
     PRIMARY KEY (key, asked_by, face));
   CREATE TABLE trial_returns (
     rank ${text} PRIMARY KEY, shape ${text} NOT NULL REFERENCES families, run_id ${text} NOT NULL,
     first_day BIGINT NOT NULL, returns BYTEA NOT NULL);
   CREATE INDEX trial_returns_by_shape ON trial_returns (shape);
   CREATE TABLE looks (
     shape ${text} NOT NULL REFERENCES families, market ${text} NOT NULL, asked_by ${text} NOT NULL,
     face ${text} NOT NULL, from_ms BIGINT NOT NULL, to_ms BIGINT NOT NULL, at_ms BIGINT NOT NULL,
     PRIMARY KEY (shape, market, asked_by, face));
   CREATE TABLE open_holdouts (
     run_id ${text} NOT NULL, strategy_id ${text} NOT NULL, shape ${text} NOT NULL REFERENCES families,
     opened_ms BIGINT NOT NULL, PRIMARY KEY (run_id, strategy_id));
   CREATE TABLE learnings (
     id ${text} PRIMARY KEY, key ${text} NOT NULL, error_type ${text} NOT NULL, fixer ${text} NOT NULL,
     outcome ${text} NOT NULL, change ${text} NOT NULL, tier ${text} NOT NULL, timeframe ${text} NOT NULL,
     text ${text} NOT NULL);
   CREATE TABLE learning_cases (
     learning_id ${text} NOT NULL REFERENCES learnings, source ${text} NOT NULL, strategy_id ${text} NOT NULL,
     at_ms BIGINT NOT NULL, PRIMARY KEY (learning_id, source))`,

  // What a sweep's trials are worth by their own correlation; NULL where nobody knows.
  `ALTER TABLE trials ADD COLUMN independent DOUBLE PRECISION`,

  // Daily returns of what has opened its holdout: a copy is known by them, whatever its code looks like.
  `CREATE TABLE opened_returns (
     run_id ${text} NOT NULL, strategy_id ${text} NOT NULL, shape ${text} NOT NULL REFERENCES families,
     first_day BIGINT NOT NULL, returns BYTEA NOT NULL, at_ms BIGINT NOT NULL,
     PRIMARY KEY (run_id, strategy_id))`,
];

/** The version that this code reads and writes. */
export const storeVersion = migrations.length;

/** The store's schema; its lock is "NDSK". */
export const storeSchema: DatabaseSchema = {
  name: 'nightdesk',
  writerLock: 0x4e44534b,
  steps: migrations,
  settings: [],
  check: () => {},
};

/** Asks for the store's version and the settings that it depends on: a row once it has one. */
export const readVersion = ({ settings }: DatabaseSchema): string =>
  `SELECT ${['version', ...settings].join(', ')} FROM store_version`;

/** Refuses a store whose version is another than this code's, and a server that the store cannot work with. */
export function sameVersion([row]: readonly Row[], place: string, { steps, check }: DatabaseSchema): void {
  const version = row === undefined ? 0 : number(row, 'version');
  if (version > steps.length) {
    throw new DeskError('StoreTooNew', 'the store was written by a newer nightdesk', {
      path: 'DATABASE_URL',
      expected: `version ${steps.length} or older`,
      found: `version ${version} (${place})`,
    });
  }
  if (row !== undefined && version === steps.length) return check(row, place);
  throw new DeskError('StoreUnavailable', 'the store became older while it was used', {
    path: 'DATABASE_URL',
    expected: `version ${steps.length}`,
    found: `version ${version} (${place})`,
  });
}

const lookAround = (name: string) => `SELECT to_regclass('${name}.store_version') IS NOT NULL AS ours,
  to_regnamespace('${name}') IS NOT NULL AS there, current_setting('server_encoding') AS encoding,
  (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('${name}')) AS relations`;

/**
 * Brings the schema to this code's version, all steps or none, one process at a time; refuses a newer one and a
 * stranger's. A schema that is up to date is only looked at.
 */
export async function migrate(connections: Connections): Promise<void> {
  if (await isNewest(connections)) return;
  const { schema } = connections;
  const newest = schema.steps.length;
  await inTransaction(connections, { mode: 'write', first: lookAround(schema.name) }, async (session, [found]) => {
    if (found?.['encoding'] !== 'UTF8') throw strange(session, 'a database in UTF8', String(found?.['encoding']));
    if (found['ours'] !== true) {
      const relations = number(found, 'relations');
      if (relations > 0) throw strange(session, `no schema ${schema.name}, or ours`, `one of another program`);
      if (found['there'] !== true) await session.ask(`CREATE SCHEMA ${schema.name}`);
      // One row at most.
      await session.ask('CREATE TABLE store_version (one BOOLEAN PRIMARY KEY CHECK (one), version INTEGER NOT NULL)');
      await session.ask('INSERT INTO store_version VALUES (TRUE, 0)');
    }
    const [row] = await session.ask(readVersion(schema));
    const version = row === undefined ? 0 : number(row, 'version');
    if (version > newest) sameVersion([{ version }], session.place, schema);
    for (const step of schema.steps.slice(version)) await session.ask(step);
    await session.ask('UPDATE store_version SET version = $1', [newest]);
    sameVersion(await session.ask(readVersion(schema)), session.place, schema);
  });
}

async function isNewest(connections: Connections): Promise<boolean> {
  const { schema } = connections;
  const version = `SELECT CASE WHEN to_regclass('${schema.name}.store_version') IS NULL THEN 0 ELSE 1 END AS ours`;
  return inTransaction(connections, { mode: 'read', first: version }, async (session, [found]) => {
    if (found === undefined || number(found, 'ours') === 0) return false;
    const rows = await session.ask(readVersion(schema));
    const [row] = rows;
    if (row !== undefined && number(row, 'version') < schema.steps.length) return false;
    sameVersion(rows, session.place, schema);
    return true;
  });
}

const strange = ({ place }: Session, expected: string, found: string) =>
  new DeskError('StoreUnavailable', 'the database cannot hold the store', {
    path: 'DATABASE_URL',
    expected,
    found: `${found} (${place})`,
  });
