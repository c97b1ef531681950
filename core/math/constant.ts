/** The largest absolute value; 0 of nothing. */
export function largestSize(values: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < values.length; index++) largest = Math.max(largest, Math.abs(values[index]));
  return largest;
}

/** Whether values differ by no more than rounding: max - min <= 1e-12 max |x|. True of nothing and of one value. */
export function isConstant(values: ArrayLike<number>): boolean {
  let [low, high] = [Infinity, -Infinity];
  for (let index = 0; index < values.length; index++) {
    low = Math.min(low, values[index]);
    high = Math.max(high, values[index]);
  }
  return !(high - low > 1e-12 * Math.max(Math.abs(low), Math.abs(high)));
}
