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
  const low = new Float64Array(blocks).fill(Infinity);
  const high = new Float64Array(blocks).fill(-Infinity);
  let least = Infinity;
  let most = -Infinity;
  for (let at = 0; at < values.length; at += 1) {
    const value = values[at];
    const block = at >> blockBits;
    if (value < least) least = value;
    if (value > most) most = value;
    if (value < low[block]) low[block] = value;
    if (value > high[block]) high[block] = value;
  }
  const lowest: Float64Array[] = [low];
  const highest: Float64Array[] = [high];
  for (let width = 1; width * 2 <= blocks; width *= 2) {
    lowest.push(joined(lowest[lowest.length - 1], width, Math.min));
    highest.push(joined(highest[highest.length - 1], width, Math.max));
  }
  return { values, least, most, lowest, highest };
}

/** The table over ranges of twice the width. */
function joined(table: Float64Array, width: number, join: (a: number, b: number) => number): Float64Array {
  const wider = new Float64Array(table.length - width);
  for (let at = 0; at < wider.length; at += 1) wider[at] = join(table[at], table[at + width]);
  return wider;
}

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
