import { DeskError } from '../../../core/errors.ts';
import type {
  Store,
  StoredVerdict,
  StrategyRecord,
  ValidationKey,
  ValidationStart,
  VerdictRecord,
} from '../../../core/ports/store.ts';
import type { FamilyHistory } from '../../../core/validation/family-history.ts';
import { validatingStatus } from '../../../core/validation/queue.ts';
import type { Database, Row, Transaction } from './database.ts';
import { joinFamily, uniteFamilies } from './families.ts';
import { earlierVerdicts, passedTiers, standingStatus } from './earlier-verdicts.ts';
import { closeHoldout, openHoldout } from './holdouts.ts';
import { keepOpened, openedElsewhere } from './opened-holdouts.ts';
import { addLearning } from './learnings.ts';
import { json, number, storedVerdict, strategyRecord, text } from './rows.ts';
import { addTrials, historyOf, noEvidence } from './trials.ts';

type ValidationMethods = Pick<
  Store,
  'beginValidation' | 'recordVerdict' | 'releaseValidation' | 'verdicts' | 'latestVerdict'
>;

export const validationMethods = ({ read, write }: Database): ValidationMethods => ({
  beginValidation: (key, atMs) => write((sql) => beginValidation(sql, key, atMs)),
  recordVerdict: (record) => write((sql) => recordVerdict(sql, record)),
  releaseValidation: (key, reason, atMs) => write((sql) => release(sql, key, { reason, atMs })),

  verdicts: (runId) =>
    read(async ({ rows }) => {
      const found = await rows('SELECT * FROM verdicts WHERE run_id = ? ORDER BY strategy_id', runId);
      return found.map(storedVerdict);
    }),

  latestVerdict: (strategyId) =>
    read(async ({ row }) => {
      const found = await row(
        'SELECT * FROM verdicts WHERE strategy_id = ? ORDER BY stored_ms DESC, run_id DESC LIMIT 1',
        strategyId,
      );
      return found && storedVerdict(found);
    }),
});

async function verdictOf(
  { row }: Transaction,
  { runId, strategyId, tier }: ValidationKey,
): Promise<StoredVerdict | undefined> {
  const found = await row(
    'SELECT * FROM verdicts WHERE run_id = ? AND strategy_id = ? AND tier = ?',
    runId,
    strategyId,
    tier,
  );
  return found && storedVerdict(found);
}

async function beginValidation(sql: Transaction, key: ValidationKey, atMs: number): Promise<ValidationStart> {
  const { runId, strategyId, tier } = key;
  const row = await sql.row('SELECT * FROM run_strategies WHERE run_id = ? AND strategy_id = ?', runId, strategyId);
  if (row === undefined) {
    throw new DeskError('NotFound', `run ${runId} does not have strategy ${strategyId}`, { path: 'strategyId' });
  }
  const strategy = strategyRecord(row);
  const trialsBefore = number(row, 'trials_before');
  const history = { ...(await historyAtStart(sql, key, { row, strategy, atMs })), trials: trialsBefore };
  const earlier = await earlierVerdicts(sql, key, strategy.strategyHash);
  const decided = earlier.filter((stored) => stored.verdict.tier === 'L3');
  const others = tier === 'L3' ? await openedElsewhere(sql, strategy) : [];
  const start = { strategy, trialsBefore, history, passed: passedTiers(earlier), decided, openedElsewhere: others };
  const verdict = await verdictOf(sql, key);
  if (verdict !== undefined) return { ...start, verdict };
  await sql.run(
    `UPDATE run_strategies SET status_before = (SELECT status FROM queue WHERE strategy_id = ?)
     WHERE run_id = ? AND strategy_id = ? AND status_before IS NULL`,
    strategyId,
    runId,
    strategyId,
  );
  await setQueue(sql, strategyId, { status: validatingStatus(tier), reason: '', runId, atMs });
  return start;
}

/** Another try of the same validation gets what the first one got: same inputs, same bytes. */
async function historyAtStart(
  sql: Transaction,
  key: ValidationKey,
  { row, strategy, atMs }: Readonly<{ row: Row; strategy: StrategyRecord; atMs: number }>,
): Promise<FamilyHistory> {
  const known = json(row, 'history');
  if (known !== undefined) return known as FamilyHistory;
  const before = await historyOf(sql, strategy, key.runId);
  const openedBy = key.tier === 'L3' ? await openHoldout(sql, key, { shape: strategy.shape, atMs }) : undefined;
  const history = openedBy === undefined ? before : { ...before, openedBy };
  await sql.run(
    'UPDATE run_strategies SET history = ? WHERE run_id = ? AND strategy_id = ?',
    JSON.stringify(history),
    key.runId,
    key.strategyId,
  );
  return history;
}

