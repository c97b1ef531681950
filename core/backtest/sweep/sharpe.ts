import { fewestReturns, roundingOfReturns } from '../metrics/metric.ts';

/** Sharpe ratio a year as the metric of that name (metrics/risk-adjusted.ts); NaN where it is unavailable. */
export function sharpeOf(returns: Float64Array, periodsPerYear: number): number {
  const count = returns.length;
  if (count < fewestReturns) return NaN;
  let total = 0;
  let least = Infinity;
  let most = -Infinity;
  for (let index = 0; index < count; index += 1) {
    const value = returns[index];
    total += value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (!(most - least > roundingOfReturns)) return NaN;
  const mean = total / count;
  let squares = 0;
  for (let index = 0; index < count; index += 1) {
    const distance = returns[index] - mean;
    squares += distance * distance;
  }
  return (mean / Math.sqrt(squares / (count - 1))) * Math.sqrt(periodsPerYear);
}
