/** Mean, standard deviation (ddof 1 and 0), and the biased skewness and non-excess kurtosis (normal: 3), as scipy's. */
export type Moments = Readonly<{
  mean: number;
  deviation: number;
  populationDeviation: number;
  skew: number;
  kurtosis: number;
}>;

/** Moments of at least two values that differ. */
export function moments(values: ArrayLike<number>): Moments {
  const count = values.length;
  let total = 0;
  for (let i = 0; i < count; i++) total += values[i];
  const mean = total / count;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < count; i++) {
    const distance = values[i] - mean;
    const square = distance * distance;
    second += square;
    third += square * distance;
    fourth += square * square;
  }
  const variance = second / count;
  return {
    mean,
    deviation: Math.sqrt(second / (count - 1)),
    populationDeviation: Math.sqrt(variance),
    skew: third / count / variance ** 1.5,
    kurtosis: fourth / count / (variance * variance),
  };
}
