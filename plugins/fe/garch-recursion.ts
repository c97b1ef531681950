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
  const average = meanModel === 'zero' && init === 'backcast' ? 0 : mean(returns);
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

/** What a pass over the returns leaves beside the likelihood. */
type Path = Readonly<{ sigma2: number[]; standardized: number[]; failAt: (bar: number) => never }>;

/**
 * Log likelihood of the returns from the variance of the first one on, and the variance after the last; Student's t is
 * scaled to unit variance. NaN where a variance is not positive, unless a `path` is to be written, which calls `failAt`.
 * Logarithms are taken of products of many factors, as one of each would take most of the time.
 */
export function likelihoodPass(
  returns: Float64Array,
  { mu, omega, alpha, beta, nu }: Coefficients,
  first: number,
  path?: Path,
): Readonly<{ logLik: number; nextVariance: number }> {
  const isNormal = nu === undefined;
  const degrees = isNormal ? Infinity : nu - 2;
  let [variances, tails] = [1, 1];
  let [logVariances, logTails, ratios] = [0, 0, 0];
  let variance = first;
  for (let t = 0; t < returns.length; t++) {
    const error = returns[t] - mu;
    const square = error * error;
    const ratio = square / variance;
    if (path !== undefined) {
      if (!(variance > 0)) path.failAt(t);
      path.sigma2[t] = variance;
      path.standardized[t] = error / Math.sqrt(variance);
    }
    const product = variances * variance;
    if (product > smallestProduct && product < largestProduct) variances = product;
    else {
      logVariances += Math.log(variances) + Math.log(variance);
      variances = 1;
    }
    if (isNormal) ratios += ratio;
    else {
      tails *= 1 + ratio / degrees;
      if (!(tails < largestProduct)) {
        logTails += Math.log(tails);
        tails = 1;
      }
    }
    variance = omega + alpha * square + beta * variance;
  }
  logVariances += Math.log(variances);
  logTails += Math.log(tails);
  const constant = returns.length * logConstant(nu);
  const rest = nu === undefined ? 0.5 * ratios : ((nu + 1) / 2) * logTails;
  return { logLik: constant - 0.5 * logVariances - rest, nextVariance: variance };
}

const smallestProduct = 1e-200;
const largestProduct = 1e200;

const logConstant = (nu: number | undefined): number =>
  nu === undefined
    ? -0.5 * Math.log(2 * Math.PI)
    : logGamma((nu + 1) / 2) - logGamma(nu / 2) - 0.5 * Math.log(Math.PI * (nu - 2));

/** Log likelihood of each return into `terms`; gives their sum. NaN where a variance is not positive. */
export function likelihoodTerms(
  returns: Float64Array,
  coefficients: Coefficients,
  { start, terms }: Readonly<{ start: number; terms: Float64Array }>,
): number {
  const { mu, omega, alpha, beta, nu } = coefficients;
  const constant = logConstant(nu);
  let variance = firstVariance(coefficients, start);
  let total = 0;
  for (let t = 0; t < returns.length; t++) {
    const square = (returns[t] - mu) ** 2;
    const tail =
      nu === undefined ? 0.5 * (square / variance) : ((nu + 1) / 2) * Math.log1p(square / (variance * (nu - 2)));
    terms[t] = constant - 0.5 * Math.log(variance) - tail;
    total += terms[t];
    variance = omega + alpha * square + beta * variance;
  }
  return total;
}
