/**
 * Lowest and highest value of any range of a column in constant time, so that a drawdown need not look at every bar.
 * Blocks of 8 values, and above them tables of 1, 2, 4, … blocks: n / 4 numbers a doubling.
 */
export type Extremes = Readonly<{
  values: Float64Array;
  /** Of the whole column. */
  least: number;
  most: number;
  /** levels[k][b] is over the 2^k blocks from block b on. */
  lowest: readonly Float64Array[];
  highest: readonly Float64Array[];
}>;

const blockBits = 3;
const blockSize = 1 << blockBits;

export function createExtremes(values: Float64Array): Extremes {
  const blocks = values.length >> blockBits;
  const low = new Float64Array(blocks);
  const high = new Float64Array(blocks);
  for (let block = 0; block < blocks; block += 1) {
    const part = values.subarray(block << blockBits, (block + 1) << blockBits);
    low[block] = lowestOf(part);
    high[block] = highestOf(part);
  }
  const lowest = [low];
  const highest = [high];
  for (let width = 1; width * 2 <= blocks; width *= 2) {
    const [lower, higher] = [lowest[lowest.length - 1], highest[highest.length - 1]];
    const count = blocks - width * 2 + 1;
    lowest.push(Float64Array.from({ length: count }, (_, at) => Math.min(lower[at], lower[at + width])));
    highest.push(Float64Array.from({ length: count }, (_, at) => Math.max(higher[at], higher[at + width])));
  }
  return { values, least: lowestOf(values), most: highestOf(values), lowest, highest };
}

const lowestOf = (values: Float64Array): number => values.reduce((least, value) => Math.min(least, value), Infinity);

const highestOf = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), -Infinity);

/** The lowest value in from..to (both included, from <= to). */
export function lowestIn({ values, lowest }: Extremes, from: number, to: number): number {
  const first = (from + blockSize - 1) >> blockBits;
  const end = (to + 1) >> blockBits;
  let least = Infinity;
  if (first >= end) {
    for (let at = from; at <= to; at += 1) least = values[at] < least ? values[at] : least;
    return least;
  }
  for (let at = from; at < first << blockBits; at += 1) least = values[at] < least ? values[at] : least;
  for (let at = end << blockBits; at <= to; at += 1) least = values[at] < least ? values[at] : least;
  const level = 31 - Math.clz32(end - first);
  const table = lowest[level];
  return Math.min(least, table[first], table[end - (1 << level)]);
}

/** The highest value in from..to (both included, from <= to). */
export function highestIn({ values, highest }: Extremes, from: number, to: number): number {
  const first = (from + blockSize - 1) >> blockBits;
  const end = (to + 1) >> blockBits;
  let most = -Infinity;
  if (first >= end) {
    for (let at = from; at <= to; at += 1) most = values[at] > most ? values[at] : most;
    return most;
  }
  for (let at = from; at < first << blockBits; at += 1) most = values[at] > most ? values[at] : most;
  for (let at = end << blockBits; at <= to; at += 1) most = values[at] > most ? values[at] : most;
  const level = 31 - Math.clz32(end - first);
  const table = highest[level];
  return Math.max(most, table[first], table[end - (1 << level)]);
}
