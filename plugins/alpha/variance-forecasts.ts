import { leastSquares } from '../../core/math/least-squares.ts';
import { mean } from '../../core/math/moments.ts';

/** Variance expected of a day, for every day from `offset` on. */
export type VarianceForecast = Readonly<{
  offset: number;
  daily: Float64Array;
  har?: Readonly<{ coefficients: number[]; rSquared: number; observations: number }>;
}>;

/** The mean of the last `horizon` days goes on. */
export function expectedByTrailing(rv: readonly number[], horizon: number): VarianceForecast {
  return { offset: horizon - 1, daily: trailingMeans(rv, horizon).subarray(horizon - 1) };
}

/**
 * HAR-RV (Corsi 2009): the mean of the next `horizon` days on the last day and the means of the last `lags` days. A
 * forecast outside what was ever seen becomes the mean of what was seen (Swanson & White 1997). Undefined where the
 * columns depend on each other.
 */
export function expectedByHar(
  rv: readonly number[],
  { horizon, lags: [short, long] }: Readonly<{ horizon: number; lags: readonly [number, number] }>,
): VarianceForecast | undefined {
  const offset = long - 1;
  const observations = rv.length - horizon - offset;
  const ahead = trailingMeans(rv, horizon);
  const response = Float64Array.from({ length: observations }, (_, i) => ahead[offset + i + horizon]);
  const regressors = [
    new Float64Array(rv.length).fill(1),
    Float64Array.from(rv),
    trailingMeans(rv, short),
    trailingMeans(rv, long),
  ].map((column) => column.subarray(offset));
  const fit = leastSquares(
    regressors.map((column) => column.subarray(0, observations)),
    response,
    1e-10,
  );
  if (fit === undefined) return undefined;

  const centre = mean(response);
  const low = response.reduce((least, value) => Math.min(least, value));
  const high = response.reduce((most, value) => Math.max(most, value));
  const daily = regressors[0].map((_, i) => {
    const forecast = regressors.reduce((sum, column, j) => sum + fit.coefficients[j] * column[i], 0);
    return forecast < low || forecast > high ? centre : forecast;
  });
  const total = response.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const rSquared = total > 0 ? Math.max(0, 1 - fit.residualSum / total) : 0;
  return { offset, daily, har: { coefficients: [...fit.coefficients], rSquared, observations } };
}

/** Mean of the last `days` values at each day; 0 before there are so many. */
function trailingMeans(values: readonly number[], days: number): Float64Array {
  const means = new Float64Array(values.length);
  for (let t = days - 1; t < values.length; t++) {
    let sum = 0;
    for (let s = t - days + 1; s <= t; s++) sum += values[s];
    means[t] = sum / days;
  }
  return means;
}
