import type { SweepOptions } from '../../backtest/sweep/sweep.ts';
import type { BacktestResult, MarketInput, Metrics } from '../../backtest/types.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import type { DeployedReturns } from '../deployed-correlation.ts';
import type { TierDetails } from '../details.ts';
import type { OpenedTwin } from '../known-again.ts';
import type { Loops } from '../loops.ts';
import type { PointTable } from '../point-table.ts';
import type { TierThresholds } from '../thresholds.ts';
import type { Gate, Window } from '../verdict.ts';

/** What a tier judges: one strategy, and everything that it may look at. Nothing else goes into its answer. */
export type TierSubject = Readonly<{
  strategy: CompiledStrategy;
  /** By place in the universe. Histories end before `holdoutMs` for every tier but the last, which gets all of them. */
  markets: readonly MarketInput[];
  /** Where the holdout begins: that of the primary asset, one moment for all markets; epoch ms. */
  holdoutMs: number;
  /** Fills, costs and start equity of every run. */
  options: SweepOptions;
  thresholds: TierThresholds;
  /** Seed of everything random in the tier. */
  seed: number;
  /** Uses a window although more than 1 % of its bars are missing. */
  allowGaps: boolean;
  /** Independent trials that the strategy's family has spent on other strategies than this one. */
  otherTrials: number;
  /** Variance of the daily Sharpe ratios of the family's trials, where two or more are known. */
  sharpeVariance?: number;
  /** Daily returns of what is deployed, or why that is not known. */
  deployed: readonly DeployedReturns[] | Readonly<{ unread: string }>;
  /** Why the holdout may not be opened: the family has seen it. */
  holdoutSeen?: string;
  /** What other families have opened of this holdout. */
  openedTwins: readonly OpenedTwin[];
  loops: Loops;
}>;

export type TierOutcome = Readonly<{
  passed: boolean;
  gates: readonly Gate[];
  metrics: Metrics;
  windows: readonly Window[];
  /** The bars that were used, for the data hash; empty when there was nothing to use. */
  used: readonly MarketInput[];
  /** Backtests done: every parameter set on every stretch that was looked at. */
  trials: number;
  /** The run that decided, for the report. */
  result?: BacktestResult;
  /** Daily returns of the points that were swept, for the trial ledger. */
  table?: PointTable;
  /** The shape of another family that this turned out to be. */
  sameAs?: string;
  /** What a report draws beside the verdict. */
  details?: TierDetails;
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
