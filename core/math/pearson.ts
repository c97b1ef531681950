import { mean } from './moments.ts';

/** Pearson correlation of two columns of equal length; NaN where one does not vary. */
export function pearson(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const leftMean = mean(left);
  const rightMean = mean(right);
  let both = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let index = 0; index < left.length; index += 1) {
    const x = left[index] - leftMean;
    const y = right[index] - rightMean;
    both += x * y;
    leftSquares += x * x;
    rightSquares += y * y;
  }
  return both / Math.sqrt(leftSquares * rightSquares);
}

/**
 * Pearson correlations of columns of equal length, each centred and scaled once: rows of the symmetric matrix, 1 on its
 * diagonal; NaN where a column does not vary.
 */
export function pearsonMatrix(columns: readonly ArrayLike<number>[]): Float64Array[] {
  const units = columns.map(unitOf);
  const matrix = units.map((_, i) => new Float64Array(units.length).fill(1, i, i + 1));
  for (let i = 0; i < units.length; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      const [left, right] = [units[i], units[j]];
      for (let t = 0; t < left.length; t++) sum += left[t] * right[t];
      matrix[i][j] = sum;
      matrix[j][i] = sum;
    }
  }
  return matrix;
}

/** The column less its mean, over its length. */
function unitOf(column: ArrayLike<number>): Float64Array {
  const centre = mean(column);
  const unit = new Float64Array(column.length);
  let squares = 0;
  for (let t = 0; t < unit.length; t++) {
    unit[t] = column[t] - centre;
    squares += unit[t] ** 2;
  }
  const norm = Math.sqrt(squares);
  for (let t = 0; t < unit.length; t++) unit[t] /= norm;
  return unit;
}
