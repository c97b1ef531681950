import { moments } from './moments.ts';
import { defaultLags, longRunVariance } from './newey-west.ts';
import { refuse, requireNumber, requireSeries } from './require.ts';

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

  const { mean, populationDeviation: deviation } = moments(returns);
  const first = Float64Array.from(returns, (value) => value - mean);
  const second = first.map((value) => value * value - deviation * deviation);
  // Gradient of mean / sqrt(variance) by mean and variance.
  const byMean = 1 / deviation;
  const byVariance = -mean / (2 * deviation ** 3);
  const variance =
    byMean ** 2 * longRunVariance(first, first, lags) +
    2 * byMean * byVariance * longRunVariance(first, second, lags) +
    byVariance ** 2 * longRunVariance(second, second, lags);
  const eta = Object.fromEntries(periods.map((period) => [`${period}`, scaling(first, period)]));
  return { sharpe: mean / deviation, se: Math.sqrt(variance / count), eta };
}

function scaling(centred: Float64Array, period: number): SharpeScaling {
  const total = centred.reduce((sum, value) => sum + value * value, 0);
  let weighted = 0;
  for (let lag = 1; lag < period; lag++) {
    let cross = 0;
    for (let i = lag; i < centred.length; i++) cross += centred[i] * centred[i - lag];
    weighted += (period - lag) * (cross / total);
  }
  const spread = period + 2 * weighted;
  if (spread <= 0)
    refuse(
      'periods',
      'autocorrelations leave no variance',
      `another q than ${period}`,
      `q + 2 sum (q - k) rho = ${spread}`,
    );
  return { factor: period / Math.sqrt(spread), iid: Math.sqrt(period) };
}
