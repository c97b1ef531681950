/**
 * Stationary distribution of a Markov chain (rows = from, each adding up to 1): (I - P)' s = 0 with its last equation
 * replaced by sum s = 1, by Gaussian elimination with partial pivoting (Hamilton 1994, 22.2.26). Undefined where there
 * is more than one.
 */
export function stationaryShares(transition: readonly (readonly number[])[]): Float64Array | undefined {
  const size = transition.length;
  const rows = transition.map((_, i) =>
    Float64Array.from({ length: size + 1 }, (__, j) => {
      if (i === size - 1) return 1;
      return j === size ? 0 : Number(i === j) - transition[j][i];
    }),
  );
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column + 1; i < size; i++) {
      if (Math.abs(rows[i][column]) > Math.abs(rows[pivot][column])) pivot = i;
    }
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    if (!(Math.abs(rows[column][column]) > 1e-14)) return undefined;
    for (let i = column + 1; i < size; i++) {
      const factor = rows[i][column] / rows[column][column];
      for (let j = column; j <= size; j++) rows[i][j] -= factor * rows[column][j];
    }
  }
  const shares = new Float64Array(size);
  for (let i = size - 1; i >= 0; i--) {
    let value = rows[i][size];
    for (let j = i + 1; j < size; j++) value -= rows[i][j] * shares[j];
    // Never below 0 but by rounding.
    shares[i] = Math.max(0, value / rows[i][i]);
  }
  return shares;
}
