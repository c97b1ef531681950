import { mean } from '../../core/math/moments.ts';

type Prior = Readonly<{ kappaIntercept: number; kappaSlope: number; priorSlope: number; priorShape: number }>;

/** Posterior of a line, and the Student-t that a new y follows at x. */
export type BayesianLine = Readonly<{
  intercept: number;
  slope: number;
  degreesOfFreedom: number;
  predictive: (x: number) => Readonly<{ location: number; scale: number }>;
}>;

/**
 * y = intercept + slope x with a normal-inverse-gamma prior about [0, priorSlope], whose precision is that of kappa
 * observations like these and whose variance is the mean of y^2 (Gelman et al., BDA3, 14.2 and 14.8).
 */
export function fitBayesianLine(x: readonly number[], y: readonly number[], prior: Prior): BayesianLine {
  const count = x.length;
  const { priorSlope, priorShape } = prior;
  const priorPrecision = [prior.kappaIntercept, prior.kappaSlope * mean(x.map((value) => value * value))] as const;
  // Precision of the posterior, [[a, b], [b, c]], and the right side of its normal equations.
  const a = priorPrecision[0] + count;
  const b = sumOf(x, (value) => value);
  const c = priorPrecision[1] + sumOf(x, (value) => value * value);
  const right0 = sumOf(y, (value) => value);
  const right1 = priorPrecision[1] * priorSlope + sumOf(y, (value, i) => value * x[i]);
  const determinant = a * c - b * b;
  const intercept = (c * right0 - b * right1) / determinant;
  const slope = (a * right1 - b * right0) / determinant;

  // The same as y'y + m0'L0 m0 - m'Lm, as a sum of squares: no digits cancel, and it is never negative.
  const squares =
    sumOf(y, (value, i) => (value - intercept - slope * x[i]) ** 2) +
    priorPrecision[0] * intercept ** 2 +
    priorPrecision[1] * (slope - priorSlope) ** 2;
  const shape = priorShape + count / 2;
  const rate = (priorShape - 1) * mean(y.map((value) => value * value)) + squares / 2;
  const predictive = (at: number) => ({
    location: intercept + slope * at,
    scale: Math.sqrt((rate / shape) * (1 + (c - 2 * b * at + a * at * at) / determinant)),
  });
  return { intercept, slope, degreesOfFreedom: 2 * shape, predictive };
}

const sumOf = (values: readonly number[], term: (value: number, i: number) => number): number =>
  values.reduce((sum, value, i) => sum + term(value, i), 0);
