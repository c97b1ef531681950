import cdf from '@stdlib/stats-base-dists-chisquare-cdf';
import { invertCdf } from './invert-cdf.ts';
import { logGamma } from './log-gamma.ts';

/** Where the far tail begins: below it 1 - cdf has all its digits. */
const isFar = (x: number, shape: number): boolean => x / 2 > shape + 1;

/** Probability that chi-squared with `degreesOfFreedom` > 0 exceeds `x`, with its digits also where it is tiny. */
export function chiSquaredTail(x: number, degreesOfFreedom: number): number {
  const shape = degreesOfFreedom / 2;
  return isFar(x, shape) && Number.isFinite(x) ? upperGamma(shape, x / 2) : 1 - cdf(x, degreesOfFreedom);
}

/** Terms after which the fraction stands still long ago: it takes about the square root of x. */
const mostTerms = 10_000;
const tiny = 1e-300;

/**
 * Regularised upper incomplete gamma function Q(a, x) for x > a + 1: Legendre's continued fraction by Lentz's method.
 * Abramowitz & Stegun (1964) 6.5.31; Thompson & Barnett (1986), J. Comput. Phys. 64.
 */
function upperGamma(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < mostTerms; i += 1) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / nonZero(an * d + b);
    c = nonZero(b + an / c);
    const step = c * d;
    fraction *= step;
    if (Math.abs(step - 1) < 2 ** -52) break;
  }
  return Math.exp(a * Math.log(x) - x - logGamma(a)) * fraction;
}

const nonZero = (value: number): number => (Math.abs(value) < tiny ? tiny : value);

/** The x that chi-squared with `degreesOfFreedom` > 0 is at most with `probability`, strictly between 0 and 1. */
export const chiSquaredQuantile = (probability: number, degreesOfFreedom: number): number =>
  invertCdf((x) => cdf(x, degreesOfFreedom), probability, 0);

// The F distribution has no file here: no statistic of the desk has an F statistic, and what nobody calls is not kept.
