import type { QueueEntry, RunRecord, RunState, StoredVerdict, StrategyRecord } from '../../../core/ports/store.ts';
import type { QueueStatus } from '../../../core/validation/queue.ts';
import type { Tier } from '../../../core/validation/verdict.ts';
import type { Row } from './database.ts';

// Columns are typed and written by this adapter alone: what one holds is known here, and only here asserted.

export const text = (row: Row, column: string): string => String(row[column]);

/** PostgreSQL gives 64-bit integers as text; all of ours are below 2^53. */
export const number = (row: Row, column: string): number => Number(row[column]);

/** JSON of a column that this adapter wrote; undefined where it is NULL. */
export function json(row: Row, column: string): unknown {
  const value = row[column];
  return typeof value === 'string' ? JSON.parse(value) : undefined;
}

export const strategyRecord = (row: Row): StrategyRecord => ({
  strategyId: text(row, 'strategy_id'),
  name: text(row, 'name'),
  file: text(row, 'file'),
  strategyHash: text(row, 'strategy_hash'),
  // What a version without shapes left behind is a family by its id.
  shape: text(row, 'shape') || shapeOfId(text(row, 'strategy_id')),
  ...(row['parent'] === null ? {} : { parent: text(row, 'parent') }),
});

/** Stands for strategies that are known by their id only: parents that nobody has registered, and old trials. */
export const shapeOfId = (strategyId: string): string => `id:${strategyId}`;

export const queueEntry = (row: Row): QueueEntry => ({
  strategyId: text(row, 'strategy_id'),
  name: text(row, 'name'),
  status: text(row, 'status') as QueueStatus,
  reason: text(row, 'reason'),
  runId: text(row, 'run_id'),
  changedMs: number(row, 'changed_ms'),
});

export const storedVerdict = (row: Row): StoredVerdict => ({
  runId: text(row, 'run_id'),
  verdict: JSON.parse(text(row, 'text')),
  text: text(row, 'text'),
  seconds: number(row, 'seconds'),
  timeouts: number(row, 'timeouts'),
  storedMs: number(row, 'stored_ms'),
});

export function runRecord(row: Row): RunRecord {
  const optional = {
    finishedMs: row['finished_ms'] === null ? undefined : number(row, 'finished_ms'),
    summary: json(row, 'summary') as RunRecord['summary'] | undefined,
    metrics: json(row, 'metrics') as RunRecord['metrics'] | undefined,
    escalation: json(row, 'escalation') as RunRecord['escalation'] | undefined,
  };
  return {
    runId: text(row, 'run_id'),
    tier: text(row, 'tier') as Tier,
    workflowId: text(row, 'workflow_id'),
    executionId: text(row, 'execution_id'),
    codeVersion: text(row, 'code_version'),
    state: text(row, 'state') as RunState,
    startedMs: number(row, 'started_ms'),
    askedBy: text(row, 'asked_by'),
    strategies: number(row, 'strategies'),
    queuedBefore: number(row, 'queued_before'),
    alerts: (json(row, 'alerts') as RunRecord['alerts'] | undefined) ?? [],
    ...(optional.finishedMs === undefined ? {} : { finishedMs: optional.finishedMs }),
    ...(optional.summary === undefined ? {} : { summary: optional.summary }),
    ...(optional.metrics === undefined ? {} : { metrics: optional.metrics }),
    ...(optional.escalation === undefined ? {} : { escalation: optional.escalation }),
  };
}
