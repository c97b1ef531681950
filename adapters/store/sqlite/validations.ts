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
import type { Database, Row } from './database.ts';
import { joinFamily } from './families.ts';
import { closeHoldout, openHoldout } from './holdouts.ts';
import { addLearning } from './learnings.ts';
import { json, number, storedVerdict, strategyRecord, text } from './rows.ts';
import { addTrials, historyOf, noEvidence } from './trials.ts';

type ValidationMethods = Pick<
  Store,
  'beginValidation' | 'recordVerdict' | 'releaseValidation' | 'verdicts' | 'latestVerdict'
>;

export const validationMethods = (database: Database): ValidationMethods => ({
  beginValidation: (key, atMs) => database.transaction(() => beginValidation(database, key, atMs)),
  recordVerdict: (record) => database.transaction(() => recordVerdict(database, record)),
  releaseValidation: (key, reason, atMs) => database.transaction(() => release(database, key, { reason, atMs })),

  verdicts: (runId) =>
    database.transaction(() =>
      database.rows('SELECT * FROM verdicts WHERE run_id = ? ORDER BY strategy_id', runId).map(storedVerdict),
    ),

  latestVerdict: (strategyId) =>
    database.transaction(() => {
      const row = database.row(
        'SELECT * FROM verdicts WHERE strategy_id = ? ORDER BY stored_ms DESC, run_id DESC LIMIT 1',
        strategyId,
      );
      return row && storedVerdict(row);
    }),
});

function verdictOf({ row }: Database, { runId, strategyId, tier }: ValidationKey): StoredVerdict | undefined {
  const found = row(
    'SELECT * FROM verdicts WHERE run_id = ? AND strategy_id = ? AND tier = ?',
    runId,
    strategyId,
    tier,
  );
  return found && storedVerdict(found);
}

function beginValidation(database: Database, key: ValidationKey, atMs: number): ValidationStart {
  const { runId, strategyId, tier } = key;
  const row = database.row('SELECT * FROM run_strategies WHERE run_id = ? AND strategy_id = ?', runId, strategyId);
  if (row === undefined) {
    throw new DeskError('NotFound', `run ${runId} does not have strategy ${strategyId}`, { path: 'strategyId' });
  }
  const strategy = strategyRecord(row);
  const trialsBefore = number(row, 'trials_before');
  const history = { ...historyAtStart(database, key, { row, strategy, atMs }), trials: trialsBefore };
  const start = { strategy, trialsBefore, history };
  const verdict = verdictOf(database, key);
  if (verdict !== undefined) return { ...start, verdict };
  database.run(
    `UPDATE run_strategies SET status_before = (SELECT status FROM queue WHERE strategy_id = ?)
     WHERE run_id = ? AND strategy_id = ? AND status_before IS NULL`,
    strategyId,
    runId,
    strategyId,
  );
  setQueue(database, strategyId, { status: validatingStatus(tier), reason: '', runId, atMs });
  return start;
}

/** Another try of the same validation gets what the first one got: same inputs, same bytes. */
function historyAtStart(
  database: Database,
  key: ValidationKey,
  { row, strategy, atMs }: Readonly<{ row: Row; strategy: StrategyRecord; atMs: number }>,
): FamilyHistory {
  const known = json(row, 'history');
  if (known !== undefined) return known as FamilyHistory;
  const before = historyOf(database, strategy, key.runId);
  const openedBy = key.tier === 'L3' ? openHoldout(database, key, { shape: strategy.shape, atMs }) : undefined;
  const history = openedBy === undefined ? before : { ...before, openedBy };
  database.run(
    'UPDATE run_strategies SET history = ? WHERE run_id = ? AND strategy_id = ?',
    JSON.stringify(history),
    key.runId,
    key.strategyId,
  );
  return history;
}

function recordVerdict(database: Database, record: VerdictRecord): StoredVerdict {
  const { key, verdict, seconds, timeouts, queueStatus, reason, atMs, learning } = record;
  const known = verdictOf(database, key);
  if (known !== undefined) return known;
  const { runId, strategyId, tier } = key;
  const document = JSON.stringify(verdict);
  database.run(
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
  countVerdict(database, record);
  if (key.tier === 'L3') closeHoldout(database, key);
  const source = `${runId} ${strategyId} ${tier}`;
  if (learning !== undefined) addLearning(database, learning, { source, strategyId, atMs });
  setQueue(database, strategyId, { status: queueStatus, reason, runId, atMs });
  return { runId, verdict, text: document, seconds, timeouts, storedMs: atMs };
}

/** A verdict's trials are known by what they computed: the tier of a strategy on bars. */
function countVerdict(database: Database, { key, verdict, atMs, evidence = noEvidence }: VerdictRecord): void {
  const { runId, strategyId, tier } = key;
  const count = verdict.trials.ownRun;
  if (count === 0) return;
  const row = database.row(
    `SELECT run_strategies.*, asked_by FROM run_strategies JOIN runs USING (run_id)
     WHERE run_id = ? AND strategy_id = ?`,
    runId,
    strategyId,
  );
  if (row === undefined) throw new DeskError('NotFound', `run ${runId} does not have strategy ${strategyId}`);
  const strategy = strategyRecord(row);
  joinFamily(database, strategy, atMs); // of a run that an older version began
  const by = text(row, 'asked_by') || 'unknown';
  const trialKey = `validate ${tier} ${verdict.strategyHash} ${verdict.dataHash}`;
  addTrials(database, { key: trialKey, strategy, face: 'validate', by, count, atMs, runId, ...evidence });
}

function release(database: Database, key: ValidationKey, { reason, atMs }: { reason: string; atMs: number }): void {
  if (verdictOf(database, key) !== undefined) return;
  const row = database.row(
    'SELECT status_before FROM run_strategies WHERE run_id = ? AND strategy_id = ?',
    key.runId,
    key.strategyId,
  );
  closeHoldout(database, key);
  const before = row?.['status_before'];
  if (typeof before !== 'string') return; // it never began
  setQueue(database, key.strategyId, { status: before, reason, runId: key.runId, atMs });
}

type QueueChange = Readonly<{ status: string; reason: string; runId: string; atMs: number }>;

/** Leaves what already stands as it is, so that a repeated call changes nothing, its time included. */
function setQueue({ run }: Database, strategyId: string, { status, reason, runId, atMs }: QueueChange): void {
  run(
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
