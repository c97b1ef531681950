import type { StrategyRecord } from '../../../core/ports/store.ts';
import type {
  Face,
  FamilyLedger,
  FamilyMember,
  FamilyOf,
  MarketLook,
  TrialEvidence,
  TrialLedger,
  TrialRecord,
  TrialSample,
} from '../../../core/ports/trial-ledger.ts';
import {
  type FamilyHistory,
  newFamily,
  sampledTrialsPerFamily,
  trialStatistics,
} from '../../../core/validation/family-history.ts';
import { marketOf } from '../../../core/validation/holdout.ts';
import type { DatedReturns } from '../../../core/validation/statistics/mean-correlation.ts';
import type { Database, Row } from './database.ts';
import { familyOf, familyOfId, joinFamily } from './families.ts';
import { number, text } from './rows.ts';

export const trialMethods = (database: Database): TrialLedger => ({
  recordTrials: (record) =>
    database.transaction(() => {
      joinFamily(database, record.strategy, record.atMs);
      addTrials(database, { ...record, runId: '' });
    }),

  trials: (strategyId) =>
    database.transaction(() => {
      const family = familyOfId(database, strategyId);
      return family === undefined ? 0 : countTrials(database, family);
    }),

  family: (of, entries) => database.transaction(() => familyLedger(database, of, entries)),

  members: () =>
    database.transaction(() =>
      database
        .rows('SELECT * FROM family_members ORDER BY strategy_id, seen_ms, file, strategy_hash')
        .map(familyMember),
    ),
});

/** Trials of a shape that is registered, of a run or (`''`) of none. */
export function addTrials(database: Database, trials: TrialRecord & Readonly<{ runId: string }>): void {
  const { key, strategy, face, by, count, atMs, looks, samples, runId } = trials;
  const { shape, strategyId, strategyHash } = strategy;
  // The same key with more trials behind it: another version of the code looks at more. Never fewer.
  database.run(
    `INSERT INTO trials (key, shape, strategy_id, strategy_hash, face, run_id, count, counted_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET count = excluded.count WHERE excluded.count > count`,
    key,
    shape,
    strategyId,
    strategyHash,
    face,
    runId,
    count,
    atMs,
  );
  database.run('INSERT INTO trial_askers VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', key, by, face, atMs);
  for (const look of looks) addLook(database, { ...look, shape, by, face, atMs });
  for (const sample of samples) addSample(database, { ...sample, shape, runId });
  dropSamples(database, shape);
}

function addLook(
  database: Database,
  { market, fromMs, toMs, shape, by, face, atMs }: MarketLook & { shape: string; by: string; face: Face; atMs: number },
): void {
  database.run(
    `INSERT INTO looks (shape, market, asked_by, face, from_ms, to_ms, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET from_ms = min(from_ms, excluded.from_ms),
       at_ms = iif(excluded.to_ms > to_ms, excluded.at_ms, at_ms), to_ms = max(to_ms, excluded.to_ms)`,
    shape,
    marketOf(market),
    by,
    face,
    fromMs,
    toMs,
    atMs,
  );
}

function addSample(
  database: Database,
  { rank, firstDay, returns, shape, runId }: TrialSample & { shape: string; runId: string },
): void {
  const bytes = Uint8Array.from(new Uint8Array(Float32Array.from(returns).buffer));
  database.run(
    'INSERT INTO trial_returns VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    rank,
    shape,
    runId,
    firstDay,
    bytes,
  );
}

/** Keeps the lowest ranks of a family, whoever wrote them and when. */
function dropSamples(database: Database, shape: string): void {
  database.run(
    `DELETE FROM trial_returns WHERE rank IN (
       SELECT rank FROM trial_returns WHERE shape IN (SELECT shape FROM families WHERE family =
         (SELECT family FROM families WHERE shape = ?)) ORDER BY rank LIMIT -1 OFFSET ?)`,
    shape,
    sampledTrialsPerFamily,
  );
}

