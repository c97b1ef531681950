import { leastSquares } from '../../math/least-squares.ts';
import { type CriticalValues, mackinnonCriticalValues, mackinnonPValue } from '../../math/mackinnon.ts';
import { adf, requireTrend, trendColumns } from './adf.ts';
import { refuse, requireSeries } from './require.ts';

export type EngleGrangerInput = Readonly<{
  dependent: readonly number[];
  regressor: readonly number[];
  trend?: 'c' | 'ct';
  /** Lagged differences in the test of the residuals, or `aic` (default). */
  lags?: number | 'aic';
}>;

export type EngleGranger = Readonly<{
  statistic: number;
  pValue: number;
  criticalValues: CriticalValues;
  usedLags: number;
  hedgeRatio: number;
  intercept: number;
}>;

/**
 * Whether two integrated series move together: Dickey-Fuller on the residuals of one regressed on the other, with the
 * distribution of two series. Engle & Granger (1987), Econometrica 55(2); MacKinnon (1994, 2010); as statsmodels' coint.
 */
export function engleGranger(input: EngleGrangerInput): EngleGranger {
  const { dependent, regressor, trend = 'c', lags = 'aic' } = input;
  requireSeries('dependent', dependent, { atLeast: 10, varying: true });
  requireSeries('regressor', regressor, { atLeast: 10, varying: true });
  if (dependent.length !== regressor.length) {
    refuse('regressor', 'of another length than dependent', `${dependent.length} values`, `${regressor.length}`);
  }
  requireTrend(trend);
  const rows = dependent.length;
  const fit = leastSquares([Float64Array.from(regressor), ...trendColumns(trend, rows)], Float64Array.from(dependent));
  if (fit === undefined) refuse('regressor', 'a linear function of the trend', 'another series', `${rows} values`);
  if (fit.residualSum <= 1e-20 * dependent.reduce((sum, value) => sum + value * value, 0)) {
    refuse('dependent', 'a linear function of regressor', 'a series with something of its own', 'no residuals');
  }
  const { statistic, usedLags } = adf({ series: [...fit.residuals], lags, trend: 'n' });
  return {
    statistic,
    pValue: mackinnonPValue(statistic, trend, 2),
    criticalValues: mackinnonCriticalValues(trend, rows - 1, 2),
    usedLags,
    hedgeRatio: fit.coefficients[0],
    intercept: fit.coefficients[1],
  };
}
