import { DeskError } from '../../../core/errors.ts';
import type { Row } from '../sql/database.ts';
import { number } from '../sql/rows.ts';
import type { Connections } from './connection.ts';
import { inTransaction, schema, type Session } from './session.ts';

/** Compared and ordered by its bytes, as SQLite does: the order must not depend on a server's language. */
const text = 'TEXT COLLATE "C"';

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
];

/** The version that this code reads and writes. */
export const storeVersion = migrations.length;

/** Asks for the store's version: a row once it has one. */
export const readVersion = 'SELECT version FROM store_version';

/** Refuses a store whose version is another than this code's. */
export function sameVersion([row]: readonly Row[], place: string): void {
  const version = row === undefined ? 0 : number(row, 'version');
  if (version > storeVersion) {
    throw new DeskError('StoreTooNew', 'the store was written by a newer nightdesk', {
      path: 'DATABASE_URL',
      expected: `version ${storeVersion} or older`,
      found: `version ${version} (${place})`,
    });
  }
  if (version === storeVersion) return;
  throw new DeskError('StoreUnavailable', 'the store became older while it was used', {
    path: 'DATABASE_URL',
    expected: `version ${storeVersion}`,
    found: `version ${version} (${place})`,
  });
}

const lookAround = `SELECT to_regclass('${schema}.store_version') IS NOT NULL AS ours,
  to_regnamespace('${schema}') IS NOT NULL AS there, current_setting('server_encoding') AS encoding,
  (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('${schema}')) AS relations`;

/**
 * Brings the schema to this code's version, all steps or none, one process at a time; refuses a newer one and a
 * stranger's. A schema that is up to date is only looked at.
 */
export async function migrate(connections: Connections): Promise<void> {
  if (await isNewest(connections)) return;
  await inTransaction(connections, { mode: 'write', first: lookAround }, async (session, [found]) => {
    if (found?.['encoding'] !== 'UTF8') throw strange(session, 'a database in UTF8', String(found?.['encoding']));
    if (found['ours'] !== true) {
      const relations = number(found, 'relations');
      if (relations > 0) throw strange(session, `no schema ${schema}, or ours`, `one of another program`);
      if (found['there'] !== true) await session.ask(`CREATE SCHEMA ${schema}`);
      // One row at most.
      await session.ask('CREATE TABLE store_version (one BOOLEAN PRIMARY KEY CHECK (one), version INTEGER NOT NULL)');
      await session.ask('INSERT INTO store_version VALUES (TRUE, 0)');
    }
    const [row] = await session.ask(readVersion);
    const version = row === undefined ? 0 : number(row, 'version');
    if (version > storeVersion) sameVersion([{ version }], session.place);
    for (const step of migrations.slice(version)) await session.ask(step);
    await session.ask('UPDATE store_version SET version = $1', [storeVersion]);
  });
}

async function isNewest(connections: Connections): Promise<boolean> {
  const version = `SELECT CASE WHEN to_regclass('${schema}.store_version') IS NULL THEN 0 ELSE 1 END AS ours`;
  return inTransaction(connections, { mode: 'read', first: version }, async (session, [found]) => {
    if (found === undefined || number(found, 'ours') === 0) return false;
    const rows = await session.ask(readVersion);
    const [row] = rows;
    if (row !== undefined && number(row, 'version') < storeVersion) return false;
    sameVersion(rows, session.place);
    return true;
  });
}

const strange = ({ place }: Session, expected: string, found: string) =>
  new DeskError('StoreUnavailable', 'the database cannot hold the store', {
    path: 'DATABASE_URL',
    expected,
    found: `${found} (${place})`,
  });
