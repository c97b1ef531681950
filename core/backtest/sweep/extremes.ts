/**
 * Lowest and highest value of any range of a column in constant time, so that a drawdown need not look at every bar:
 * over the 16 values from each place on, over blocks of 16, and over 2, 4, 8, … blocks.
 */
export type Extremes = Readonly<{
  values: Float64Array;
  /** Of the whole column. */
  least: number;
  most: number;
  lowest: Tables;
  highest: Tables;
}>;

/** `wide[t]` is over t..t+15; `blocks[k][b]` over the 2^k blocks from block b on. */
type Tables = Readonly<{ wide: Float64Array; blocks: readonly Float64Array[] }>;

const blockBits = 4;
const width = 1 << blockBits;

export function createExtremes(values: Float64Array): Extremes {
  let least = Infinity;
  let most = -Infinity;
  for (let at = 0; at < values.length; at += 1) {
    if (values[at] < least) least = values[at];
    if (values[at] > most) most = values[at];
  }
  return { values, least, most, lowest: createTables(values, Math.min), highest: createTables(values, Math.max) };
}

type Join = (a: number, b: number) => number;

function createTables(values: Float64Array, join: Join): Tables {
  let wide = values;
  for (let step = 1; step < width; step *= 2) wide = joined(wide, step, join);
  const first = new Float64Array(values.length >> blockBits);
  for (let block = 0; block < first.length; block += 1) first[block] = wide[block << blockBits];
  const blocks: Float64Array[] = [first];
  for (let step = 1; step * 2 <= first.length; step *= 2) blocks.push(joined(blocks[blocks.length - 1], step, join));
  return { wide, blocks };
}

/** The table over ranges of twice the width. */
function joined(table: Float64Array, step: number, join: Join): Float64Array {
  const wider = new Float64Array(Math.max(0, table.length - step));
  for (let at = 0; at < wider.length; at += 1) wider[at] = join(table[at], table[at + step]);
  return wider;
}

/** The lowest value in from..to (both included, from <= to). */
export function lowestIn({ values, lowest: { wide, blocks } }: Extremes, from: number, to: number): number {
  let least = values[to];
  if (to - from < width - 1) {
    for (let at = from; at < to; at += 1) if (values[at] < least) least = values[at];
    return least;
  }
  least = Math.min(wide[from], wide[to - width + 1]);
  const first = (from + width - 1) >> blockBits;
  const end = (to + 1) >> blockBits;
  if (first >= end) return least;
  const level = 31 - Math.clz32(end - first);
  const table = blocks[level];
  return Math.min(least, table[first], table[end - (1 << level)]);
}

/** The highest value in from..to (both included, from <= to). */
export function highestIn({ values, highest: { wide, blocks } }: Extremes, from: number, to: number): number {
  let most = values[to];
  if (to - from < width - 1) {
    for (let at = from; at < to; at += 1) if (values[at] > most) most = values[at];
    return most;
  }
  most = Math.max(wide[from], wide[to - width + 1]);
  const first = (from + width - 1) >> blockBits;
  const end = (to + 1) >> blockBits;
  if (first >= end) return most;
  const level = 31 - Math.clz32(end - first);
  const table = blocks[level];
  return Math.max(most, table[first], table[end - (1 << level)]);
}
