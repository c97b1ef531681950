import { createPrng } from '../../math/prng.ts';
import { quantileSorted } from '../../math/quantile.ts';
import { stationaryResampler } from '../statistics/block-bootstrap.ts';

/** Largest falls from a peak, as positive fractions. */
export type DrawdownRisk = Readonly<{
  /** In the order in which it happened. */
  observed: number;
  /** The same returns in another order: the share of orders with a smaller fall. Low: a lucky order. */
  orderRank: number;
  /** Returns drawn anew in blocks, as many as there were: fall in the middle, once in 20 times, once in 100. */
  median: number;
  once20: number;
  once100: number;
  runs: number;
}>;

export type DrawdownRules = Readonly<{ runs: number; seed: number; blockLength: number }>;

/**
 * What the largest fall might have been. Another order answers how lucky the path was, and says nothing of the edge: the
 * sum of the returns stays. Blocks drawn anew (stationary bootstrap, Politis & Romano 1994) answer what to expect of as
 * many returns again.
 */
export function drawdownRisk(returns: readonly number[], { runs, seed, blockLength }: DrawdownRules): DrawdownRisk {
  const observed = largestFall(returns.length, (step) => returns[step]);
  const random = createPrng(seed);
  const order = Int32Array.from(returns, (_, index) => index);
  const resample = stationaryResampler(blockLength, seed);
  const indexes = new Int32Array(returns.length);
  const falls = new Float64Array(runs);
  let smaller = 0;
  for (let run = 0; run < runs; run++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = random.nextBelow(i + 1);
      [order[i], order[j]] = [order[j], order[i]];
    }
    if (largestFall(order.length, (step) => returns[order[step]]) < observed) smaller += 1;
    resample(indexes, run);
    falls[run] = largestFall(indexes.length, (step) => returns[indexes[step]]);
  }
  falls.sort();
  return {
    observed,
    orderRank: smaller / runs,
    median: quantileSorted(falls, 0.5),
    once20: quantileSorted(falls, 0.95),
    once100: quantileSorted(falls, 0.99),
    runs,
  };
}

/** Of compounded returns; a return of -1 or less loses everything. */
function largestFall(count: number, returnAt: (step: number) => number): number {
  let equity = 1;
  let peak = 1;
  let largest = 0;
  for (let step = 0; step < count; step++) {
    equity *= 1 + returnAt(step);
    if (!(equity > 0)) return 1;
    if (equity > peak) peak = equity;
    else if (1 - equity / peak > largest) largest = 1 - equity / peak;
  }
  return largest;
}
