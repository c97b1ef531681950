import cdf from '@stdlib/stats-base-dists-chisquare-cdf';
import { invertCdf } from './invert-cdf.ts';

/** Probability that chi-squared with `degreesOfFreedom` > 0 exceeds `x`. */
export const chiSquaredTail = (x: number, degreesOfFreedom: number): number => 1 - cdf(x, degreesOfFreedom);

/** The x that chi-squared with `degreesOfFreedom` > 0 is at most with `probability`, strictly between 0 and 1. */
export const chiSquaredQuantile = (probability: number, degreesOfFreedom: number): number =>
  invertCdf((x) => cdf(x, degreesOfFreedom), probability, 0);
