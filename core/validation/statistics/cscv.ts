/** Every half of the blocks once as in-sample, the rest as out-of-sample; entries in the order of the halves. */
export type Cscv = Readonly<{
  /** ln(w / (1 - w)), w = average rank of the in-sample best out of sample / (columns + 1). */
  logits: Float64Array;
  /** Column with the best Sharpe ratio in sample, the first of equals. */
  selected: Int32Array;
  /** Sharpe ratios (a period, ddof 1) of the selected column. */
  inSample: Float64Array;
  outOfSample: Float64Array;
  /** First column that is constant inside a half, where it has a Sharpe ratio of 0. */
  idleColumn?: number;
}>;

/**
 * Combinatorially symmetric cross-validation: Bailey, Borwein, Lopez de Prado & Zhu (2017), Journal of Computational
 * Finance 20(4), steps 1-7. Sums a block make a half cost O(blocks x columns). A column that does not vary inside a half
 * (it did not trade) has a Sharpe ratio of 0 there.
 *
 * @param matrix rows = time, at least 2 a block; columns = trials
 * @param blocks even; as numpy.array_split, the longer blocks first
 */
export function cscv(matrix: readonly (readonly number[])[], blocks: number): Cscv {
  const sums = blockSums(matrix, blocks);
  const { columns } = sums;
  const halves = halvesOf(blocks);
  const count = halves.length / blocks;
  const result = {
    logits: new Float64Array(count),
    selected: new Int32Array(count),
    inSample: new Float64Array(count),
    outOfSample: new Float64Array(count),
  };
  const train = new Float64Array(columns);
  const test = new Float64Array(columns);
  let idleColumn: number | undefined;
  for (let i = 0; i < count; i++) {
    const half = halves.subarray(i * blocks, (i + 1) * blocks);
    const idle = sharpesOf(sums, half.subarray(0, blocks / 2), train);
    const idleLater = sharpesOf(sums, half.subarray(blocks / 2), test);
    idleColumn ??= idle ?? idleLater;
    const best = firstLargest(train);
    const rank = averageRank(test, best) / (columns + 1);
    result.logits[i] = Math.log(rank / (1 - rank));
    result.selected[i] = best;
    result.inSample[i] = train[best];
    result.outOfSample[i] = test[best];
  }
  return { ...result, ...(idleColumn !== undefined && { idleColumn }) };
}

/** All ways to choose `count` of 0..size-1, each ascending, in lexicographic order. */
export function* combinations(size: number, count: number): Generator<number[]> {
  const chosen = Array.from({ length: count }, (_, index) => index);
  for (;;) {
    yield [...chosen];
    let place = count - 1;
    while (place >= 0 && chosen[place] === size - count + place) place--;
    if (place < 0) return;
    chosen[place]++;
    for (let next = place + 1; next < count; next++) chosen[next] = chosen[next - 1] + 1;
  }
}

/** For each half one after the other: its blocks, then the others. */
function halvesOf(blocks: number): Uint8Array {
  const halves = [...combinations(blocks, blocks / 2)];
  const flat = new Uint8Array(halves.length * blocks);
  halves.forEach((half, index) => {
    const inside = new Set(half);
    flat.set(half, index * blocks);
    let at = index * blocks + blocks / 2;
    for (let block = 0; block < blocks; block++) if (!inside.has(block)) flat[at++] = block;
  });
  return flat;
}

type BlockSums = Readonly<{
  columns: number;
  /** Mean of each column over all rows; the sums are of what is left without it, which saves digits. */
  means: Float64Array;
  /** Rows a block. */
  rows: Int32Array;
  /** By block, then column. */
  sum: Float64Array;
  squares: Float64Array;
  low: Float64Array;
  high: Float64Array;
  /** Columns that are constant inside so many blocks that they may be in a half: sums never show that exactly. */
  suspects: readonly number[];
}>;

function blockSums(matrix: readonly (readonly number[])[], blocks: number): BlockSums {
  const columns = matrix[0].length;
  const means = new Float64Array(columns);
  for (const row of matrix) for (let j = 0; j < columns; j++) means[j] += row[j] / matrix.length;
  const rows = Int32Array.from(
    { length: blocks },
    (_, block) => Math.floor(matrix.length / blocks) + (block < matrix.length % blocks ? 1 : 0),
  );
  const size = blocks * columns;
  const sum = new Float64Array(size);
  const squares = new Float64Array(size);
  const low = new Float64Array(size).fill(Infinity);
  const high = new Float64Array(size).fill(-Infinity);
  let row = 0;
  for (let block = 0; block < blocks; block++) {
    for (const end = row + rows[block]; row < end; row++) {
      for (let j = 0; j < columns; j++) {
        const at = block * columns + j;
        const value = matrix[row][j];
        const centred = value - means[j];
        sum[at] += centred;
        squares[at] += centred * centred;
        if (value < low[at]) low[at] = value;
        if (value > high[at]) high[at] = value;
      }
    }
  }
  const still = new Int32Array(columns);
  for (let at = 0; at < size; at++) if (low[at] === high[at]) still[at % columns]++;
  const suspects = [...still.keys()].filter((column) => still[column] >= blocks / 2);
  return { columns, means, rows, sum, squares, low, high, suspects };
}

/** Writes the Sharpe ratio of each column over the chosen blocks; returns the first column that does not vary there. */
function sharpesOf(sums: BlockSums, chosen: Uint8Array, into: Float64Array): number | undefined {
  const { columns, means, rows, sum, squares } = sums;
  let count = 0;
  for (const block of chosen) count += rows[block];
  for (let j = 0; j < columns; j++) {
    let total = 0;
    let square = 0;
    for (let i = 0; i < chosen.length; i++) {
      const at = chosen[i] * columns + j;
      total += sum[at];
      square += squares[at];
    }
    const average = total / count;
    const variance = (square - total * average) / (count - 1);
    into[j] = variance > 0 ? (means[j] + average) / Math.sqrt(variance) : 0;
  }
  let idle: number | undefined;
  for (const column of sums.suspects) {
    if (!isConstant(sums, chosen, column)) continue;
    into[column] = 0;
    idle ??= column;
  }
  return idle;
}

function isConstant({ columns, low, high }: BlockSums, chosen: Uint8Array, column: number): boolean {
  const first = low[chosen[0] * columns + column];
  return chosen.every((block) => low[block * columns + column] === first && high[block * columns + column] === first);
}

function firstLargest(values: Float64Array): number {
  let best = 0;
  for (let j = 1; j < values.length; j++) if (values[j] > values[best]) best = j;
  return best;
}

function averageRank(values: Float64Array, index: number): number {
  const value = values[index];
  let below = 0;
  let equal = 0;
  for (let j = 0; j < values.length; j++) {
    if (values[j] < value) below++;
    else if (values[j] === value) equal++;
  }
  return below + (equal + 1) / 2;
}
