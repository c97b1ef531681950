import { normalCdf } from '../../math/normal.ts';
import { refuse, requireNumber, requireSeries } from './require.ts';

export type VarianceRatioInput = Readonly<{
  /** Log prices. */
  series: readonly number[];
  /** Horizon q >= 2 in periods. */
  lags: number;
  /** Overlapping q-period differences (default true). */
  overlap?: boolean;
  /** Error robust to heteroskedasticity (default true). */
  robust?: boolean;
}>;

/** `ratio` is 1 for a random walk, above 1 for trends, below for reversals. */
export type VarianceRatio = Readonly<{ ratio: number; statistic: number; pValue: number }>;

/**
 * Variance of q-period against one-period differences, with drift; small-sample correction where overlapping.
 * Lo & MacKinlay (1988), Review of Financial Studies 1(1); conventions as arch's VarianceRatio(debiased=True).
 */
export function varianceRatio(input: VarianceRatioInput): VarianceRatio {
  const { lags: q, overlap = true, robust = true } = input;
  requireSeries('series', input.series, { atLeast: 4, varying: true });
  requireNumber('lags', q, { min: 2, max: Math.floor((input.series.length - 1) / 2), integer: true });
  const whole = overlap ? input.series.length : input.series.length - ((input.series.length - 1) % q);
  const series = input.series.slice(0, whole);
  const count = series.length - 1;
  const drift = (series[count] - series[0]) / count;
  const squares = Float64Array.from({ length: count }, (_, i) => (series[i + 1] - series[i] - drift) ** 2);
  const total = squares.reduce((sum, value) => sum + value, 0);
  if (!(total > 0)) refuse('series', 'a straight line', 'differences with spread', 'none');

  let long = 0;
  for (let end = q; end <= count; end += overlap ? 1 : q) long += (series[end] - series[end - q] - q * drift) ** 2;
  const oneVariance = overlap ? total / (count - 1) : total / count;
  const longVariance = overlap ? long / (q * (count - q + 1) * (1 - q / count)) : long / count;
  const ratio = longVariance / oneVariance;
  const variance = robust
    ? robustVariance(squares, total, q)
    : overlap
      ? (2 * (2 * q - 1) * (q - 1)) / (3 * q)
      : 2 * (q - 1);
  const statistic = (Math.sqrt(count) * (ratio - 1)) / Math.sqrt(variance);
  return { ratio, statistic, pValue: 2 * normalCdf(-Math.abs(statistic)) };
}

function robustVariance(squares: Float64Array, total: number, q: number): number {
  let theta = 0;
  for (let lag = 1; lag < q; lag++) {
    let cross = 0;
    for (let i = lag; i < squares.length; i++) cross += squares[i] * squares[i - lag];
    theta += (1 - lag / q) ** 2 * ((squares.length * cross) / total ** 2);
  }
  return 4 * theta;
}
