import cdf from '@stdlib/stats-base-dists-normal-cdf';
import quantile from '@stdlib/stats-base-dists-normal-quantile';

/** Probability that a standard normal value is at most x. */
export const normalCdf = (x: number): number => cdf(x, 0, 1);

/** The x that a standard normal value is at most with the given probability (0..1). */
export const normalQuantile = (probability: number): number => quantile(probability, 0, 1);