/** What the ledger holds of a shape's family, without what one run added to it. */
export function historyOf(
  database: Database,
  { shape, strategyHash }: StrategyRecord,
  exceptRunId: string,
): FamilyHistory {
  const family = familyOf(database, shape);
  return family === undefined ? newFamily : familyHistory(database, family, { exceptRunId, exceptHash: strategyHash });
}

const ofFamily = 'shape IN (SELECT shape FROM families WHERE family = ?)';

type Except = Readonly<{ exceptRunId?: string; exceptHash?: string }>;

/** `exceptHash` names the strategy that is looked at: what was spent on others is told apart from it. */
function familyHistory(database: Database, family: string, except: Except): FamilyHistory {
  const { exceptRunId = '' } = except;
  const sample = database
    .rows(
      `SELECT first_day, returns FROM trial_returns WHERE ${ofFamily} AND (run_id = '' OR run_id <> ?)
       ORDER BY rank LIMIT ?`,
      family,
      exceptRunId,
      sampledTrialsPerFamily,
    )
    .map(datedReturns);
  const seen = database
    .rows(`SELECT * FROM looks WHERE ${ofFamily} ORDER BY market, to_ms DESC, at_ms, asked_by, face, shape`, family)
    .map((row) => ({
      market: text(row, 'market'),
      toMs: number(row, 'to_ms'),
      by: text(row, 'asked_by'),
      face: text(row, 'face'),
      atMs: number(row, 'at_ms'),
    }));
  const trials = countTrials(database, family, { exceptRunId });
  return { ...trialStatistics({ trials, otherTrials: countTrials(database, family, except) }, sample), seen };
}

export function countTrials(database: Database, family: string, { exceptRunId = '', exceptHash }: Except = {}): number {
  const row = database.row(
    `SELECT coalesce(sum(count), 0) AS total FROM trials
     WHERE ${ofFamily} AND (run_id = '' OR run_id <> ?) AND strategy_hash IS NOT ?`,
    family,
    exceptRunId,
    exceptHash ?? null,
  );
  return row === undefined ? 0 : number(row, 'total');
}

function datedReturns(row: Row): DatedReturns {
  const bytes = row['returns'];
  const copy = bytes instanceof Uint8Array ? bytes.slice() : new Uint8Array(0);
  return { firstDay: number(row, 'first_day'), returns: new Float32Array(copy.buffer) };
}

const familyMember = (row: Row): FamilyMember => ({
  strategyId: text(row, 'strategy_id'),
  name: text(row, 'name'),
  file: text(row, 'file'),
  strategyHash: text(row, 'strategy_hash'),
  atMs: number(row, 'seen_ms'),
});

function familyLedger(database: Database, of: FamilyOf, entries: number): FamilyLedger | undefined {
  const family = 'shape' in of ? familyOf(database, of.shape) : familyOfId(database, of.strategyId);
  if (family === undefined) return undefined;
  const { rows } = database;
  const byFace = rows(`SELECT face, sum(count) AS total FROM trials WHERE ${ofFamily} GROUP BY face`, family);
  return {
    ...familyHistory(database, family, {}),
    family,
    members: rows(`SELECT * FROM family_members WHERE ${ofFamily} ORDER BY strategy_id, seen_ms`, family).map(
      familyMember,
    ),
    byFace: Object.fromEntries(byFace.map((row) => [text(row, 'face'), number(row, 'total')])),
    entries: rows(
      `SELECT trials.*, (SELECT json_group_array(asked_by ORDER BY first_ms, asked_by) FROM
         (SELECT asked_by, min(first_ms) AS first_ms FROM trial_askers a WHERE a.key = trials.key GROUP BY asked_by)) AS by
       FROM trials WHERE ${ofFamily} ORDER BY counted_ms DESC, key LIMIT ?`,
      family,
      entries,
    ).map((row) => ({
      key: text(row, 'key'),
      strategyId: text(row, 'strategy_id'),
      face: text(row, 'face') as Face,
      count: number(row, 'count'),
      by: JSON.parse(text(row, 'by')) as string[],
      atMs: number(row, 'counted_ms'),
    })),
  };
}

export const noEvidence: TrialEvidence = { looks: [], samples: [] };
