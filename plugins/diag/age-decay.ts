import { normalCdf } from '../../core/math/normal.ts';
import { fitLine } from '../../core/math/fit-line.ts';
import { defaultLags, longRunVariance } from '../../core/validation/statistics/newey-west.ts';

export type AgeDecay = Readonly<{
  interceptPerBar: number;
  slopePerBar: number;
  slopeStdError: number;
  hacLag: number;
  t: number;
  pValue: number;
  halfLifeBars?: number;
  zeroAge?: number;
}>;

/**
 * Mean return as a line in the age of the fit, with Newey-West errors (Bartlett weights, no small-sample factor):
 * statsmodels' OLS(r, [1, age]).fit(cov_type='HAC', use_correction=False). Half-life and zero age only where the fall is
 * significant and starts above 0; undefined where the line leaves no residual.
 */
export function ageDecay(ages: Float64Array, returns: Float64Array, confidence: number): AgeDecay | undefined {
  const line = fitLine(ages, returns);
  if (line === undefined) return undefined;
  const { slope, intercept } = line;
  const count = ages.length;
  const residuals = returns.map((value, i) => value - intercept - slope * ages[i]);
  const largest = returns.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
  if (residuals.every((residual) => Math.abs(residual) <= 1e-13 * largest)) return undefined;

  const hacLag = defaultLags(count);
  const meanAge = ages.reduce((sum, age) => sum + age, 0) / count;
  const square = ages.reduce((sum, age) => sum + (age - meanAge) ** 2, 0);
  // The slope's row of (X'X)^-1 X' is (age - mean) / square, so its variance needs one score only.
  const scores = residuals.map((residual, i) => residual * (ages[i] - meanAge));
  const slopeStdError = Math.sqrt(Math.max(0, longRunVariance(scores, scores, hacLag) * count)) / square;
  if (!(slopeStdError > 0)) return undefined;
  const t = slope / slopeStdError;
  const pValue = 2 * normalCdf(-Math.abs(t));
  const fades = pValue <= 1 - confidence && slope < 0 && intercept + slope > 0;
  return {
    interceptPerBar: intercept,
    slopePerBar: slope,
    slopeStdError,
    hacLag,
    t,
    pValue,
    ...(fades && { halfLifeBars: -(intercept + slope) / (2 * slope), zeroAge: -intercept / slope }),
  };
}
