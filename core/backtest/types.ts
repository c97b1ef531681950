import type { Bars, FundingRates } from '../market/bars.ts';
import type { Costs, ParameterValues } from '../strategy/strategy.ts';

export type Side = 'long' | 'short';

export const exitReasons = [
  'exitSignal',
  'maxBars',
  'stopLoss',
  'trailingStop',
  'takeProfit',
  'endOfData',
  'bankrupt',
] as const;
export type ExitReason = (typeof exitReasons)[number];

/** How a run is done; what the strategy file says (costs) may be overridden. */
export type BacktestOptions = Readonly<{
  /** Where a decision of bar t executes: open of t+1, or close of t (for comparisons with vectorbt). */
  fill: 'nextOpen' | 'close';
  /** Account currency. */
  startEquity: number;
  /** False leaves a position open at the last bar, marked and without exit cost. */
  closeAtEnd: boolean;
  /** What daily-return metrics are computed on. */
  returns: 'daily' | 'bar';
  costs: Costs;
  parameters: ParameterValues;
}>;

/** One market of a run. */
export type MarketInput = Readonly<{ bars: Bars; funding?: FundingRates }>;

/** One round trip. Times are bar open times in epoch ms UTC; money in account currency, net where not said. */
export type Trade = Readonly<{
  symbol: string;
  side: Side;
  entryBar: number;
  exitBar: number;
  entryTimeMs: number;
  exitTimeMs: number;
  entryPrice: number;
  exitPrice: number;
  quantity: number;
  fees: number;
  /** Positive when paid. */
  funding: number;
  pnl: number;
  /** pnl / (entryPrice x quantity). */
  returnFraction: number;
  bars: number;
  exitReason: ExitReason;
}>;

export type RunCounts = Readonly<{
  entries: number;
  conflicts: number;
  entryExitClashes: number;
  noSize: number;
  bankrupt: number;
  openAtEnd: number;
}>;

/** Names as section 4 of the specification; a metric without meaning is left out. */
export const metricNames = [
  'totalReturn',
  'cagr',
  'volatility',
  'sharpe',
  'sortino',
  'calmar',
  'maxDrawdown',
  'longestDrawdownDays',
  'ulcerIndex',
  'var95',
  'cvar95',
  'skew',
  'kurtosis',
  'omega',
  'tailRatio',
  'trades',
  'winRate',
  'profitFactor',
  'payoffRatio',
  'expectancy',
  'avgWin',
  'avgLoss',
  'bestTrade',
  'worstTrade',
  'maxConsecutiveLosses',
  'exposure',
  'turnover',
  'feesPaid',
  'fundingPaid',
  'kelly',
  'psr',
  'buyAndHoldReturn',
  'breakEvenCostBps',
] as const;
export type MetricName = (typeof metricNames)[number];

export type Metrics = Readonly<Partial<Record<MetricName, number>>>;
/** Why a metric is left out. */
export type Unavailable = Readonly<Partial<Record<MetricName, string>>>;

/** Portfolio equity at the mark of each bar of the union of the markets' times. */
export type EquityCurve = Readonly<{ timeMs: Float64Array; equity: Float64Array }>;

export type ForecastQuality = Readonly<{ ic: number; pairs: number }>;

export type BacktestResult = Readonly<{
  startEquity: number;
  finalEquity: number;
  counts: RunCounts;
  metrics: Metrics;
  unavailable: Unavailable;
  /** By exit time, entry time, place in the universe. */
  trades: readonly Trade[];
  equity: EquityCurve;
  /** A column a market: the position decided at each bar, +1 long, -1 short, 0 none. */
  decided: readonly Int8Array[];
  /**
   * Of the primary market, where the strategy has a forecast. Where it has none, its information coefficient is
   * `informationCoefficient(decided[0], open)`: not computed unasked, since ranks cost more than the run.
   */
  forecast?: ForecastQuality;
  warnings: readonly string[];
}>;
