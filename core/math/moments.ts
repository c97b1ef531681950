/** Arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let total = 0;
  for (let index = 0; index < values.length; index += 1) total += values[index];
  return total / values.length;
}

/** Sum of (x - centre)^power. */
function centralSum(values: ArrayLike<number>, centre: number, power: 2 | 3 | 4): number {
  let total = 0;
  for (let index = 0; index < values.length; index += 1) {
    const distance = values[index] - centre;
    const square = distance * distance;
    total += power === 2 ? square : power === 3 ? square * distance : square * square;
  }
  return total;
}

/** Standard deviation of a sample (ddof 1), two passes; NaN of fewer than two values. */
export function sampleDeviation(values: ArrayLike<number>): number {
  if (values.length < 2) return NaN;
  return Math.sqrt(centralSum(values, mean(values), 2) / (values.length - 1));
}

/**
 * Bias-adjusted sample skewness, G1 = g1 sqrt(n(n-1)) / (n-2), as pandas' `skew` and Excel's SKEW; NaN of fewer than
 * three values or without spread. Joanes & Gill (1998), Comparing measures of sample skewness and kurtosis.
 */
export function sampleSkew(values: ArrayLike<number>): number {
  const count = values.length;
  if (count < 3) return NaN;
  const centre = mean(values);
  const variance = centralSum(values, centre, 2) / count;
  const biased = centralSum(values, centre, 3) / count / variance ** 1.5;
  return (biased * Math.sqrt(count * (count - 1))) / (count - 2);
}

/**
 * Bias-adjusted sample kurtosis, not in excess: pandas' `kurt` + 3, so that a normal sample gives about 3; NaN of fewer
 * than four values or without spread. Joanes & Gill (1998), G2.
 */
export function sampleKurtosis(values: ArrayLike<number>): number {
  const count = values.length;
  if (count < 4) return NaN;
  const centre = mean(values);
  const variance = centralSum(values, centre, 2) / count;
  const excess = centralSum(values, centre, 4) / count / (variance * variance) - 3;
  return ((count - 1) / ((count - 2) * (count - 3))) * ((count + 1) * excess + 6) + 3;
}

/** Largest less smallest value; -Infinity of nothing. */
export function spread(values: ArrayLike<number>): number {
  let [low, high] = [Infinity, -Infinity];
  for (let index = 0; index < values.length; index += 1) {
    low = Math.min(low, values[index]);
    high = Math.max(high, values[index]);
  }
  return high - low;
}
