import { median, type OutcomeStatus, type StrategyOutcome } from './run.ts';
import type { PlannedStrategy, RunPlan } from './plan.ts';

export type RunPhase = 'planning' | 'validating' | 'escalated' | 'finishing' | 'done' | 'cancelled';

export type RunCounts = Readonly<Record<OutcomeStatus, number>>;

export type RunningStrategy = Readonly<{ strategyId: string; startedMs: number }>;

/** What the query `progress` answers. */
export type RunProgress = Readonly<{
  runId: string;
  tier: string;
  phase: RunPhase;
  total: number;
  done: number;
  counts: RunCounts;
  workers: number;
  /** Who asks knows the time of now; a workflow only that of its last step. */
  running: readonly RunningStrategy[];
  medianSeconds: number;
  /** The newest outcomes, oldest first; the store has all of them. */
  finished: readonly StrategyOutcome[];
}>;

/** All that a run carries over when its workflow continues as new: between pages nothing is in flight. */
export type CarriedBoard = Readonly<{
  plan: RunPlan;
  startedMs: number;
  workers: number;
  next: number;
  counts: RunCounts;
  seconds: readonly number[];
  finished: readonly StrategyOutcome[];
  cancelled: readonly string[];
}>;

/** Bounds of what a run keeps about finished strategies, however many there are. */
const keptOutcomes = 100;
const keptSeconds = 200;

const noCounts: RunCounts = { PASS: 0, FAIL: 0, TIMEOUT: 0, ERROR: 0, CANCELLED: 0, SKIPPED: 0 };

export const freshBoard = (plan: RunPlan, startedMs: number): CarriedBoard => ({
  plan,
  startedMs,
  workers: plan.workers,
  next: 0,
  counts: noCounts,
  seconds: [],
  finished: [],
  cancelled: [],
});

/** The state of a run: who has started, who is in flight, how they ended. Plain data; the workflow moves it. */
export function createRunBoard(from: CarriedBoard) {
  const { plan, startedMs } = from;
  const running = new Map<string, number>();
  const cancelled = new Set(from.cancelled);
  const counts: Record<OutcomeStatus, number> = { ...from.counts };
  let { workers, next } = from;
  let seconds = [...from.seconds];
  let finished = [...from.finished];
  let phase: RunPhase = 'validating';

  const failed = () => counts.FAIL + counts.TIMEOUT + counts.ERROR;
  const stopped = () => plan.failFast && failed() > 0;
  const count = (outcome: StrategyOutcome) => {
    counts[outcome.status]++;
    finished = [...finished, outcome].slice(-keptOutcomes);
  };

  const board = {
    plan,
    startedMs,
    phase: () => phase,
    setPhase: (to: RunPhase) => void (phase = to),
    setWorkers: (to: number) => void (workers = to),
    isRunning: (strategyId: string) => running.has(strategyId),
    inFlight: () => running.size,
    hasNext: () => next < plan.strategies.length && !stopped(),
    hasRoom: () => running.size < workers,

    /** Takes the next strategy; undefined for one that was cancelled before it began. */
    startNext(nowMs: number): PlannedStrategy | undefined {
      const strategy = plan.strategies[next];
      next++;
      if (strategy === undefined) return undefined;
      if (cancelled.has(strategy.strategyId)) {
        count(unjudged(strategy.strategyId, 'CANCELLED'));
        return undefined;
      }
      running.set(strategy.strategyId, nowMs);
      return strategy;
    },

    finish(outcome: StrategyOutcome): void {
      running.delete(outcome.strategyId);
      if (outcome.status !== 'CANCELLED') seconds = [...seconds, outcome.seconds].slice(-keptSeconds);
      else cancelled.add(outcome.strategyId);
      count(outcome);
    },

    /** Cancels one that has not started. */
    cancelWaiting: (strategyId: string) => void cancelled.add(strategyId),
    cancelledIds: (): readonly string[] => [...cancelled],

    /** Why a strategy cannot be cancelled now; undefined when it can. */
    refuseCancel(strategyId: string): string | undefined {
      const place = plan.strategies.findIndex((strategy) => strategy.strategyId === strategyId);
      if (place < 0) return `${strategyId} is not in this run`;
      if (cancelled.has(strategyId)) return `${strategyId} is cancelled already`;
      return place < next && !running.has(strategyId) ? `${strategyId} is done already` : undefined;
    },

    counts: (): RunCounts => ({ ...counts }),

    progress(): RunProgress {
      const done = Object.values(counts).reduce((sum, n) => sum + n, 0);
      return {
        runId: plan.runId,
        tier: plan.tier,
        phase,
        total: plan.strategies.length,
        done,
        counts: { ...counts },
        workers,
        running: Array.from(running, ([strategyId, since]) => ({ strategyId, startedMs: since })),
        medianSeconds: median(seconds),
        finished,
      };
    },

    carry: (): CarriedBoard => ({
      plan,
      startedMs,
      workers,
      next,
      counts: { ...counts },
      seconds,
      finished,
      cancelled: [...cancelled],
    }),
  };
  return board;
}

export type RunBoard = ReturnType<typeof createRunBoard>;

/** The outcome of a strategy that got no verdict. */
export const unjudged = (strategyId: string, status: 'CANCELLED' | 'SKIPPED'): StrategyOutcome => ({
  strategyId,
  status,
  seconds: 0,
  timeouts: 0,
  fixable: false,
  reason: '',
});

/** The run as a markdown page for the Temporal Web UI; at most about 15 kB (the server takes 20,000 bytes). */
export function boardMarkdown(progress: RunProgress, question: string = ''): string {
  const { counts } = progress;
  const totals = [
    `${progress.done} of ${progress.total} done`,
    `${counts.PASS} passed`,
    `${counts.FAIL} failed`,
    counts.TIMEOUT > 0 ? `${counts.TIMEOUT} timed out` : '',
    counts.ERROR > 0 ? `${counts.ERROR} errors` : '',
    counts.CANCELLED > 0 ? `${counts.CANCELLED} cancelled` : '',
    progress.running.length > 0 ? `${progress.running.length} running` : '',
  ].filter(Boolean);
  const rows = progress.finished.map(
    ({ strategyId, status, seconds, reason }) =>
      `| ${strategyId} | ${status} | ${seconds.toFixed(2)} | ${reason.replaceAll('|', '/').slice(0, 100)} |`,
  );
  return [
    `**${progress.tier}** · ${progress.phase} · ${totals.join(' · ')}`,
    ...(question === '' ? [] : ['', question]),
    ...(rows.length === 0 ? [] : ['', '| strategy | verdict | seconds | reason |', '|---|---|---:|---|', ...rows]),
  ].join('\n');
}
