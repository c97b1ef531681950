import type { SeenMarket } from './holdout.ts';
import { effectiveTrialsOf } from './statistics/deflated-sharpe.ts';
import { type DatedReturns, meanCorrelation } from './statistics/mean-correlation.ts';
import { moments } from './statistics/moments.ts';

/** What the trial ledger knows of a family of strategies: it is an input of every verdict. */
export type FamilyHistory = Readonly<{
  /** Trials that the family has spent. */
  trials: number;
  /** Independent trials that those are worth: what each sweep is worth by itself, and `effectiveTrialsOf` the others. */
  effectiveTrials: number;
  /** The same for what it has spent on other strategies than the one that is looked at. */
  otherTrials: number;
  otherEffectiveTrials: number;
  /** Mean pairwise correlation of the daily returns of the sampled trials, 0..1; 0 where there are fewer than two. */
  meanCorrelation: number;
  /** Trials whose daily returns are kept, at most `sampledTrialsPerFamily`. */
  sampledTrials: number;
  /** Variance (ddof 1) of the daily Sharpe ratios of the sampled trials; absent below two of them. */
  sharpeVariance?: number;
  /** Up to which time of which market its results have been seen, and by whom. */
  seen: readonly SeenMarket[];
  /** The run that has the family's holdout open at this moment, where that is another. */
  openedBy?: string;
}>;

/**
 * Daily returns that the ledger keeps a family: those of the trials that come first by the SHA-256 of their key, a sample
 * that depends neither on the order of the trials nor on who wrote first. 32 trials make 496 pairs.
 */
export const sampledTrialsPerFamily = 32;

/** The longest daily series kept of a trial; the latest days of a longer one. Five years, as L3 looks at. */
export const sampledDays = 1_830;

/** A Sharpe ratio over fewer days says nothing of how the trials spread. */
const leastDays = 30;

/** Trials of a family, or of a part of it. */
export type TrialSums = Readonly<{
  trials: number;
  /** Those of them whose own worth nobody knows. */
  unknown: number;
  /** Independent trials that the others are worth, each sweep by itself. */
  independent: number;
}>;

export const noTrials: TrialSums = { trials: 0, unknown: 0, independent: 0 };

const worthOf = ({ trials, unknown, independent }: TrialSums, correlation: number): number =>
  Math.min(trials, independent + effectiveTrialsOf(unknown, correlation));

/** The part of a family's history that follows from how many trials there were and from those that are sampled. */
export function trialStatistics(
  all: TrialSums,
  others: TrialSums,
  sample: readonly DatedReturns[],
): Omit<FamilyHistory, 'seen' | 'openedBy'> {
  const { mean } = meanCorrelation(sample);
  const sharpes = sample.flatMap(({ returns }) => {
    if (returns.length < leastDays) return [];
    const { mean: average, deviation } = moments(returns);
    return deviation > 0 ? [average / deviation] : [];
  });
  return {
    trials: all.trials,
    effectiveTrials: worthOf(all, mean),
    otherTrials: others.trials,
    otherEffectiveTrials: worthOf(others, mean),
    meanCorrelation: mean,
    sampledTrials: sample.length,
    ...(sharpes.length < 2 ? {} : { sharpeVariance: moments(sharpes).deviation ** 2 }),
  };
}

/** A family that nobody has tried. */
export const newFamily: FamilyHistory = { ...trialStatistics(noTrials, noTrials, []), seen: [] };
