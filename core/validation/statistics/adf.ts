import { columnOf } from '../../math/copies.ts';
import { leastSquares } from '../../math/least-squares.ts';
import {
  type CriticalValues,
  mackinnonCriticalValues,
  mackinnonPValue,
  type UnitRootTrend,
} from '../../math/mackinnon.ts';
import { refuse, requireNumber, requireSeries } from './require.ts';

export type AdfInput = Readonly<{
  series: ArrayLike<number>;
  /** Lagged differences in the regression, or `aic`: the count up to `maxLags` with the least AIC. Default aic. */
  lags?: number | 'aic';
  /** Default ceil(12 (n/100)^(1/4)), as far as the length allows. */
  maxLags?: number;
  trend?: UnitRootTrend;
}>;

export type Adf = Readonly<{
  statistic: number;
  pValue: number;
  usedLags: number;
  observations: number;
  criticalValues: CriticalValues;
}>;

/**
 * Augmented Dickey-Fuller test: small p says that the series has no unit root. Said & Dickey (1984), Biometrika 71(3);
 * p and critical values by MacKinnon (1994, 2010). Conventions (lag selection on one common sample, then a fit on the
 * longest one) as statsmodels' adfuller.
 */
export function adf(input: AdfInput): Adf {
  const { series, lags = 'aic', trend = 'c' } = input;
  requireSeries('series', series, { atLeast: 6, varying: true });
  requireTrend(trend);
  const terms = trendTerms(trend);
  const longest = Math.floor(series.length / 2) - terms - 1;
  const maxLags =
    lags === 'aic' ? Math.min(input.maxLags ?? Math.ceil(12 * (series.length / 100) ** 0.25), longest) : lags;
  requireNumber(lags === 'aic' ? 'maxLags' : 'lags', maxLags, { min: 0, max: longest, integer: true });
  const usedLags = lags === 'aic' ? bestLags(series, maxLags, trend) : maxLags;
  const { statistic, observations } = unitRootStatistic(series, usedLags, trend);
  return {
    statistic,
    pValue: mackinnonPValue(statistic, trend),
    usedLags,
    observations,
    criticalValues: mackinnonCriticalValues(trend, observations),
  };
}

/** Refuses what is no trend of unit-root regressions. */
export function requireTrend(trend: string): void {
  if (!['n', 'c', 'ct'].includes(trend)) refuse('trend', 'unknown', "'n', 'c' or 'ct'", trend);
}

export const trendTerms = (trend: UnitRootTrend): number => ({ n: 0, c: 1, ct: 2 })[trend];

/** t of the lagged level in the regression of the differences, with how many rows it had. */
function unitRootStatistic(series: ArrayLike<number>, lags: number, trend: UnitRootTrend) {
  const { columns, response } = regression(series, lags, lags, trend);
  const fit = leastSquares(columns, response);
  if (fit === undefined)
    refuse('series', 'its lags are linearly dependent', 'a series with spread in every lag', `${lags} lags`);
  return { statistic: fit.coefficients[0] / fit.standardErrors[0], observations: response.length };
}

function bestLags(series: ArrayLike<number>, maxLags: number, trend: UnitRootTrend): number {
  let best = 0;
  let bestAic = Infinity;
  for (let lags = 0; lags <= maxLags; lags++) {
    const { columns, response } = regression(series, lags, maxLags, trend);
    const fit = leastSquares(columns, response);
    if (fit === undefined) continue;
    const aic =
      response.length * (Math.log((2 * Math.PI * fit.residualSum) / response.length) + 1) + 2 * columns.length;
    if (aic < bestAic) [best, bestAic] = [lags, aic];
  }
  return best;
}

/** Differences on the lagged level, `lags` lagged differences and the trend, on rows from `skip` lags on. */
function regression(series: ArrayLike<number>, lags: number, skip: number, trend: UnitRootTrend) {
  const levels = columnOf(series);
  const differences = new Float64Array(levels.length - 1);
  for (let i = 0; i < differences.length; i++) differences[i] = levels[i + 1] - levels[i];
  const end = differences.length;
  const columns = [
    levels.subarray(skip, end),
    ...Array.from({ length: lags }, (_, lag) => differences.subarray(skip - lag - 1, end - lag - 1)),
    ...trendColumns(trend, end - skip),
  ];
  return { columns, response: differences.subarray(skip) };
}

/** Columns of the deterministic terms: ones, then 1..rows. */
export function trendColumns(trend: UnitRootTrend, rows: number): Float64Array[] {
  const all = [new Float64Array(rows).fill(1), new Float64Array(rows).map((_, row) => row + 1)];
  return all.slice(0, trendTerms(trend));
}
