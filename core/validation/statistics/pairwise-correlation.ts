/**
 * Mean Pearson correlation of all pairs of columns, -1/(M-1)..1; a column without spread correlates with nothing (0).
 * It follows from the variance of the sum of the standardised columns, so it costs rows x columns.
 *
 * @param rows rows = time, at least 2 columns
 */
export function meanPairwiseCorrelation(rows: readonly (readonly number[])[]): number {
  const columns = rows[0].length;
  const sums = new Float64Array(rows.length);
  let varying = 0;
  for (let column = 0; column < columns; column++) {
    const scaled = standardise(Float64Array.from(rows, (row) => row[column]));
    if (scaled === undefined) continue;
    varying++;
    for (let t = 0; t < sums.length; t++) sums[t] += scaled[t];
  }
  const squares = sums.reduce((total, value) => total + value * value, 0);
  return (squares - varying) / (columns * (columns - 1));
}

/** Centred and scaled to a sum of squares of 1; undefined without spread. */
function standardise(values: Float64Array): Float64Array | undefined {
  if (values.every((value) => value === values[0])) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const centred = values.map((value) => value - mean);
  const norm = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0));
  return norm > 0 ? centred.map((value) => value / norm) : undefined;
}
