import { median, type OutcomeStatus, type StrategyOutcome } from './run.ts';
import type { PlannedStrategy, RunPlan } from './plan.ts';

export type RunPhase = 'planning' | 'validating' | 'escalated' | 'finishing' | 'done' | 'cancelled';

export type RunCounts = Readonly<Record<OutcomeStatus, number>>;

type RunningStrategy = Readonly<{ strategyId: string; startedMs: number }>;

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

type BoardState = Omit<CarriedBoard, 'cancelled'> & {
  workers: number;
  next: number;
  counts: Record<OutcomeStatus, number>;
  seconds: readonly number[];
  finished: readonly StrategyOutcome[];
  phase: RunPhase;
  readonly cancelled: Set<string>;
  /** Since when, by strategy id. */
  readonly running: Map<string, number>;
};

/** The state of a run: who has started, who is in flight, how they ended. Plain data; the workflow moves it. */
export function createRunBoard(from: CarriedBoard) {
  const state: BoardState = {
    ...from,
    counts: { ...from.counts },
    phase: 'validating',
    cancelled: new Set(from.cancelled),
    running: new Map(),
  };
  return { plan: from.plan, startedMs: from.startedMs, ...boardMoves(state), ...boardAnswers(state) };
}

const boardMoves = (state: BoardState) => ({
  setPhase(phase: RunPhase): void {
    state.phase = phase;
  },

  setWorkers(workers: number): void {
    state.workers = workers;
  },

  /** Takes the next strategy; undefined for one that was cancelled before it began. */
  startNext(nowMs: number): PlannedStrategy | undefined {
    const strategy = state.plan.strategies[state.next];
    state.next++;
    if (strategy === undefined) return undefined;
    if (state.cancelled.has(strategy.strategyId)) {
      count(state, unjudged(strategy.strategyId, 'CANCELLED'));
      return undefined;
    }
    state.running.set(strategy.strategyId, nowMs);
    return strategy;
  },

  finish(outcome: StrategyOutcome): void {
    state.running.delete(outcome.strategyId);
    if (outcome.status === 'CANCELLED') state.cancelled.add(outcome.strategyId);
    else state.seconds = [...state.seconds, outcome.seconds].slice(-keptSeconds);
    count(state, outcome);
  },

  /** Cancels one that has not started. */
  cancelWaiting(strategyId: string): void {
    state.cancelled.add(strategyId);
  },
});

const boardAnswers = (state: BoardState) => ({
  phase: (): RunPhase => state.phase,
  inFlight: (): number => state.running.size,
  hasNext: (): boolean => state.next < state.plan.strategies.length && !(state.plan.failFast && failed(state) > 0),
  hasRoom: (): boolean => state.running.size < state.workers,
  counts: (): RunCounts => ({ ...state.counts }),
  cancelledIds: (): readonly string[] => [...state.cancelled],

  /** Why a strategy cannot be cancelled now; undefined when it can. */
  refuseCancel(strategyId: string): string | undefined {
    const place = state.plan.strategies.findIndex((strategy) => strategy.strategyId === strategyId);
    if (place < 0) return `${strategyId} is not in this run`;
    if (state.cancelled.has(strategyId)) return `${strategyId} is cancelled already`;
    return place < state.next && !state.running.has(strategyId) ? `${strategyId} is done already` : undefined;
  },

  progress: (): RunProgress => ({
    runId: state.plan.runId,
    tier: state.plan.tier,
    phase: state.phase,
    total: state.plan.strategies.length,
    done: Object.values(state.counts).reduce((sum, n) => sum + n, 0),
    counts: { ...state.counts },
    workers: state.workers,
    running: Array.from(state.running, ([strategyId, startedMs]) => ({ strategyId, startedMs })),
    medianSeconds: median(state.seconds),
    finished: state.finished,
  }),

  carry: (): CarriedBoard => {
    const { plan, startedMs, workers, next, counts, seconds, finished, cancelled } = state;
    return { plan, startedMs, workers, next, counts: { ...counts }, seconds, finished, cancelled: [...cancelled] };
  },
});

const failed = ({ counts }: BoardState): number => counts.FAIL + counts.TIMEOUT + counts.ERROR;

function count(state: BoardState, outcome: StrategyOutcome): void {
  state.counts[outcome.status]++;
  state.finished = [...state.finished, outcome].slice(-keptOutcomes);
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
