import type { RegimeModel } from '../../core/math/regime-switching.ts';
import { mean } from '../../core/math/moments.ts';

/**
 * Where EM starts from: equal shares of the sorted values, then intervals of equal width, which find a rare regime; the
 * latter only where each holds at least two values.
 */
export function regimeStarts(values: Float64Array, regimes: number, varianceFloor: number): RegimeModel[] {
  const sorted = values.toSorted();
  const shares = bucketsOf(regimes, (k) => {
    const border = (part: number) => Math.floor((part * sorted.length) / regimes);
    return [...sorted.subarray(border(k), border(k + 1))];
  });
  const [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const placeOf = (value: number) => Math.min(regimes - 1, Math.floor((regimes * (value - low)) / (high - low)));
  const intervals = bucketsOf(regimes, (k) => [...values].filter((value) => placeOf(value) === k));
  const starts = intervals.every((bucket) => bucket.length >= 2) ? [shares, intervals] : [shares];
  return starts.map((buckets) => modelOf(buckets, varianceFloor));
}

const bucketsOf = (regimes: number, bucket: (k: number) => number[]) =>
  Array.from({ length: regimes }, (_, k) => bucket(k));

function modelOf(buckets: readonly (readonly number[])[], varianceFloor: number): RegimeModel {
  const means = buckets.map(mean);
  const variances = buckets.map((bucket, k) =>
    Math.max(varianceFloor, mean(bucket.map((value) => (value - means[k]) ** 2))),
  );
  const away = 0.05 / (buckets.length - 1);
  return { means, variances, transition: means.map((_, i) => means.map((__, j) => (i === j ? 0.95 : away))) };
}
