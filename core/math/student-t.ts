import cdf from '@stdlib/stats-base-dists-t-cdf';
import { invertCdf } from './invert-cdf.ts';

/** Probability that Student's t with `degreesOfFreedom` > 0 is at most `t`. */
export const studentTCdf = (t: number, degreesOfFreedom: number): number => cdf(t, degreesOfFreedom);

/** The t that Student's t with `degreesOfFreedom` > 0 is at most with `probability`, strictly between 0 and 1. */
export const studentTQuantile = (probability: number, degreesOfFreedom: number): number =>
  // The distribution is symmetric, and its lower half has the digits.
  probability > 0.5
    ? -studentTQuantile(1 - probability, degreesOfFreedom)
    : invertCdf((t) => cdf(t, degreesOfFreedom), probability);
