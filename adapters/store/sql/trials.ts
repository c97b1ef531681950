import type { StrategyRecord } from '../../../core/ports/store.ts';
import type {
  Face,
  FamilyLedger,
  FamilyMember,
  FamilyOf,
  MarketLook,
  TrialEntry,
  TrialEvidence,
  TrialLedger,
  TrialRecord,
  TrialSample,
} from '../../../core/ports/trial-ledger.ts';
import {
  type FamilyHistory,
  newFamily,
  noTrials,
  sampledTrialsPerFamily,
  trialStatistics,
  type TrialSums,
} from '../../../core/validation/family-history.ts';
import { marketOf } from '../../../core/validation/holdout.ts';
import type { DatedReturns } from '../../../core/validation/statistics/mean-correlation.ts';
import type { Database, Row, Transaction } from './database.ts';
import { familyOf, familyOfId, joinFamily } from './families.ts';
import { number, text } from './rows.ts';

export const trialMethods = ({ read, write }: Database): TrialLedger => ({
  recordTrials: (record) =>
    write(async (sql) => {
      await joinFamily(sql, record.strategy, record.atMs);
      await addTrials(sql, { ...record, runId: '' });
    }),

  trials: (strategyId) =>
    read(async (sql) => {
      const family = await familyOfId(sql, strategyId);
      return family === undefined ? 0 : countTrials(sql, family);
    }),

  family: (of, entries) => read((sql) => familyLedger(sql, of, entries)),

  members: () =>
    read(async ({ rows }) => {
      const found = await rows('SELECT * FROM family_members ORDER BY strategy_id, seen_ms, file, strategy_hash');
      return found.map(familyMember);
    }),
});

/** Trials of a shape that is registered, of a run or (`''`) of none. */
export async function addTrials(sql: Transaction, trials: TrialRecord & Readonly<{ runId: string }>): Promise<void> {
  const { key, strategy, face, by, count, atMs, looks, samples, independent, runId } = trials;
  const { shape, strategyId, strategyHash } = strategy;
  // The same key with more trials behind it: another version of the code looks at more. Never fewer.
  await sql.run(
    `INSERT INTO trials (key, shape, strategy_id, strategy_hash, face, run_id, count, counted_ms, independent)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET count = excluded.count, independent = excluded.independent
       WHERE excluded.count > trials.count`,
    key,
    shape,
    strategyId,
    strategyHash,
    face,
    runId,
    count,
    atMs,
    independent ?? null,
  );
  await sql.run('INSERT INTO trial_askers VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING', key, by, face, atMs);
  for (const look of looks) await addLook(sql, { ...look, shape, by, face, atMs });
  for (const sample of samples) await addSample(sql, { ...sample, shape, runId });
  if (samples.length > 0) await dropSamples(sql, shape);
}

type Look = MarketLook & Readonly<{ shape: string; by: string; face: Face; atMs: number }>;

async function addLook(sql: Transaction, { market, fromMs, toMs, shape, by, face, atMs }: Look): Promise<void> {
  await sql.run(
    `INSERT INTO looks (shape, market, asked_by, face, from_ms, to_ms, at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (shape, market, asked_by, face) DO UPDATE SET
       from_ms = CASE WHEN excluded.from_ms < looks.from_ms THEN excluded.from_ms ELSE looks.from_ms END,
       at_ms = CASE WHEN excluded.to_ms > looks.to_ms THEN excluded.at_ms ELSE looks.at_ms END,
       to_ms = CASE WHEN excluded.to_ms > looks.to_ms THEN excluded.to_ms ELSE looks.to_ms END`,
    shape,
    marketOf(market),
    by,
    face,
    fromMs,
    toMs,
    atMs,
  );
}

export const returnsBytes = (returns: ArrayLike<number>): Uint8Array =>
  Uint8Array.from(new Uint8Array(Float32Array.from(returns).buffer));

async function addSample(
  sql: Transaction,
  { rank, firstDay, returns, shape, runId }: TrialSample & { shape: string; runId: string },
): Promise<void> {
  const bytes = returnsBytes(returns);
  await sql.run(
    'INSERT INTO trial_returns VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    rank,
    shape,
    runId,
    firstDay,
    bytes,
  );
}

const ofFamily = 'shape IN (SELECT shape FROM families WHERE family = ?)';

/** Keeps the lowest ranks of a family, whoever wrote them and when. */
async function dropSamples(sql: Transaction, shape: string): Promise<void> {
  const family = (await familyOf(sql, shape)) ?? shape;
  await sql.run(
    `DELETE FROM trial_returns WHERE ${ofFamily} AND rank NOT IN
       (SELECT rank FROM trial_returns WHERE ${ofFamily} ORDER BY rank LIMIT ?)`,
    family,
    family,
    sampledTrialsPerFamily,
  );
}

/** What the ledger holds of a shape's family, without what one run added to it. */
export async function historyOf(
  sql: Transaction,
  { shape, strategyHash }: StrategyRecord,
  exceptRunId: string,
): Promise<FamilyHistory> {
  const family = await familyOf(sql, shape);
  return family === undefined ? newFamily : familyHistory(sql, family, { exceptRunId, exceptHash: strategyHash });
}

