import { DeskError } from '../../../core/errors.ts';
import type { Store, StoredVerdict, ValidationKey, ValidationStart, VerdictRecord } from '../../../core/ports/store.ts';
import { validatingStatus } from '../../../core/validation/queue.ts';
import type { Database } from './database.ts';
import { number, storedVerdict, strategyRecord } from './rows.ts';

type ValidationMethods = Pick<
  Store,
  'beginValidation' | 'recordVerdict' | 'releaseValidation' | 'verdicts' | 'latestVerdict' | 'trials'
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

  trials: (family) =>
    database.transaction(() => {
      const row = database.row('SELECT coalesce(sum(count), 0) AS total FROM trials WHERE family = ?', family);
      return row === undefined ? 0 : number(row, 'total');
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
  const start = { strategy: strategyRecord(row), trialsBefore: number(row, 'trials_before') };
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

function recordVerdict(
  database: Database,
  { key, verdict, seconds, timeouts, queueStatus, reason, atMs }: VerdictRecord,
): StoredVerdict {
  const known = verdictOf(database, key);
  if (known !== undefined) return known;
  const { runId, strategyId, tier } = key;
  const text = JSON.stringify(verdict);
  database.run(
    `INSERT INTO verdicts (run_id, strategy_id, tier, status, text, seconds, stored_ms, timeouts)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    runId,
    strategyId,
    tier,
    verdict.status,
    text,
    seconds,
    atMs,
    timeouts,
  );
  if (verdict.trials.ownRun > 0) {
    database.run(
      'INSERT INTO trials VALUES (?, ?, ?, ?, ?, ?)',
      runId,
      strategyId,
      tier,
      strategyId,
      verdict.trials.ownRun,
      atMs,
    );
  }
  setQueue(database, strategyId, { status: queueStatus, reason, runId, atMs });
  return { runId, verdict, text, seconds, timeouts, storedMs: atMs };
}

function release(database: Database, key: ValidationKey, { reason, atMs }: { reason: string; atMs: number }): void {
  if (verdictOf(database, key) !== undefined) return;
  const row = database.row(
    'SELECT status_before FROM run_strategies WHERE run_id = ? AND strategy_id = ?',
    key.runId,
    key.strategyId,
  );
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
