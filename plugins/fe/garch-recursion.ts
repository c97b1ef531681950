import { logGamma } from '../../core/math/log-gamma.ts';
import { mean } from '../../core/math/moments.ts';

/** GARCH(1,1): variance = omega + alpha error^2 + beta variance before; nu of Student's t, absent for normal errors. */
export type Coefficients = Readonly<{
  mu: number;
  omega: number;
  alpha: number;
  beta: number;
  nu?: number | undefined;
}>;

export type MeanModel = 'constant' | 'zero';
export type Init = 'backcast' | 'sampleVariance';

const backcastDecay = 0.94;
/** How many returns the backcast looks at. */
export const backcastLength = 75;

/**
 * The variance before the first return, as a function of mu: an exponentially weighted mean of the first squares
 * (arch's backcast, fixed), or the mean square about mu.
 */
export function startVariance(returns: ArrayLike<number>, meanModel: MeanModel, init: Init): (mu: number) => number {
  const average = mean(returns);
  const centre = meanModel === 'zero' ? 0 : average;
  if (init === 'sampleVariance') {
    let squares = 0;
    for (let t = 0; t < returns.length; t++) squares += (returns[t] - average) ** 2;
    const variance = squares / returns.length;
    return (mu) => variance + (average - mu) ** 2;
  }
  let [sum, total] = [0, 0];
  for (let t = 0; t < Math.min(backcastLength, returns.length); t++) {
    const weight = backcastDecay ** t;
    sum += weight * (returns[t] - centre) ** 2;
    total += weight;
  }
  return () => sum / total;
}

export const firstVariance = ({ omega, alpha, beta }: Coefficients, start: number): number =>
  omega + (alpha + beta) * start;

/** Log density of a return by its squared error and variance; Student's t is scaled to unit variance. */
export function logDensity(nu: number | undefined): (square: number, variance: number) => number {
  if (nu === undefined) {
    const constant = -0.5 * Math.log(2 * Math.PI);
    return (square, variance) => constant - 0.5 * (Math.log(variance) + square / variance);
  }
  const constant = logGamma((nu + 1) / 2) - logGamma(nu / 2) - 0.5 * Math.log(Math.PI * (nu - 2));
  return (square, variance) =>
    constant - 0.5 * Math.log(variance) - ((nu + 1) / 2) * Math.log1p(square / (variance * (nu - 2)));
}

/** Log likelihood of the returns; `terms`, when given, receives that of each. NaN where a variance is not positive. */
export function logLikelihood(
  returns: Float64Array,
  coefficients: Coefficients,
  { start, terms }: Readonly<{ start: number; terms?: Float64Array }>,
): number {
  const { mu, omega, alpha, beta, nu } = coefficients;
  const density = logDensity(nu);
  let variance = firstVariance(coefficients, start);
  let total = 0;
  for (let t = 0; t < returns.length; t++) {
    const square = (returns[t] - mu) ** 2;
    const term = density(square, variance);
    if (terms !== undefined) terms[t] = term;
    total += term;
    variance = omega + alpha * square + beta * variance;
  }
  return total;
}
