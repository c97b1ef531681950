import { leastSquares } from '../../math/least-squares.ts';
import { trendColumns } from './adf.ts';
import { longRunVariance } from './newey-west.ts';
import { refuse, requireNumber, requireSeries } from './require.ts';

export type KpssInput = Readonly<{
  series: readonly number[];
  /** Around a level (`c`, default) or a trend (`ct`). */
  trend?: 'c' | 'ct';
  /** Bartlett lags, or `auto` (default): Hobijn, Franses & Ooms (1998). */
  lags?: number | 'auto';
}>;

export type Kpss = Readonly<{
  statistic: number;
  pValue: number;
  usedLags: number;
  criticalValues: Readonly<Record<string, number>>;
}>;

const levels = [0.1, 0.05, 0.025, 0.01];
const tables = { c: [0.347, 0.463, 0.574, 0.739], ct: [0.119, 0.146, 0.176, 0.216] };

/**
 * Whether a series is stationary (the null): small p says it is not. p is interpolated in the published table, so it
 * lies in 0.01..0.1. Kwiatkowski, Phillips, Schmidt & Shin (1992), Journal of Econometrics 54, table 1.
 */
export function kpss(input: KpssInput): Kpss {
  const { series, trend = 'c', lags = 'auto' } = input;
  requireSeries('series', series, { atLeast: 10, varying: true });
  if (!Object.hasOwn(tables, trend)) refuse('trend', 'unknown', "'c' or 'ct'", trend);
  const count = series.length;
  const fit = leastSquares(trendColumns(trend, count), Float64Array.from(series));
  if (fit === undefined || fit.residualSum === 0)
    refuse('series', 'exactly on its trend', 'values with spread around it', `${count} values`);
  const { residuals } = fit;
  const usedLags = lags === 'auto' ? Math.min(automaticLags(residuals), count - 1) : lags;
  requireNumber('lags', usedLags, { min: 0, max: count - 1, integer: true });

  let sum = 0;
  let squares = 0;
  for (const residual of residuals) {
    sum += residual;
    squares += sum * sum;
  }
  const statistic = squares / count ** 2 / longRunVariance(residuals, residuals, usedLags);
  const table = tables[trend];
  const criticalValues = Object.fromEntries(levels.map((level, index) => [`${level * 100}%`, table[index]]));
  return { statistic, pValue: interpolate(table, levels, statistic), usedLags, criticalValues };
}

function automaticLags(residuals: Float64Array): number {
  const count = residuals.length;
  const reach = Math.trunc(count ** (2 / 9));
  let zeroth = residuals.reduce((sum, value) => sum + value * value, 0) / count;
  let first = 0;
  for (let lag = 1; lag <= reach; lag++) {
    let cross = 0;
    for (let i = lag; i < count; i++) cross += residuals[i] * residuals[i - lag];
    zeroth += (2 * cross) / count;
    first += (2 * lag * cross) / count;
  }
  const bandwidth = 1.1447 * Math.cbrt((first / zeroth) ** 2);
  return Math.trunc(bandwidth * Math.cbrt(count));
}

/** Linear between the points, flat outside; x ascending. */
function interpolate(x: readonly number[], y: readonly number[], at: number): number {
  const right = x.findIndex((value) => value > at);
  if (right === 0) return y[0];
  if (right === -1) return y[y.length - 1];
  const share = (at - x[right - 1]) / (x[right] - x[right - 1]);
  return y[right - 1] + share * (y[right] - y[right - 1]);
}
