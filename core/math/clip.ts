/** The value, or the nearer bound where it lies outside. */
export const clip = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