type Except = Readonly<{ exceptRunId?: string; exceptHash?: string }>;

/** `exceptHash` names the strategy that is looked at: what was spent on others is told apart from it. */
async function familyHistory(sql: Transaction, family: string, except: Except): Promise<FamilyHistory> {
  const { exceptRunId = '' } = except;
  const sample = await sql.rows(
    `SELECT first_day, returns FROM trial_returns WHERE ${ofFamily} AND (run_id = '' OR run_id <> ?)
     ORDER BY rank LIMIT ?`,
    family,
    exceptRunId,
    sampledTrialsPerFamily,
  );
  const seen = await seenBy(sql, family);
  const all = await sumTrials(sql, family, { exceptRunId });
  const others = await sumTrials(sql, family, except);
  return { ...trialStatistics(all, others, sample.map(datedReturns)), seen };
}

/** Up to which time of which market a family's results were seen, and by whom. */
export async function seenBy({ rows }: Transaction, family: string): Promise<FamilyHistory['seen']> {
  const looks = await rows(
    `SELECT * FROM looks WHERE ${ofFamily} ORDER BY market, to_ms DESC, at_ms, asked_by, face, shape`,
    family,
  );
  return looks.map((row) => ({
    market: text(row, 'market'),
    toMs: number(row, 'to_ms'),
    by: text(row, 'asked_by'),
    face: text(row, 'face'),
    atMs: number(row, 'at_ms'),
  }));
}

export const countTrials = async (sql: Transaction, family: string, except: Except = {}): Promise<number> =>
  (await sumTrials(sql, family, except)).trials;

async function sumTrials(
  { row }: Transaction,
  family: string,
  { exceptRunId = '', exceptHash }: Except,
): Promise<TrialSums> {
  const found = await row(
    `SELECT coalesce(sum(count), 0) AS total,
       coalesce(sum(CASE WHEN independent IS NULL THEN count ELSE 0 END), 0) AS unknown,
       coalesce(sum(independent), 0) AS independent FROM trials
     WHERE ${ofFamily} AND (run_id = '' OR run_id <> ?) AND strategy_hash IS DISTINCT FROM ?`,
    family,
    exceptRunId,
    exceptHash ?? null,
  );
  if (found === undefined) return noTrials;
  return {
    trials: number(found, 'total'),
    unknown: number(found, 'unknown'),
    independent: number(found, 'independent'),
  };
}

export function datedReturns(row: Row): DatedReturns {
  const bytes = row['returns'];
  // Copied: a Float32Array has to begin at a multiple of four, and what a driver gives is a view of its own buffer.
  const copy = bytes instanceof Uint8Array ? Uint8Array.from(bytes) : new Uint8Array(0);
  return { firstDay: number(row, 'first_day'), returns: new Float32Array(copy.buffer) };
}

const familyMember = (row: Row): FamilyMember => ({
  strategyId: text(row, 'strategy_id'),
  name: text(row, 'name'),
  file: text(row, 'file'),
  strategyHash: text(row, 'strategy_hash'),
  atMs: number(row, 'seen_ms'),
});

async function familyLedger(sql: Transaction, of: FamilyOf, entries: number): Promise<FamilyLedger | undefined> {
  const family = 'shape' in of ? await familyOf(sql, of.shape) : await familyOfId(sql, of.strategyId);
  if (family === undefined) return undefined;
  const { rows } = sql;
  const members = await rows(`SELECT * FROM family_members WHERE ${ofFamily} ORDER BY strategy_id, seen_ms`, family);
  const byFace = await rows(`SELECT face, sum(count) AS total FROM trials WHERE ${ofFamily} GROUP BY face`, family);
  return {
    ...(await familyHistory(sql, family, {})),
    family,
    members: members.map(familyMember),
    byFace: Object.fromEntries(byFace.map((row) => [text(row, 'face'), number(row, 'total')])),
    entries: await trialEntries(sql, family, entries),
  };
}

/** The newest trials of a family, and who asked for each. */
async function trialEntries({ rows }: Transaction, family: string, limit: number): Promise<readonly TrialEntry[]> {
  const newest = `FROM trials WHERE ${ofFamily} ORDER BY counted_ms DESC, key LIMIT ?`;
  const asked = await rows(
    `SELECT key, asked_by, min(first_ms) AS first_ms FROM trial_askers WHERE key IN (SELECT key ${newest})
     GROUP BY key, asked_by ORDER BY first_ms, asked_by`,
    family,
    limit,
  );
  const askers = Map.groupBy(asked, (row) => text(row, 'key'));
  const found = await rows(`SELECT * ${newest}`, family, limit);
  return found.map((row) => ({
    key: text(row, 'key'),
    strategyId: text(row, 'strategy_id'),
    face: text(row, 'face') as Face,
    count: number(row, 'count'),
    by: (askers.get(text(row, 'key')) ?? []).map((asker) => text(asker, 'asked_by')),
    atMs: number(row, 'counted_ms'),
  }));
}

export const noEvidence: TrialEvidence = { looks: [], samples: [] };
