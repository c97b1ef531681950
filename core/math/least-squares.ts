/** Ordinary least squares: coefficients in the order of the columns, residuals, and what standard errors need. */
export type LeastSquares = Readonly<{
  coefficients: Float64Array;
  residuals: Float64Array;
  /** Sum of squared residuals. */
  residualSum: number;
  /** Standard error of each coefficient, residual variance over (rows - columns). */
  standardErrors: Float64Array;
}>;

/**
 * Regresses `response` (n rows) on `columns` (k columns of n rows) by Householder QR, which loses half as many digits
 * as the normal equations. Undefined when the columns are linearly dependent (a diagonal of R at most `dependence`
 * of its column's length).
 * Golub & Van Loan (2013), Matrix Computations, algorithm 5.3.2.
 */
export function leastSquares(
  columns: readonly Float64Array[],
  response: Float64Array,
  dependence = 1e-12,
): LeastSquares | undefined {
  const rows = response.length;
  const count = columns.length;
  if (rows < count) return undefined;
  const q = columns.map((column) => column.slice());
  const rotated = response.slice();
  const r = Array.from({ length: count }, () => new Float64Array(count));

  for (let k = 0; k < count; k++) {
    const column = q[k];
    const norm = sqrtSum(column, k);
    if (!(norm > dependence * Math.max(sqrtSum(columns[k], 0), Number.MIN_VALUE))) return undefined;
    const alpha = column[k] > 0 ? -norm : norm;
    const reflector = column.slice();
    reflector.fill(0, 0, k);
    reflector[k] = column[k] - alpha;
    const scale = 2 / dot(reflector, reflector, k);
    for (let j = k; j < count; j++) reflect(q[j], reflector, scale, k);
    reflect(rotated, reflector, scale, k);
  }
  for (let i = 0; i < count; i++) for (let j = i; j < count; j++) r[i][j] = q[j][i];

  const coefficients = backSubstitute(r, rotated, count);
  const residuals = response.slice();
  for (let j = 0; j < count; j++) for (let i = 0; i < rows; i++) residuals[i] -= coefficients[j] * columns[j][i];
  const residualSum = dot(residuals, residuals, 0);
  const variance = residualSum / (rows - count);
  const standardErrors = inverseRowNorms(r, count).map((norm) => Math.sqrt(variance) * norm);
  return { coefficients, residuals, residualSum, standardErrors };
}

const sqrtSum = (values: Float64Array, from: number) => Math.sqrt(dot(values, values, from));

function dot(a: Float64Array, b: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function reflect(values: Float64Array, reflector: Float64Array, scale: number, from: number): void {
  const factor = scale * dot(reflector, values, from);
  for (let i = from; i < values.length; i++) values[i] -= factor * reflector[i];
}

function backSubstitute(r: readonly Float64Array[], right: Float64Array, count: number): Float64Array {
  const solution = new Float64Array(count);
  for (let i = count - 1; i >= 0; i--) {
    let value = right[i];
    for (let j = i + 1; j < count; j++) value -= r[i][j] * solution[j];
    solution[i] = value / r[i][i];
  }
  return solution;
}

/** Norms of the rows of R^-1: the square roots of the diagonal of (X'X)^-1. */
function inverseRowNorms(r: readonly Float64Array[], count: number): Float64Array {
  const squares = new Float64Array(count);
  for (let column = 0; column < count; column++) {
    const unit = new Float64Array(count);
    unit[column] = 1;
    const solved = backSubstitute(r, unit, count);
    for (let i = 0; i < count; i++) squares[i] += solved[i] * solved[i];
  }
  return squares.map(Math.sqrt);
}
