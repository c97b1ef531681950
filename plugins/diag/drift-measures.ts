import { chiSquaredQuantile, chiSquaredTail } from '../../core/math/chi-squared.ts';
import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { quantileSorted } from '../../core/math/quantile.ts';

/**
 * Population stability index over the reference's quantile bins, half a count added to each bin, with its chi-squared
 * reference: Siddiqi (2006); Yurdakul (2018). A constant reference has one bin and an index of 0.
 */
export function stabilityIndex(reference: Float64Array, current: Float64Array, bins: number) {
  const m = reference.length;
  const n = current.length;
  const edges: number[] = [];
  for (let b = 1; b < bins; b++) {
    const edge = quantileSorted(reference, b / bins);
    if (edges.length === 0 || edge > edges[edges.length - 1]) edges.push(edge);
  }
  if (reference[0] === reference[m - 1]) edges.length = 0;
  const count = edges.length + 1;
  const referenceCounts = countsIn(reference, edges);
  const currentCounts = countsIn(current, edges);
  const contributions = referenceCounts.map((counted, b) => {
    const p = (counted + 0.5) / (m + 0.5 * count);
    const q = (currentCounts[b] + 0.5) / (n + 0.5 * count);
    return count === 1 ? 0 : (q - p) * Math.log(q / p);
  });
  const value = contributions.reduce((sum, contribution) => sum + contribution, 0);
  const scale = 1 / m + 1 / n;
  const degreesOfFreedom = count - 1;
  return {
    value,
    edges,
    referenceCounts,
    currentCounts,
    contributions,
    degreesOfFreedom,
    pValue: degreesOfFreedom === 0 ? 1 : Math.min(1, Math.max(0, chiSquaredTail(value / scale, degreesOfFreedom))),
    ...(degreesOfFreedom > 0 && { criticalValue: chiSquaredQuantile(0.95, degreesOfFreedom) * scale }),
  };
}

/** How many of the rising values lie in (-inf, e1], (e1, e2], … (eK-1, inf). */
function countsIn(sorted: Float64Array, edges: readonly number[]): number[] {
  const counts = Array.from({ length: edges.length + 1 }, () => 0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < edges.length && value > edges[bin]) bin++;
    counts[bin]++;
  }
  return counts;
}

/** Area between the two distributions, in units of the values and of the reference's deviation. Vallender (1974). */
export function wasserstein(reference: Float64Array, current: Float64Array) {
  let value = 0;
  let i = 0;
  let j = 0;
  let last = Math.min(reference[0], current[0]);
  while (i < reference.length || j < current.length) {
    const takeReference = j === current.length || (i < reference.length && reference[i] <= current[j]);
    const next = takeReference ? reference[i] : current[j];
    value += Math.abs(i / reference.length - j / current.length) * (next - last);
    last = next;
    if (takeReference) i++;
    else j++;
  }
  const spread = reference[0] === reference[reference.length - 1] ? 0 : sampleDeviation(reference);
  return {
    value,
    ...(spread > 0 && { normalized: value / spread }),
    meanShift: mean(current) - mean(reference),
  };
}
