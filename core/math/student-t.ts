import cdf from '@stdlib/stats-base-dists-t-cdf';

/** Probability that Student's t with `degreesOfFreedom` > 0 is at most `t`. */
export const studentTCdf = (t: number, degreesOfFreedom: number): number => cdf(t, degreesOfFreedom);
