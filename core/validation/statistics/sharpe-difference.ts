import { circularResampler } from './block-bootstrap.ts';
import { blockLength } from './block-length.ts';
import { defaultLags, longRunVariance } from './newey-west.ts';
import { refuse, requireNumber, requireSeries } from './require.ts';
import { sharpeInfluence } from './sharpe-influence.ts';

export type SharpeDifferenceInput = Readonly<{
  a: readonly number[];
  b: readonly number[];
  seed?: number;
  reps?: number;
  /** Circular block length; default the larger automatic one, at least 1. */
  blockSize?: number;
}>;

/** `difference` = Sharpe of a - Sharpe of b, a period (sd with ddof 0). */
export type SharpeDifference = Readonly<{ difference: number; se: number; pValue: number }>;

/**
 * Two-sided test that two strategies have the same Sharpe ratio, by the studentised circular block bootstrap with
 * HAC errors (Bartlett). Ledoit & Wolf (2008), Robust performance hypothesis testing with the Sharpe ratio,
 * Journal of Empirical Finance 15(5), section 3.2; p = (exceeding + 1) / (reps + 1).
 */
export function sharpeDifference(input: SharpeDifferenceInput): SharpeDifference {
  const { a, b, seed = 0, reps = 2_000 } = input;
  requireSeries('a', a, { atLeast: 20, varying: true });
  requireSeries('b', b, { atLeast: 20, varying: true });
  if (a.length !== b.length) refuse('b', 'of another length than a', `${a.length} values`, `${b.length}`);
  requireNumber('reps', reps, { min: 100, max: 1_000_000, integer: true });
  requireNumber('seed', seed, { min: 0, max: 2 ** 32 - 1, integer: true });
  const automatic = Math.max(1, ...[a, b].map((returns) => Math.round(blockLength({ returns }).circular)));
  const blockSize = input.blockSize ?? automatic;
  requireNumber('blockSize', blockSize, { min: 1, max: Math.floor(a.length / 2), integer: true });

  const first = Float64Array.from(a);
  const second = Float64Array.from(b);
  const lags = defaultLags(a.length);
  const observed = difference(first, second, (centred) => longRunVariance(centred, centred, lags));
  if (!(observed.se > 0)) refuse('b', 'the same as a', 'returns of another strategy', 'a difference without variance');

  const resample = circularResampler(blockSize, seed);
  const indexes = new Int32Array(a.length);
  const statistic = Math.abs(observed.value) / observed.se;
  let exceeding = 0;
  for (let replicate = 0; replicate < reps; replicate++) {
    resample(indexes, replicate);
    const pick = (values: Float64Array) => Float64Array.from(indexes, (index) => values[index]);
    const drawn = difference(pick(first), pick(second), (centred) => blockVariance(centred, blockSize));
    if (!(drawn.se > 0) || Math.abs(drawn.value - observed.value) / drawn.se >= statistic) exceeding++;
  }
  return { difference: observed.value, se: observed.se, pValue: (exceeding + 1) / (reps + 1) };
}

/** The difference and its standard error by the delta method; `variance` is of the centred influence values. */
function difference(a: Float64Array, b: Float64Array, variance: (centred: Float64Array) => number) {
  const first = sharpeInfluence(a);
  const second = sharpeInfluence(b);
  const centred = first.influence.map((value, i) => value - second.influence[i]);
  return { value: first.sharpe - second.sharpe, se: Math.sqrt(variance(centred) / a.length) };
}

/** Variance from sums over the bootstrap's own blocks. Goetze & Kuensch (1996), Annals of Statistics 24. */
function blockVariance(centred: Float64Array, blockSize: number): number {
  const blocks = Math.floor(centred.length / blockSize);
  let total = 0;
  for (let block = 0; block < blocks; block++) {
    let sum = 0;
    for (let i = block * blockSize; i < (block + 1) * blockSize; i++) sum += centred[i];
    total += (sum * sum) / blockSize;
  }
  return total / blocks;
}
