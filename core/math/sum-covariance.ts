import { halfLifeWeights } from './half-life-weights.ts';

/** How a weighted sum of series varies with each of them: all of a covariance matrix S that w'Sw, Sw and S_ii need. */
export type SumCovariance = Readonly<{
  /** Mean of each series. */
  means: Float64Array;
  /** The series less their means. */
  centred: readonly Float64Array[];
  /** The weighted sum of the centred series. */
  sum: Float64Array;
  /** S_ii: exactly 0 for a series whose values are all equal. */
  variances: Float64Array;
  /** (Sw)_i: covariance of each series with the sum. */
  withSum: Float64Array;
  /** w'Sw. */
  ofSum: number;
}>;

/**
 * Moments of the sum of `columns` (N series of T values, oldest first) under `weights` (N), in O(T N) without ever
 * building S. Equal weights in time divide by T - 1; with `halfLife` the moments are those of the exponential weights,
 * without correction.
 */
export function sumCovariance(
  columns: readonly Float64Array[],
  weights: readonly number[],
  halfLife?: number,
): SumCovariance {
  const count = columns[0].length;
  const timeWeights = halfLifeWeights(count, halfLife);
  const momentWeights = halfLife === undefined ? new Float64Array(count).fill(1 / (count - 1)) : timeWeights;

  const means = Float64Array.from(columns, (column) => centreOf(column, timeWeights));
  const centred = columns.map((column, i) => lessMean(column, means[i]));
  const sum = weightedSum(centred, weights);
  return {
    means,
    centred,
    sum,
    variances: Float64Array.from(centred, (column) => weightedDot(column, column, momentWeights)),
    withSum: Float64Array.from(centred, (column) => weightedDot(column, sum, momentWeights)),
    ofSum: weightedDot(sum, sum, momentWeights),
  };
}

function lessMean(column: Float64Array, mean: number): Float64Array {
  const centred = new Float64Array(column.length);
  for (let t = 0; t < centred.length; t++) centred[t] = column[t] - mean;
  return centred;
}

/** Sum of columns, each times its weight: one value a row. */
export function weightedSum(columns: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const sum = new Float64Array(columns[0].length);
  columns.forEach((column, i) => {
    const weight = weights[i];
    for (let t = 0; t < sum.length; t++) sum[t] += weight * column[t];
  });
  return sum;
}

/** Variance under weights that sum to 1, about the weighted mean; exactly 0 when the values are all equal. */
export function weightedVariance(values: Float64Array, timeWeights: Float64Array): number {
  const mean = centreOf(values, timeWeights);
  let sum = 0;
  for (let t = 0; t < values.length; t++) sum += timeWeights[t] * (values[t] - mean) ** 2;
  return sum;
}

/** The weighted mean; of equal values that value itself, which a rounded sum would miss. */
function centreOf(values: Float64Array, timeWeights: Float64Array): number {
  let mean = 0;
  let allEqual = true;
  for (let t = 0; t < values.length; t++) {
    mean += timeWeights[t] * values[t];
    allEqual &&= values[t] === values[0];
  }
  return allEqual ? values[0] : mean;
}

function weightedDot(a: Float64Array, b: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += weights[t] * a[t] * b[t];
  return sum;
}
