import type { DuckDBConnection } from '@duckdb/node-api';
import { DeskError } from '../../core/errors.ts';
import type { FeatureRow, PutResult } from '../../core/ports/feature-store.ts';
import { appendRows } from './append.ts';
import { inTransaction } from './transaction.ts';

const conflictsNamed = 10;

type Conflict = Readonly<{ key: Omit<FeatureRow, 'value'>; stored: number; given: number }>;

/** Adds rows in one transaction; a key that holds another value refuses them all. */
export async function putRows(connection: DuckDBConnection, rows: readonly FeatureRow[]): Promise<PutResult> {
  await connection.run(
    'create temp table staging (feature varchar, entity varchar, event_at bigint, known_at bigint, value double)',
  );
  await appendRows(connection, 'staging', {
    rows: rows.length,
    columns: [
      { type: 'varchar', at: (row) => rows[row].feature },
      { type: 'varchar', at: (row) => rows[row].entity },
      { type: 'bigint', at: (row) => BigInt(rows[row].eventAt) },
      { type: 'bigint', at: (row) => BigInt(rows[row].knownAt) },
      // + 0 turns -0, which JSON does not keep, into 0.
      { type: 'double', at: (row) => rows[row].value + 0 },
    ],
  });
  return inTransaction(connection, async () => {
    refuseConflicts(rows, await conflictsAmong(connection));
    refuseConflicts(rows, await conflictsWithStored(connection));
    const distinct = await connection.runAndReadAll('select count(*) from (select distinct * from staging)');
    const insertion = await connection.run(
      'insert into feature_values select distinct * from staging on conflict do nothing',
    );
    return { inserted: insertion.rowsChanged, unchanged: Number(distinct.value(0, 0)) - insertion.rowsChanged };
  });
}

const conflictsAmong = (connection: DuckDBConnection) =>
  readConflicts(
    connection,
    `select feature, entity, event_at, known_at, min(value), max(value) from staging
     group by all having min(value) <> max(value)`,
  );

const conflictsWithStored = (connection: DuckDBConnection) =>
  readConflicts(
    connection,
    `select feature, entity, event_at, known_at, t.value, s.value from feature_values t
     join staging s using (feature, entity, event_at, known_at) where t.value <> s.value`,
  );

async function readConflicts(connection: DuckDBConnection, query: string): Promise<Conflict[]> {
  const found = await connection.runAndReadAll(`${query} order by all limit ${conflictsNamed}`);
  return found.getRowsJS().map(([feature, entity, eventAt, knownAt, stored, given]) => ({
    key: { feature: feature as string, entity: entity as string, eventAt: Number(eventAt), knownAt: Number(knownAt) },
    stored: Number(stored),
    given: Number(given),
  }));
}

function refuseConflicts(rows: readonly FeatureRow[], conflicts: readonly Conflict[]): void {
  const [first] = conflicts;
  if (first === undefined) return;
  const at = rows.findIndex((row) => isOfKey(row, first) && row.value === first.given);
  const listed = conflicts.map(({ key, stored, given }) => `${JSON.stringify(key)}: ${stored} stored, ${given} given`);
  throw new DeskError('BadInput', 'another value under the same key', {
    path: `rows[${at}]`,
    expected: 'a correction with a later knownAt',
    found: listed.join('; '),
  });
}

const isOfKey = (row: FeatureRow, { key }: Conflict) =>
  row.feature === key.feature &&
  row.entity === key.entity &&
  row.eventAt === key.eventAt &&
  row.knownAt === key.knownAt;
