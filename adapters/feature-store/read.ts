import type { DuckDBConnection, JS } from '@duckdb/node-api';
import { DeskError } from '../../core/errors.ts';
import type {
  AsOfAnswer,
  AsOfQuery,
  AsOfValue,
  FeatureSummary,
  History,
  HistoryQuery,
} from '../../core/ports/feature-store.ts';
import { appendRows } from './append.ts';

/** Most values of one history. */
const longestHistory = 1_000_000;

/**
 * A late correction of an old event must not hide a newer event, so a plain ASOF join on known_at is wrong: each row's
 * version of the best visible event so far is found first (newest event, then its latest version: structs compare
 * field by field), and joined by the time from which it is visible.
 */
const asOfSql = `
  with vis as (
    select feature, entity, greatest(event_at, known_at) as vis_at, event_at, known_at, value from feature_values
    where feature in (select feature from wanted) and entity in (select entity from points)),
  run as (
    select feature, entity, vis_at, max(struct_pack(e := event_at, k := known_at, v := value))
      over (partition by feature, entity order by vis_at range unbounded preceding) as best from vis),
  timeline as (select distinct feature, entity, vis_at, best from run),
  asked as (select points.id as point, entity, as_of, wanted.id as feature_id, feature from points cross join wanted)
  select point, feature_id, timeline.best.e, timeline.best.k, timeline.best.v
  from asked asof join timeline
    on asked.feature = timeline.feature and asked.entity = timeline.entity and asked.as_of >= timeline.vis_at
  order by point, feature_id`;

export async function readAsOf(connection: DuckDBConnection, { features, points }: AsOfQuery): Promise<AsOfAnswer> {
  await connection.run('create temp table wanted (id bigint, feature varchar)');
  await connection.run('create temp table points (id bigint, entity varchar, as_of bigint)');
  await appendRows(connection, 'wanted', {
    rows: features.length,
    columns: [
      { type: 'bigint', at: BigInt },
      { type: 'varchar', at: (row) => features[row] },
    ],
  });
  await appendRows(connection, 'points', {
    rows: points.length,
    columns: [
      { type: 'bigint', at: BigInt },
      { type: 'varchar', at: (row) => points[row].entity },
      { type: 'bigint', at: (row) => BigInt(points[row].asOf) },
    ],
  });
  const unknown = await connection.runAndReadAll(
    'select feature from wanted where feature not in (select distinct feature from feature_values) order by id',
  );
  const values: AsOfValue[] = [];
  await eachRow(connection, asOfSql, ([point, feature, eventAt, knownAt, value]) =>
    values.push({
      point: Number(point),
      feature: Number(feature),
      eventAt: Number(eventAt),
      knownAt: Number(knownAt),
      value: Number(value),
    }),
  );
  return { values, unknownFeatures: unknown.getRowsJS().map(([feature]) => feature as string) };
}

async function eachRow(connection: DuckDBConnection, sql: string, take: (row: JS[]) => void): Promise<void> {
  const result = await connection.stream(sql);
  for await (const rows of result.yieldRowsJs()) rows.forEach(take);
}

export async function readHistory(connection: DuckDBConnection, query: HistoryQuery): Promise<History> {
  const { BIGINT, VARCHAR } = await import('@duckdb/node-api');
  const { feature, entity, from, to, asOf } = query;
  const found = await connection.runAndReadAll(
    `select event_at, max(known_at), arg_max(value, known_at) from feature_values
     where feature = $feature and entity = $entity and event_at between $from_at and $to_at
       and greatest(event_at, known_at) <= $as_of
     group by event_at order by event_at limit ${longestHistory + 1}`,
    { feature, entity, from_at: BigInt(from), to_at: BigInt(to), as_of: BigInt(asOf) },
    { feature: VARCHAR, entity: VARCHAR, from_at: BIGINT, to_at: BIGINT, as_of: BIGINT },
  );
  const rows = found.getRowsJS();
  if (rows.length > longestHistory) {
    const expected = `at most ${longestHistory} events: a narrower from..to`;
    throw new DeskError('BadInput', 'too long a history', { path: 'to', expected, found: `${to}` });
  }
  return {
    eventAt: rows.map(([eventAt]) => Number(eventAt)),
    value: rows.map(([, , value]) => Number(value)),
    knownAt: rows.map(([, knownAt]) => Number(knownAt)),
  };
}

export async function readSummaries(connection: DuckDBConnection): Promise<FeatureSummary[]> {
  const found = await connection.runAndReadAll(
    `select feature, count(distinct entity), count(*), min(event_at), max(event_at), max(known_at)
     from feature_values group by feature order by feature`,
  );
  return found.getRowsJS().map(([feature, entities, rows, firstEventAt, lastEventAt, lastKnownAt]) => ({
    feature: feature as string,
    entities: Number(entities),
    rows: Number(rows),
    firstEventAt: Number(firstEventAt),
    lastEventAt: Number(lastEventAt),
    lastKnownAt: Number(lastKnownAt),
  }));
}
