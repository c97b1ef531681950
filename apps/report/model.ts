import type { BacktestResult } from '../../core/backtest/types.ts';
import type { Bars } from '../../core/market/bars.ts';
import type { ParameterValues } from '../../core/strategy/strategy.ts';
import type { TierDetails } from '../../core/validation/details.ts';
import type { GatePower } from '../../core/validation/gate-power.ts';
import type { Holdout, SeenMarket } from '../../core/validation/holdout.ts';
import type { Tier, Verdict } from '../../core/validation/verdict.ts';

/** One tier of a ladder: the run that judged it. */
export type LadderStep = Readonly<{ runId: string; tier: Tier; strategies: number }>;

/**
 * One run of parallel validation, or several that climbed a ladder together, as the page shows it. Times are epoch ms
 * UTC; what is not known is left out.
 */
type ReportRun = Readonly<{
  runId: string;
  /** The highest that was run. */
  tier: Tier;
  /** Every tier that was run, lowest first; absent where it was one. */
  ladder?: readonly LadderStep[];
  workflowId: string;
  startedAtMs?: number;
  finishedAtMs?: number;
  /** From the first strategy's start to the last one's end. */
  wallSeconds?: number;
  /** What the same strategies take one after the other: the sum of their own seconds. */
  sequentialSeconds?: number;
  /** How many strategies the run has, those without a result yet included. */
  strategies: number;
  /** What a person should know of the run as a whole: how it stands, alerts, an escalation and its answer. */
  notices: readonly string[];
}>;

/** A strategy at one tier of the ladder. */
export type TierReport = Readonly<{
  runId: string;
  verdict: Verdict;
  seconds?: number;
  details?: TierDetails;
}>;

/** What the trial ledger knows of a strategy's family when the page is written. */
export type LedgerReport = Readonly<{
  /** Ids and names of the family's strategies. */
  members: readonly Readonly<{ strategyId: string; name: string; edits: number }>[];
  trials: number;
  /** Independent trials that those are worth. */
  effectiveTrials: number;
  meanCorrelation: number;
  sampledTrials: number;
  byFace: Readonly<Record<string, number>>;
  /** By who asked first; `counted` trials are covered. */
  byPerson: readonly Readonly<{ by: string; trials: number }>[];
  counted: number;
  seen: readonly SeenMarket[];
  /** As a validation would find it now, and where it began before anybody looked; absent where the bars are gone. */
  holdout?: Holdout & Readonly<{ sealedFromMs: number }>;
}>;

/** What the page needs of a backtest. */
export type ReportResult = Omit<BacktestResult, 'decided'>;

/**
 * One strategy of the run. Everything textual is untrusted: it comes from files that people and programs write.
 * `result` and `bars` are absent where nothing was kept (a time-out, an error, an older run); `absent` says why.
 */
export type StrategyReport = Readonly<{
  strategyId: string;
  name: string;
  hypothesis: string;
  /** Path as the run named it. */
  file?: string;
  symbols: readonly string[];
  timeframe: string;
  parameters: ParameterValues;
  /** Absent while the strategy is still being validated. */
  verdict?: Verdict;
  seconds?: number;
  workflowId?: string;
  /** What the tier left beside its verdict. */
  details?: TierDetails;
  /** The tiers that it passed before, lowest first. */
  earlier?: readonly TierReport[];
  ledger?: LedgerReport;
  result?: ReportResult;
  /** Bars of the primary asset over the verdict's window. */
  bars?: Bars;
  absent?: string;
}>;

export type ReportModel = Readonly<{
  run: ReportRun;
  strategies: readonly StrategyReport[];
  /** What simulated strategies pass, where it was measured. */
  power?: GatePower;
  /** The version that wrote the page. */
  version: string;
}>;

/** What a page holds at most; where a limit bites, the page says so. */
export const reportLimits = {
  /** Strategies with a section of their own; the overview lists all. */
  sections: 60,
  /** Rows of a trades table. */
  tradeRows: 50,
  /** Trades in a chart and in the embedded CSV, which has fewer on a page of many strategies (page-limits.ts). */
  trades: 5_000,
  /** Points of a chart; more are put together into coarser ones, and fewer are left on a page of many strategies. */
  chartPoints: 10_000,
  /** Gates with a column of their own in the overview. */
  gateColumns: 4,
  /** Entries of the trial ledger that are counted by person. */
  ledgerEntries: 5_000,
  /** Strategies of a family that are named. */
  members: 12,
} as const;
