import type { BacktestResult, MarketInput, Metrics } from '../../backtest/types.ts';
import type { GateThresholds } from '../thresholds.ts';
import type { Gate, Window } from '../verdict.ts';

/** What a tier judges: one strategy with its defaults, and everything that it may look at. */
export type TierSubject = Readonly<{
  /** By place in the universe; whole histories, the holdout included: the tier cuts its own windows. */
  markets: readonly MarketInput[];
  thresholds: GateThresholds;
  /** Seed of everything random in the tier. */
  seed: number;
  /** Without one, the information coefficient is that of the position. */
  hasForecast: boolean;
  /** Runs the strategy on a stretch of the markets. Counts as a trial. */
  backtest(markets: readonly MarketInput[]): BacktestResult;
}>;

export type TierOutcome = Readonly<{
  passed: boolean;
  gates: readonly Gate[];
  metrics: Metrics;
  windows: readonly Window[];
  /** The bars that were used, for the data hash; empty when there was nothing to use. */
  used: readonly MarketInput[];
  /** Backtests done. */
  trials: number;
  /** The run that decided, for the report. */
  result?: BacktestResult;
  warnings: readonly string[];
}>;

/** One tier of the ladder. A new tier is a file beside l0.ts and a line in index.ts. */
export type TierRule = Readonly<{
  /** What it reads: the first market of the universe, or all of them. */
  scope: 'primary' | 'universe';
  /** The gate's history in words, for plans and `why`. */
  history: string;
  judge(subject: TierSubject): TierOutcome;
}>;
