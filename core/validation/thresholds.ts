import type { Tier } from './verdict.ts';

/** A number with two limits: `pass` is wanted, `marginal` is just let through, beyond it the gate fails. */
export type Band = Readonly<{ pass: number; marginal: number }>;

export type L0Thresholds = Readonly<{
  /** Days of history before the holdout. */
  historyDays: number;
  /** More entries than this must have fired. */
  signals: number;
  /** abs(winRate - 0.5) must be at least this. */
  winRateDistance: number;
  /** The information coefficient must be greater than this. */
  informationCoefficient: number;
  /** The futility bound's p must be under this. */
  futilityP: number;
  /** Bootstrap resamples behind that p. */
  futilityResamples: number;
}>;

export type L1Thresholds = Readonly<{
  historyDays: number;
  /** Annual Sharpe, profit factor and trades must be greater than these. */
  sharpe: number;
  profitFactor: number;
  trades: number;
  /** The p of the random-entry test must be under this; and its draws. */
  randomEntryP: number;
  randomEntryDraws: number;
}>;

export type L2Thresholds = Readonly<{
  historyDays: number;
  /** Points of the sweep; a larger grid is sampled. */
  maxPoints: number;
  walkForwardWindows: number;
  /** Length of a window's in-sample stretch, in out-of-sample lengths. */
  trainWindows: number;
  oosSharpe: Band;
  maxDrawdown: Band;
  profitFactor: Band;
  trades: Band;
  walkForwardEfficiency: Band;
  plateau: Band;
  /** Costs are multiplied by this, and the return must stay above 0. */
  costStressMultiple: number;
  /** More marginal rows than this fail. */
  marginals: number;
  /** The probability of backtest overfitting must be under this; and its blocks. */
  pbo: number;
  pboBlocks: number;
  /** Runs of each kind of Monte Carlo; what they show is reported and decides nothing. */
  monteCarloRuns: number;
  /** Length of the blocks of bars, in weeks. */
  monteCarloBlockWeeks: number;
}>;

export type L3Thresholds = Readonly<{
  historyDays: number;
  /** At least so many of the walk-forward windows must have earned. */
  profitableWindows: number;
  /** Confidence of the two-sided interval of the mean daily return, and its resamples. */
  confidence: number;
  bootstrapResamples: number;
  /** At least so many of the three regimes must have earned; a regime with fewer trades than this says nothing. */
  profitableRegimes: number;
  regimeTrades: number;
  /** Days over which a market's trend is looked at. */
  regimeDays: number;
  /** The correlation with each deployed strategy must be under this. */
  correlation: number;
  /** The holdout's annual Sharpe must be greater than this. */
  holdoutSharpe: number;
  /** The p of the deflated Sharpe must be at most this. */
  deflatedSharpeP: number;
}>;

export type TierThresholds = Readonly<{ L0: L0Thresholds; L1: L1Thresholds; L2: L2Thresholds; L3: L3Thresholds }>;

/** Other numbers for one strategy, and why; they and the reason go into its verdicts. */
export type ThresholdOverride = Readonly<{ reason: string } & { [T in Tier]?: Partial<TierThresholds[T]> }>;

/** Numbers of the gates, as config/validation-gates.yaml states and explains them. */
export type GateThresholds = TierThresholds & Readonly<{ overrides?: Readonly<Record<string, ThresholdOverride>> }>;

/** A number that a strategy's override put in place of the desk's. */
export type OverriddenThreshold = Readonly<{ key: string; value: number | Band; instead: number | Band }>;

export type StrategyThresholds = Readonly<{
  thresholds: TierThresholds;
  overrides?: Readonly<{ reason: string; thresholds: readonly OverriddenThreshold[] }>;
}>;

/** The numbers that hold for a strategy at a tier, with what was overridden there and why. */
export function thresholdsOf(
  { overrides = {}, ...thresholds }: GateThresholds,
  strategyId: string,
  tier: Tier,
): StrategyThresholds {
  const override = Object.hasOwn(overrides, strategyId) ? overrides[strategyId] : undefined;
  if (override === undefined) return { thresholds };
  const { reason, ...own } = override;
  const merged = {
    L0: { ...thresholds.L0, ...own.L0 },
    L1: { ...thresholds.L1, ...own.L1 },
    L2: { ...thresholds.L2, ...own.L2 },
    L3: { ...thresholds.L3, ...own.L3 },
  };
  const usual = new Map<string, number | Band>(Object.entries(thresholds[tier]));
  const changed = Object.entries<number | Band>(own[tier] ?? {}).flatMap(([key, value]) => {
    const instead = usual.get(key);
    return instead === undefined ? [] : [{ key: `${tier}.${key}`, value, instead }];
  });
  return {
    thresholds: merged,
    ...(changed.length > 0 && { overrides: { reason, thresholds: changed } }),
  };
}
