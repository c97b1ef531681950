import { chiSquaredTail } from '../../math/chi-squared.ts';
import { requireNumber, requireSeries } from './require.ts';

export type LjungBox = Readonly<{ lags: readonly number[]; statistics: readonly number[]; pValues: readonly number[] }>;

/**
 * Whether the first h autocorrelations of a series are zero together, for each h of `lags`: Q = n (n + 2) sum
 * rho_k^2 / (n - k), chi-squared with h degrees of freedom. Ljung & Box (1978), Biometrika 65(2).
 */
export function ljungBox(input: Readonly<{ series: readonly number[]; lags: number | readonly number[] }>): LjungBox {
  const { series } = input;
  const lags = typeof input.lags === 'number' ? [input.lags] : input.lags;
  requireSeries('series', series, { atLeast: 3, varying: true });
  requireSeries('lags', lags, { atLeast: 1 });
  lags.forEach((lag, index) => requireNumber(`lags[${index}]`, lag, { min: 1, max: series.length - 1, integer: true }));
  const count = series.length;
  const mean = series.reduce((sum, value) => sum + value, 0) / count;
  const centred = series.map((value) => value - mean);
  const total = centred.reduce((sum, value) => sum + value * value, 0);
  const partial = [0];
  for (let lag = 1; lag <= Math.max(...lags); lag++) {
    let cross = 0;
    for (let i = lag; i < count; i++) cross += centred[i] * centred[i - lag];
    partial.push(partial[lag - 1] + (cross / total) ** 2 / (count - lag));
  }
  const statistics = lags.map((lag) => count * (count + 2) * partial[lag]);
  return { lags, statistics, pValues: statistics.map((statistic, index) => chiSquaredTail(statistic, lags[index])) };
}
