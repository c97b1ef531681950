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