async function recordVerdict(sql: Transaction, record: VerdictRecord): Promise<StoredVerdict> {
  const { key, verdict, seconds, timeouts, atMs, learning } = record;
  const known = await verdictOf(sql, key);
  if (known !== undefined) return known;
  const { runId, strategyId, tier } = key;
  const document = JSON.stringify(verdict);
  await sql.run(
    `INSERT INTO verdicts (run_id, strategy_id, tier, status, text, seconds, stored_ms, timeouts)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    runId,
    strategyId,
    tier,
    verdict.status,
    document,
    seconds,
    atMs,
    timeouts,
  );
  await countVerdict(sql, record);
  if (key.tier === 'L3') await closeHoldout(sql, key);
  const source = `${runId} ${strategyId} ${tier}`;
  if (learning !== undefined) await addLearning(sql, learning, { source, strategyId, atMs });
  await queueAfter(sql, record);
  return { runId, verdict, text: document, seconds, timeouts, storedMs: atMs };
}

/** On, or out; or where it stood, when it was refused, or looked at again at a tier that it has left behind. */
async function queueAfter(sql: Transaction, { key, verdict, queueStatus, reason, atMs }: VerdictRecord): Promise<void> {
  const { runId, strategyId, tier } = key;
  const before = await statusBefore(sql, key);
  const earlier = await earlierVerdicts(sql, key, verdict.strategyHash);
  const standing = standingStatus(earlier, tier, before);
  if (standing !== undefined) return setQueue(sql, strategyId, { ...standing, runId, atMs });
  const status = queueStatus ?? (typeof before === 'string' ? before : 'QUEUED');
  return setQueue(sql, strategyId, { status, reason, runId, atMs });
}

async function statusBefore({ row }: Transaction, { runId, strategyId }: ValidationKey): Promise<unknown> {
  const found = await row(
    'SELECT status_before FROM run_strategies WHERE run_id = ? AND strategy_id = ?',
    runId,
    strategyId,
  );
  return found?.['status_before'];
}

/** A verdict's trials are known by what they computed: the tier of a strategy on bars. */
async function countVerdict(
  sql: Transaction,
  { key, verdict, atMs, evidence = noEvidence }: VerdictRecord,
): Promise<void> {
  const { runId, strategyId, tier } = key;
  const count = verdict.trials.ownRun;
  if (count === 0) return;
  const row = await sql.row(
    `SELECT run_strategies.*, asked_by FROM run_strategies JOIN runs USING (run_id)
     WHERE run_id = ? AND strategy_id = ?`,
    runId,
    strategyId,
  );
  if (row === undefined) throw new DeskError('NotFound', `run ${runId} does not have strategy ${strategyId}`);
  const strategy = strategyRecord(row);
  await joinFamily(sql, strategy, atMs); // of a run that an older version began
  const by = text(row, 'asked_by') || 'unknown';
  const trialKey = `validate ${tier} ${verdict.strategyHash} ${verdict.dataHash}`;
  if (evidence.opened !== undefined) await keepOpened(sql, key, { ...evidence.opened, shape: strategy.shape, atMs });
  if (evidence.sameAs !== undefined) await uniteFamilies(sql, strategy.shape, evidence.sameAs);
  await addTrials(sql, { key: trialKey, strategy, face: 'validate', by, count, atMs, runId, ...evidence });
}

async function release(
  sql: Transaction,
  key: ValidationKey,
  { reason, atMs }: { reason: string; atMs: number },
): Promise<void> {
  if ((await verdictOf(sql, key)) !== undefined) return;
  const before = await statusBefore(sql, key);
  await closeHoldout(sql, key);
  if (typeof before !== 'string') return; // it never began
  await setQueue(sql, key.strategyId, { status: before, reason, runId: key.runId, atMs });
}

type QueueChange = Readonly<{ status: string; reason: string; runId: string; atMs: number }>;

/** Leaves what already stands as it is, so that a repeated call changes nothing, its time included. */
async function setQueue(
  { run }: Transaction,
  strategyId: string,
  { status, reason, runId, atMs }: QueueChange,
): Promise<void> {
  await run(
    `UPDATE queue SET status = ?, reason = ?, run_id = ?, changed_ms = ?
     WHERE strategy_id = ? AND (status <> ? OR reason <> ? OR run_id <> ?)`,
    status,
    reason,
    runId,
    atMs,
    strategyId,
    status,
    reason,
    runId,
  );
}
