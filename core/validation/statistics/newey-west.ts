import { normalCdf } from '../../math/normal.ts';
import { requireNumber, requireSeries } from './require.ts';

export type NeweyWest = Readonly<{ mean: number; se: number; t: number; pValue: number }>;

/**
 * Mean of dependent returns with a heteroskedasticity and autocorrelation consistent error: Bartlett weights up to
 * `lags` (default floor(4 (n/100)^(2/9))), no small-sample factor, two-sided normal p.
 * Newey & West (1987), Econometrica 55(3); default lags: Newey & West (1994).
 */
export function neweyWest(input: Readonly<{ returns: readonly number[]; lags?: number }>): NeweyWest {
  const { returns } = input;
  requireSeries('returns', returns, { atLeast: 3, varying: true });
  const lags = input.lags ?? defaultLags(returns.length);
  requireNumber('lags', lags, { min: 0, max: returns.length - 1, integer: true });
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const centred = Float64Array.from(returns, (value) => value - mean);
  const se = Math.sqrt(longRunVariance(centred, centred, lags) / returns.length);
  const t = mean / se;
  return { mean, se, t, pValue: 2 * normalCdf(-Math.abs(t)) };
}

/** floor(4 (n/100)^(2/9)). */
export const defaultLags = (observations: number): number =>
  Math.min(observations - 1, Math.floor(4 * (observations / 100) ** (2 / 9)));

/** Bartlett-weighted long-run covariance of two centred series, divisor n. */
export function longRunVariance(a: Float64Array, b: Float64Array, lags: number): number {
  const count = a.length;
  let total = 0;
  for (let i = 0; i < count; i++) total += a[i] * b[i];
  for (let lag = 1; lag <= lags; lag++) {
    let cross = 0;
    for (let i = lag; i < count; i++) cross += a[i] * b[i - lag] + a[i - lag] * b[i];
    total += (1 - lag / (lags + 1)) * cross;
  }
  return total / count;
}
