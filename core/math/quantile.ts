/**
 * Quantile by linear interpolation between order statistics at (n - 1) q: R's type 7, numpy's and pandas' default.
 * `sorted` is in rising order and not empty; q lies in 0..1. Hyndman & Fan (1996), Sample quantiles.
 */
export function quantileSorted(sorted: ArrayLike<number>, q: number): number {
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const low = sorted[below];
  const high = sorted[Math.min(below + 1, sorted.length - 1)];
  return low + (high - low) * (place - below);
}
