/** Eigenvalues in falling order, and the unit eigenvectors in the same order (`vectors[k]` belongs to `values[k]`). */
export type SymmetricEigen = Readonly<{ values: Float64Array; vectors: readonly Float64Array[] }>;

/** Sweeps until the off-diagonal is nothing; real matrices need 5 to 10. */
const maxSweeps = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix of finite numbers (rows, n x n), by cyclic Jacobi rotations:
 * O(n^3) a sweep, meant for tens of rows. Each vector's entry of largest size is positive, which makes the answer unique
 * where the eigenvalues differ.
 * Golub & Van Loan (2013), Matrix Computations, section 8.5.
 */
export function symmetricEigen(matrix: readonly ArrayLike<number>[]): SymmetricEigen {
  const count = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const columns = a.map((_, k) => Float64Array.from({ length: count }, (_unused, i) => (i === k ? 1 : 0)));
  for (let sweep = 0; sweep < maxSweeps && !isDiagonal(a); sweep++) {
    for (let p = 0; p < count - 1; p++) for (let q = p + 1; q < count; q++) rotate(a, columns, [p, q]);
  }
  const order = a.map((_, k) => k).toSorted((i, j) => a[j][j] - a[i][i]);
  return {
    values: Float64Array.from(order, (k) => a[k][k]),
    vectors: order.map((k) => pointed(columns[k])),
  };
}

/** Zeroes a[p][q] by a rotation in that plane, unless it is nothing beside its diagonal. */
function rotate(a: readonly Float64Array[], columns: readonly Float64Array[], [p, q]: readonly [number, number]): void {
  const off = a[p][q];
  if (off === 0) return;
  if (isNothing(a, p, q)) {
    a[p][q] = 0;
    a[q][p] = 0;
    return;
  }
  const theta = (a[q][q] - a[p][p]) / (2 * off);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(1, theta));
  const cosine = 1 / Math.hypot(1, tangent);
  const sine = tangent * cosine;
  a[p][p] -= tangent * off;
  a[q][q] += tangent * off;
  a[p][q] = 0;
  a[q][p] = 0;
  for (let i = 0; i < a.length; i++) {
    if (i === p || i === q) continue;
    const [left, right] = [a[i][p], a[i][q]];
    a[i][p] = cosine * left - sine * right;
    a[i][q] = sine * left + cosine * right;
    a[p][i] = a[i][p];
    a[q][i] = a[i][q];
  }
  const [u, v] = [columns[p], columns[q]];
  for (let i = 0; i < a.length; i++) {
    const [left, right] = [u[i], v[i]];
    u[i] = cosine * left - sine * right;
    v[i] = sine * left + cosine * right;
  }
}

function isDiagonal(a: readonly Float64Array[]): boolean {
  for (let p = 0; p < a.length - 1; p++) for (let q = p + 1; q < a.length; q++) if (a[p][q] !== 0) return false;
  return true;
}

/** Whether adding a hundredth of the entry would change neither of its diagonals. */
function isNothing(a: readonly Float64Array[], p: number, q: number): boolean {
  const part = Math.abs(a[p][q]) / 100;
  const [first, second] = [Math.abs(a[p][p]), Math.abs(a[q][q])];
  return first + part === first && second + part === second;
}

function pointed(vector: Float64Array): Float64Array {
  let largest = 0;
  for (let i = 1; i < vector.length; i++) if (Math.abs(vector[i]) > Math.abs(vector[largest])) largest = i;
  return vector[largest] < 0 ? vector.map((value) => -value) : vector;
}
