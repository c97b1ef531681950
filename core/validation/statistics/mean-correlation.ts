import { pearson } from '../../math/pearson.ts';

/** Returns a day from `firstDay` on (days since 1970-01-01 UTC), without holes. */
export type DatedReturns = Readonly<{ firstDay: number; returns: ArrayLike<number> }>;

/** Two series with fewer days in common say nothing about their correlation: it counts as none. */
const leastOverlap = 30;

export type MeanCorrelation = Readonly<{
  mean: number;
  pairs: number;
  /** Pairs with enough days in common. */ measured: number;
}>;

/**
 * Mean of the correlations of all pairs, each over the days that both have, held to 0..1. A pair with fewer than 30 days
 * in common, or without spread there, counts with 0: what is not known to be alike is taken for independent.
 */
export function meanCorrelation(series: readonly DatedReturns[]): MeanCorrelation {
  let sum = 0;
  let measured = 0;
  for (let i = 0; i < series.length; i++) {
    for (let j = i + 1; j < series.length; j++) {
      const correlation = overlapCorrelation(series[i], series[j]);
      if (correlation === undefined) continue;
      measured += 1;
      sum += correlation;
    }
  }
  const pairs = (series.length * (series.length - 1)) / 2;
  return { mean: pairs === 0 ? 0 : Math.min(1, Math.max(0, sum / pairs)), pairs, measured };
}

/** Correlation over the days that both have; undefined under 30 of them, or without spread. */
export function overlapCorrelation(a: DatedReturns, b: DatedReturns): number | undefined {
  const from = Math.max(a.firstDay, b.firstDay);
  const to = Math.min(a.firstDay + a.returns.length, b.firstDay + b.returns.length);
  if (to - from < leastOverlap) return undefined;
  const part = ({ firstDay, returns }: DatedReturns) =>
    Float64Array.from({ length: to - from }, (_, day) => returns[from - firstDay + day]);
  const correlation = pearson(part(a), part(b));
  return Number.isFinite(correlation) ? correlation : undefined;
}
