import type { Tier, VerdictStatus } from './verdict.ts';

/** How a strategy's part of a run ended. CANCELLED and SKIPPED leave no verdict. */
export type OutcomeStatus = VerdictStatus | 'CANCELLED' | 'SKIPPED';

/** One strategy of a finished run, as small as a workflow may carry it; the verdict itself is in the store. */
export type StrategyOutcome = Readonly<{
  strategyId: string;
  status: OutcomeStatus;
  /** Seconds the activity took, of the try that counted. */
  seconds: number;
  /** Tries that ran into the time limit. */
  timeouts: number;
  /** Every reason of a FAIL can be fixed. */
  fixable: boolean;
  /** The first reason, for tables; empty on a pass. */
  reason: string;
}>;

export type RunSummary = Readonly<{
  passed: number;
  failed: number;
  timedOut: number;
  errors: number;
  cancelled: number;
  skipped: number;
  /** Failures that auto-retry may fix. */
  fixable: number;
  wallSeconds: number;
  /** Sum of the strategies' own seconds: what one after the other would have taken. */
  sequentialSeconds: number;
  /** sequentialSeconds - wallSeconds; negative when durability cost more than parallelism won. */
  saved: number;
}>;

/** Metrics of a run, kept for the last runs. */
export type RunMetrics = Readonly<{
  runDateMs: number;
  workersSpawned: number;
  workersCompleted: number;
  workersTimedOut: number;
  passed: number;
  failed: number;
  wallClockSeconds: number;
  sequentialSeconds: number;
  savedSeconds: number;
  /** savedSeconds / sequentialSeconds. */
  savedShare: number;
  meanWorkerSeconds: number;
  maxWorkerSeconds: number;
  minWorkerSeconds: number;
}>;

export type RunAlert = Readonly<{ name: 'slowWorker' | 'manyFailed' | 'manyTimedOut' | 'queueGrows'; message: string }>;

/** What a person may answer when too many strategies failed. */
export const escalationChoices = ['relaxThresholds', 'strategyMeeting', 'goOn'] as const;
export type EscalationChoice = (typeof escalationChoices)[number];

export type Escalation = Readonly<{
  reason: string;
  choices: readonly EscalationChoice[];
  /** Absent while nobody has answered and time is left. */
  answer?: Readonly<{ choice: EscalationChoice; by: string }>;
}>;

/** Nobody answered in time: the run went on with those that passed. */
export const unansweredBy = 'nobody (time is up)';
/** The run does not wait for anybody: the question and what it did are recorded all the same. */
export const notWaitedForBy = 'nobody (the run does not wait)';

const settled = (outcomes: readonly StrategyOutcome[]) =>
  outcomes.filter(({ status }) => status !== 'CANCELLED' && status !== 'SKIPPED');

/** Totals of a run. */
export function summarise(outcomes: readonly StrategyOutcome[], wallSeconds: number): RunSummary {
  const count = (status: OutcomeStatus) => outcomes.filter((outcome) => outcome.status === status).length;
  const sequentialSeconds = outcomes.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    passed: count('PASS'),
    failed: count('FAIL'),
    timedOut: count('TIMEOUT'),
    errors: count('ERROR'),
    cancelled: count('CANCELLED'),
    skipped: count('SKIPPED'),
    fixable: outcomes.filter(({ fixable }) => fixable).length,
    wallSeconds,
    sequentialSeconds,
    saved: sequentialSeconds - wallSeconds,
  };
}

/** Metrics of a run that began at `runDateMs` (epoch ms). */
export function runMetrics(outcomes: readonly StrategyOutcome[], summary: RunSummary, runDateMs: number): RunMetrics {
  const ran = settled(outcomes);
  const seconds = ran.map((outcome) => outcome.seconds);
  return {
    runDateMs,
    workersSpawned: outcomes.length - summary.skipped,
    workersCompleted: summary.passed + summary.failed,
    workersTimedOut: summary.timedOut,
    passed: summary.passed,
    failed: summary.failed,
    wallClockSeconds: summary.wallSeconds,
    sequentialSeconds: summary.sequentialSeconds,
    savedSeconds: summary.saved,
    savedShare: summary.sequentialSeconds > 0 ? summary.saved / summary.sequentialSeconds : 0,
    meanWorkerSeconds: ran.length === 0 ? 0 : summary.sequentialSeconds / ran.length,
    maxWorkerSeconds: Math.max(0, ...seconds),
    minWorkerSeconds: ran.length === 0 ? 0 : Math.min(...seconds),
  };
}

/** A strategy is slow when it takes longer than this many medians; under two seconds a cold thread explains it. */
const slowMedians = 2;
const slowFloorSeconds = 2;

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Whether a worker that has taken `seconds` is an outlier among those that are done. */
export const isSlow = (seconds: number, doneSeconds: readonly number[]): boolean =>
  doneSeconds.length >= 3 && seconds > slowFloorSeconds && seconds > slowMedians * median(doneSeconds);

/** Whether so many failed that a person should look: a share of those that got a verdict. */
export function mustEscalate(counts: Readonly<Record<VerdictStatus, number>>, threshold: number): boolean {
  const failed = counts.FAIL + counts.TIMEOUT + counts.ERROR;
  return failed > 0 && failed / (counts.PASS + failed) > threshold;
}

export type AlertRules = Readonly<{ tier: Tier; alertOnOutliers: boolean; queuedBefore: number; queuedAfter: number }>;

/** What deserves a person's attention in a finished run. */
export function runAlerts(
  outcomes: readonly StrategyOutcome[],
  summary: RunSummary,
  { tier, alertOnOutliers, queuedBefore, queuedAfter }: AlertRules,
): readonly RunAlert[] {
  const ran = settled(outcomes);
  const seconds = ran.map((outcome) => outcome.seconds);
  const alerts: RunAlert[] = [];
  const slow = ran.filter((outcome) => isSlow(outcome.seconds, seconds)).map(({ strategyId }) => strategyId);
  if (alertOnOutliers && slow.length > 0) {
    alerts.push({ name: 'slowWorker', message: `over ${slowMedians} x the median time: ${firstFew(slow)}` });
  }
  const lost = summary.failed + summary.timedOut + summary.errors;
  if (lost > ran.length / 2) {
    alerts.push({ name: 'manyFailed', message: `${lost} of ${ran.length} did not pass ${tier}` });
  }
  if (ran.length > 0 && summary.timedOut / ran.length > 0.2) {
    alerts.push({ name: 'manyTimedOut', message: `${summary.timedOut} of ${ran.length} ran out of time` });
  }
  if (queuedAfter > queuedBefore) {
    alerts.push({ name: 'queueGrows', message: `${queuedAfter - queuedBefore} more wait than when the run began` });
  }
  return alerts;
}

const firstFew = (ids: readonly string[]) =>
  ids.length <= 5 ? ids.join(', ') : `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more`;
