import cdf from '@stdlib/stats-base-dists-normal-cdf';

/** Probability that a standard normal value is at most x. */
export const normalCdf = (x: number): number => cdf(x, 0, 1);
