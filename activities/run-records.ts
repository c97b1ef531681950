import { loadParallelValidation } from '../config/parallel-validation.ts';
import type { ErrorDocument } from '../core/errors.ts';
import type { ValidationCompute } from '../core/ports/validation-compute.ts';
import type { Store, ValidationKey } from '../core/ports/store.ts';
import { failureVerdict } from '../core/validation/failure-verdict.ts';
import { outcomeOf } from '../core/validation/outcome-of.ts';
import { statusAfter } from '../core/validation/queue.ts';
import { unjudged } from '../core/validation/run-board.ts';
import {
  type Escalation,
  type RunAlert,
  runAlerts,
  runMetrics,
  type RunSummary,
  type StrategyOutcome,
  summarise,
} from '../core/validation/run.ts';
import type { Tier } from '../core/validation/verdict.ts';
import { withHeartbeat } from './with-heartbeat.ts';

export type RecordPorts = Readonly<{
  store: Store;
  compute: Pick<ValidationCompute, 'forget'>;
  codeVersion: string;
  nowMs(): number;
}>;

/** A validation that ended without numbers, with the reason as every face prints it. */
export type UnfinishedStrategy = ValidationKey & Readonly<{ error: ErrorDocument; timeouts: number; seconds: number }>;

export type RunClosing = Readonly<{
  runId: string;
  tier: Tier;
  state: 'done' | 'cancelled';
  startedMs: number;
  /** Without the time that a person's answer took. */
  wallSeconds: number;
  /** Strategies that were cancelled; what has neither verdict nor a place here was skipped. */
  cancelled: readonly string[];
  strategyIds: readonly string[];
}>;

export type ClosedRun = Readonly<{
  summary: RunSummary;
  alerts: readonly RunAlert[];
  /** The first 200 by strategy id; all are in the store. */
  outcomes: readonly StrategyOutcome[];
}>;

const outcomesInResult = 200;

/** Activities of the desk queue that write down how things ended. Each may run twice and leaves the same. */
export const createRecordActivities = ({ store, compute, codeVersion, nowMs }: RecordPorts) => ({
  /** Gives a strategy that timed out or broke its verdict (TIMEOUT, ERROR), unless it has one. */
  recordUnfinished: ({ error, timeouts, seconds, ...key }: UnfinishedStrategy): Promise<StrategyOutcome> =>
    withHeartbeat(async () => {
      const { strategy, trialsBefore, verdict: earlier } = await store.beginValidation(key, nowMs());
      if (earlier !== undefined) return outcomeOf(earlier.verdict, earlier);
      const facts = { ...key, strategyHash: strategy.strategyHash, codeVersion, trialsBefore };
      const verdict = failureVerdict(facts, 'run', error);
      const reason = verdict.status === 'TIMEOUT' ? 'timeout' : error.message;
      const queueStatus = statusAfter(verdict, false);
      const record = { key, verdict, seconds, timeouts, reason, atMs: nowMs() };
      const stored = await store.recordVerdict({ ...record, ...(queueStatus && { queueStatus }) });
      return outcomeOf(stored.verdict, stored);
    }),

  /** Puts a strategy whose validation was cancelled back to where it stood in the queue. */
  releaseStrategy: (key: ValidationKey): Promise<void> =>
    withHeartbeat(() => store.releaseValidation(key, 'cancelled', nowMs())),

  /** Keeps the question that a run asks, and later its answer. */
  recordEscalation: ({ runId, escalation }: Readonly<{ runId: string; escalation: Escalation }>): Promise<void> =>
    withHeartbeat(() => store.recordEscalation(runId, escalation)),

  /** Merges the verdicts of a run, each strategy once, and closes it with its totals, metrics and alerts. */
  closeRun: (closing: RunClosing): Promise<ClosedRun> =>
    withHeartbeat(async () => {
      compute.forget(closing); // of strategies that were cancelled, or broke
      return closeRun(store, closing, nowMs());
    }),
});

export type RecordActivities = ReturnType<typeof createRecordActivities>;

async function closeRun(store: Store, closing: RunClosing, atMs: number): Promise<ClosedRun> {
  const settings = loadParallelValidation();
  const { runId, tier, state, wallSeconds } = closing;
  const verdicts = await store.verdicts(runId);
  const byId = new Map(verdicts.map((stored) => [stored.verdict.strategyId, outcomeOf(stored.verdict, stored)]));
  const cancelled = new Set(closing.cancelled);
  const outcomes = closing.strategyIds.map(
    (id) => byId.get(id) ?? unjudged(id, state === 'cancelled' || cancelled.has(id) ? 'CANCELLED' : 'SKIPPED'),
  );
  const summary = summarise(outcomes, wallSeconds);
  const queued = (await store.queue()).filter(({ status }) => status === 'QUEUED').length;
  const queuedBefore = (await store.run(runId))?.queuedBefore ?? queued;
  const alerts = runAlerts(outcomes, summary, {
    tier,
    alertOnOutliers: settings.alert_on_outliers,
    queuedBefore,
    queuedAfter: queued,
  });
  const metrics = runMetrics(outcomes, summary, closing.startedMs);
  await store.endRun({
    runId,
    state,
    summary,
    alerts,
    outcomes,
    finishedMs: atMs,
    ...(settings.track_worker_performance ? { metrics } : {}),
  });
  return { summary, alerts, outcomes: outcomes.toSorted(bySpeed).slice(0, outcomesInResult) };
}

/** Sorted by run time, as the skill's merge does; ties by id. */
const bySpeed = (a: StrategyOutcome, b: StrategyOutcome) =>
  a.seconds - b.seconds || (a.strategyId < b.strategyId ? -1 : 1);
