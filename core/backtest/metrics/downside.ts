/** Root of the mean square of the returns below 0, over all returns. */
export function downsideDeviation(returns: Float64Array): number {
  let squares = 0;
  for (const value of returns) if (value < 0) squares += value * value;
  return Math.sqrt(squares / returns.length);
}
