/** The lower triangle L of a matrix A = L L', and the solves it serves. */
export type Cholesky = Readonly<{
  lower: readonly Float64Array[];
  /** L^-1 b. */
  forward(right: ArrayLike<number>): Float64Array;
  /** L^-T b. */
  backward(right: ArrayLike<number>): Float64Array;
}>;

/**
 * Cholesky factor of a symmetric matrix (rows, n x n); undefined unless every squared pivot is above `leastPivot`. Give
 * it a correlation matrix where the pivots are to be compared: then each is the share of a variable that the ones
 * before it don't explain. Golub & Van Loan (2013), Matrix Computations, section 4.2.
 */
export function cholesky(matrix: readonly ArrayLike<number>[], leastPivot = 0): Cholesky | undefined {
  const lower = matrix.map((_, i) => new Float64Array(i + 1));
  for (let i = 0; i < lower.length; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i][j];
      for (let k = 0; k < j; k++) rest -= lower[i][k] * lower[j][k];
      if (i !== j) lower[i][j] = rest / lower[j][j];
      else if (rest > leastPivot) lower[i][i] = Math.sqrt(rest);
      else return undefined;
    }
  }
  return { lower, forward: (right) => forward(lower, right), backward: (right) => backward(lower, right) };
}

function forward(lower: readonly Float64Array[], right: ArrayLike<number>): Float64Array {
  const solution = Float64Array.from(right);
  for (let i = 0; i < lower.length; i++) {
    for (let k = 0; k < i; k++) solution[i] -= lower[i][k] * solution[k];
    solution[i] /= lower[i][i];
  }
  return solution;
}

function backward(lower: readonly Float64Array[], right: ArrayLike<number>): Float64Array {
  const solution = Float64Array.from(right);
  for (let i = lower.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < lower.length; k++) solution[i] -= lower[k][i] * solution[k];
    solution[i] /= lower[i][i];
  }
  return solution;
}
