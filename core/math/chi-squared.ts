import cdf from '@stdlib/stats-base-dists-chisquare-cdf';

/** Probability that chi-squared with `degreesOfFreedom` > 0 exceeds `x`. */
export const chiSquaredTail = (x: number, degreesOfFreedom: number): number => 1 - cdf(x, degreesOfFreedom);
