import type { BacktestResult } from '../../core/backtest/types.ts';
import type { Bars } from '../../core/market/bars.ts';
import type { ParameterValues } from '../../core/strategy/strategy.ts';
import type { Tier, Verdict } from '../../core/validation/verdict.ts';

/** One run of parallel validation, as the page shows it. Times are epoch ms UTC; what is not known is left out. */
type ReportRun = Readonly<{
  runId: string;
  tier: Tier;
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
  result?: ReportResult;
  /** Bars of the primary asset over the verdict's window. */
  bars?: Bars;
  absent?: string;
}>;

export type ReportModel = Readonly<{
  run: ReportRun;
  strategies: readonly StrategyReport[];
  /** The version that wrote the page. */
  version: string;
}>;

/** What a page holds at most; where a limit bites, the page says so. */
export const reportLimits = {
  /** Strategies with a section of their own; the overview lists all. */
  sections: 60,
  /** Rows of a trades table. */
  tradeRows: 50,
  /** Trades in a chart and in the embedded CSV. */
  trades: 5_000,
  /** Points of a chart; more are put together into coarser ones. */
  chartPoints: 10_000,
  /** Gates with a column of their own in the overview. */
  gateColumns: 4,
} as const;
