import { quantileSorted } from '../../math/quantile.ts';
import { stationaryResampler } from './block-bootstrap.ts';
import { blockLength } from './block-length.ts';
import { requireNumber, requireSeries } from './require.ts';

export type BootstrapMeanInput = Readonly<{
  returns: readonly number[];
  /** Mean block length in periods; default: the automatic length, at least 1. */
  blockSize?: number;
  reps?: number;
  seed?: number;
  confidence?: number;
}>;

/**
 * Interval of the mean and the one-sided p-value: the share of resampled means at or below 0, the sample itself counted
 * as one more, so that it is never 0. Davison & Hinkley (1997), Bootstrap Methods, 4.2.5.
 */
export type BootstrapMean = Readonly<{ mean: number; low: number; high: number; pValue: number }>;

/**
 * Percentile interval of a mean by the stationary block bootstrap, which keeps the dependence between neighbours.
 * Politis & Romano (1994), JASA 89; quantiles R-7. Seeded: same input, same bytes.
 */
export function bootstrapMean(input: BootstrapMeanInput): BootstrapMean {
  const { returns, reps = 2_000, seed = 0, confidence = 0.95 } = input;
  requireSeries('returns', returns, { atLeast: 10, varying: true });
  requireNumber('reps', reps, { min: 100, max: 1_000_000, integer: true });
  requireNumber('seed', seed, { min: 0, max: 2 ** 32 - 1, integer: true });
  requireNumber('confidence', confidence, { min: 0, max: 1, open: true });
  const blockSize = input.blockSize ?? Math.max(1, blockLength({ returns }).stationary);
  requireNumber('blockSize', blockSize, { min: 1, max: returns.length });

  const values = Float64Array.from(returns);
  const resample = stationaryResampler(blockSize, seed);
  const indexes = new Int32Array(values.length);
  const means = new Float64Array(reps);
  for (let replicate = 0; replicate < reps; replicate++) {
    resample(indexes, replicate);
    let sum = 0;
    for (const index of indexes) sum += values[index];
    means[replicate] = sum / values.length;
  }
  means.sort();
  const tail = (1 - confidence) / 2;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    low: quantileSorted(means, tail),
    high: quantileSorted(means, 1 - tail),
    pValue: (1 + means.filter((value) => value <= 0).length) / (1 + reps),
  };
}
