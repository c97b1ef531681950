import { defaultLags, longRunVariance } from './newey-west.ts';
import { refuse, requireNumber, requireSeries } from './require.ts';
import { sharpeInfluence } from './sharpe-influence.ts';

/** `factor` replaces sqrt(q) when a Sharpe ratio a period is scaled to q periods; `iid` is that square root. */
export type SharpeScaling = Readonly<{ factor: number; iid: number }>;

export type LoSharpe = Readonly<{ sharpe: number; se: number; eta: Readonly<Record<string, SharpeScaling>> }>;

/**
 * Sharpe ratio a period (sd with ddof 0) with its GMM standard error (Bartlett weights up to `lags`), and Lo's
 * eta(q) = q / sqrt(q + 2 sum_k (q - k) rho_k) for each q of `periods`, autocorrelations with divisor n.
 * Lo (2002), The Statistics of Sharpe Ratios, Financial Analysts Journal 58(4), eqs. 13 to 22.
 *
 * @param input.lags default floor(4 (n/100)^(2/9))
 * @param input.periods integers >= 2, below n; default 5, 7, 21 and 30 where n allows
 */
export function loSharpe(
  input: Readonly<{ returns: readonly number[]; lags?: number; periods?: readonly number[] }>,
): LoSharpe {
  const { returns } = input;
  requireSeries('returns', returns, { atLeast: 3, varying: true });
  const count = returns.length;
  const lags = input.lags ?? defaultLags(count);
  requireNumber('lags', lags, { min: 0, max: count - 1, integer: true });
  const periods = input.periods ?? [5, 7, 21, 30].filter((period) => period < count);
  periods.forEach((period, index) =>
    requireNumber(`periods[${index}]`, period, { min: 2, max: count - 1, integer: true }),
  );

  const { sharpe, influence } = sharpeInfluence(Float64Array.from(returns));
  const longest = Math.max(0, ...periods) - 1;
  const rho = autocorrelations(returns, longest);
  const eta = Object.fromEntries(periods.map((period) => [`${period}`, scaling(rho, period)]));
  return { sharpe, se: Math.sqrt(longRunVariance(influence, influence, lags) / count), eta };
}

function scaling(rho: readonly number[], period: number): SharpeScaling {
  const factor = loFactor(rho, period);
  if (factor === undefined)
    refuse('periods', 'autocorrelations leave no variance', `another q than ${period}`, 'q + 2 sum (q - k) rho <= 0');
  return { factor, iid: Math.sqrt(period) };
}

/** Autocorrelations at lags 1..lags, divisor n, about the mean: statsmodels' acf(adjusted=False). */
export function autocorrelations(values: ArrayLike<number>, lags: number): number[] {
  const count = values.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i];
  const mean = sum / count;
  let total = 0;
  for (let i = 0; i < count; i++) total += (values[i] - mean) ** 2;
  return Array.from({ length: Math.max(0, lags) }, (_, index) => {
    let cross = 0;
    for (let i = index + 1; i < count; i++) cross += (values[i] - mean) * (values[i - index - 1] - mean);
    return cross / total;
  });
}

/**
 * Lo's eta(q) = q / sqrt(q + 2 sum_{k<q} (q - k) rho_k), which scales a Sharpe ratio a period to q periods; sqrt(q)
 * without autocorrelation. `rho` holds the lags from 1; those it lacks count as 0. Undefined where the root has nothing
 * positive under it.
 */
export function loFactor(rho: readonly number[], period: number): number | undefined {
  let weighted = 0;
  for (let lag = 1; lag <= Math.min(period - 1, rho.length); lag++) weighted += (period - lag) * rho[lag - 1];
  const spread = period + 2 * weighted;
  return spread > 0 ? period / Math.sqrt(spread) : undefined;
}
