import { pearson } from './pearson.ts';

/** Ranks from 1, ties share the mean of theirs; O(n log n). */
function averageRanks(values: Float64Array): Float64Array {
  const sorted = values.toSorted();
  return values.map((value) => (firstAtLeast(sorted, value) + firstAbove(sorted, value) + 1) / 2);
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  return bisect(sorted.length, (index) => sorted[index] >= value);
}

function firstAbove(sorted: Float64Array, value: number): number {
  return bisect(sorted.length, (index) => sorted[index] > value);
}

/** First index at which a rising condition holds. */
function bisect(size: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Spearman's rank correlation with average ranks for ties, as scipy.stats.spearmanr; NaN where one does not vary. */
export const spearman = (left: Float64Array, right: Float64Array): number =>
  pearson(averageRanks(left), averageRanks(right));
