import { DeskError } from '../../../core/errors.ts';
import { type RunEnd, type RunStart, runsWithMetrics, type Store } from '../../../core/ports/store.ts';
import type { StrategyOutcome } from '../../../core/validation/run.ts';
import type { Database, Transaction } from './database.ts';
import { familyOf, joinFamily } from './families.ts';
import { json, runRecord, text } from './rows.ts';
import { countTrials } from './trials.ts';

type RunMethods = Pick<Store, 'beginRun' | 'recordEscalation' | 'endRun' | 'run' | 'runs' | 'outcomes'>;

const selectRun = `SELECT runs.*, (SELECT count(*) FROM run_strategies s WHERE s.run_id = runs.run_id) AS strategies
  FROM runs`;

export const runMethods = ({ read, write }: Database): RunMethods => ({
  beginRun: (start) => write((sql) => beginRun(sql, start)),

  recordEscalation: (runId, escalation) =>
    write(({ run }) => {
      const state = escalation.answer === undefined ? 'escalated' : 'running';
      return run(
        `UPDATE runs SET escalation = ?, state = ? WHERE run_id = ? AND finished_ms IS NULL`,
        JSON.stringify(escalation),
        state,
        runId,
      );
    }),

  endRun: (end) => write((sql) => endRun(sql, end)),

  run: (runId) =>
    read(async ({ row }) => {
      const found = await row(`${selectRun} WHERE run_id = ?`, runId);
      return found && runRecord(found);
    }),

  runs: (limit) =>
    read(async ({ rows }) => {
      const found = await rows(`${selectRun} ORDER BY started_ms DESC, run_id DESC LIMIT ?`, limit);
      return found.map(runRecord);
    }),

  outcomes: (runId) =>
    read(async ({ rows }) => {
      const found = await rows('SELECT outcome FROM run_strategies WHERE run_id = ? ORDER BY strategy_id', runId);
      return found
        .map((row) => json(row, 'outcome') as StrategyOutcome | undefined)
        .filter((outcome) => outcome !== undefined);
    }),
});

async function beginRun(sql: Transaction, start: RunStart): Promise<void> {
  const known = await sql.row('SELECT execution_id FROM runs WHERE run_id = ?', start.runId);
  if (known !== undefined) {
    // The same execution planned twice: its worker died before it could say so.
    if (text(known, 'execution_id') === start.executionId) return addStrategies(sql, start);
    throw new DeskError('BadInput', 'another run has used this run id', {
      path: 'runId',
      expected: 'a workflow id that no run has had',
      found: start.runId,
    });
  }
  await sql.run(
    `INSERT INTO runs (run_id, tier, workflow_id, execution_id, code_version, state, started_ms, asked_by, queued_before)
     VALUES (?, ?, ?, ?, ?, 'running', ?, ?, (SELECT count(*) FROM queue WHERE status = 'QUEUED'))`,
    start.runId,
    start.tier,
    start.workflowId,
    start.executionId,
    start.codeVersion,
    start.startedMs,
    start.askedBy,
  );
  await addStrategies(sql, start);
}

async function addStrategies(sql: Transaction, { runId, strategies, startedMs }: RunStart): Promise<void> {
  for (const strategy of strategies) {
    const { strategyId, name, file, strategyHash, shape, parent = null } = strategy;
    await joinFamily(sql, strategy, startedMs);
    const family = await familyOf(sql, shape);
    await sql.run(
      `INSERT INTO run_strategies (run_id, strategy_id, name, file, strategy_hash, shape, parent, trials_before)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      runId,
      strategyId,
      name,
      file,
      strategyHash,
      shape,
      parent,
      family === undefined ? 0 : await countTrials(sql, family, { exceptRunId: runId }),
    );
  }
}

async function endRun(sql: Transaction, end: RunEnd): Promise<void> {
  const open = await sql.row('SELECT 1 FROM runs WHERE run_id = ? AND finished_ms IS NULL', end.runId);
  if (open === undefined) return;
  await sql.run(
    'UPDATE runs SET state = ?, finished_ms = ?, summary = ?, metrics = ?, alerts = ? WHERE run_id = ?',
    end.state,
    end.finishedMs,
    JSON.stringify(end.summary),
    end.metrics === undefined ? null : JSON.stringify(end.metrics),
    JSON.stringify(end.alerts),
    end.runId,
  );
  for (const outcome of end.outcomes) {
    await sql.run(
      'UPDATE run_strategies SET outcome = ? WHERE run_id = ? AND strategy_id = ?',
      JSON.stringify(outcome),
      end.runId,
      outcome.strategyId,
    );
  }
  await sql.run(
    `UPDATE runs SET metrics = NULL WHERE metrics IS NOT NULL AND run_id NOT IN
       (SELECT run_id FROM runs WHERE metrics IS NOT NULL ORDER BY started_ms DESC, run_id DESC LIMIT ?)`,
    runsWithMetrics,
  );
}
