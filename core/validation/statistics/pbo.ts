import { refuse, requireMatrix, requireNumber } from './require.ts';

export type Pbo = Readonly<{
  /** Share of splits in which the in-sample best is at or below the median out of sample. */
  pbo: number;
  meanLogit: number;
  medianLogit: number;
  /** Share of splits in which the in-sample best has a negative Sharpe ratio out of sample. */
  probabilityOfLoss: number;
  /** Slope of the out-of-sample Sharpe of the in-sample best on its in-sample Sharpe. */
  degradationSlope: number;
  /** One a split, in lexicographic order of the in-sample blocks. */
  logits: readonly number[];
}>;

/**
 * Probability of backtest overfitting by combinatorially symmetric cross-validation: every half of `blocks` blocks of
 * rows is in-sample once; logit = ln(w / (1 - w)) with w = ascending average rank of the in-sample best among the
 * out-of-sample Sharpe ratios (mean / sd, ddof 1) / (N + 1).
 * Bailey, Borwein, Lopez de Prado & Zhu (2017), Journal of Computational Finance 20(4).
 *
 * @param input.matrix rows = time, columns = N >= 2 trials; at least 2 rows a block; columns must vary inside a half
 * @param input.blocks even, 2..20 (20 means 184,756 splits), default 16
 */
export function pbo(input: Readonly<{ matrix: readonly (readonly number[])[]; blocks?: number }>): Pbo {
  const { matrix, blocks = 16 } = input;
  requireNumber('blocks', blocks, { min: 2, max: 20, integer: true });
  if (blocks % 2 === 1) refuse('blocks', 'odd', 'an even number', `${blocks}`);
  requireMatrix('matrix', matrix, { rows: 2 * blocks, columns: 2 });
  const sums = blockSums(matrix, blocks);
  const inSample: number[] = [];
  const outOfSample: number[] = [];
  const logits: number[] = [];
  for (const chosen of combinations(blocks, blocks / 2)) {
    const train = sharpes(sums, chosen);
    const rest = Array.from({ length: blocks }, (_, block) => block).filter((block) => !chosen.includes(block));
    const test = sharpes(sums, rest);
    const best = train.indexOf(Math.max(...train));
    const rank = averageRank(test, best) / (train.length + 1);
    inSample.push(train[best]);
    outOfSample.push(test[best]);
    logits.push(Math.log(rank / (1 - rank)));
  }
  return {
    pbo: share(logits, (logit) => logit <= 0),
    meanLogit: mean(logits),
    medianLogit: median(logits),
    probabilityOfLoss: share(outOfSample, (sharpe) => sharpe < 0),
    degradationSlope: slope(inSample, outOfSample),
    logits,
  };
}

type BlockSums = Readonly<{ rows: number; sum: Float64Array; squares: Float64Array }>;

/** Consecutive blocks whose sizes differ by at most one row, the longer ones first (as numpy.array_split). */
function blockSums(matrix: readonly (readonly number[])[], blocks: number): BlockSums[] {
  const base = Math.floor(matrix.length / blocks);
  const longer = matrix.length % blocks;
  let row = 0;
  return Array.from({ length: blocks }, (_, block) => {
    const rows = base + (block < longer ? 1 : 0);
    const sum = new Float64Array(matrix[0].length);
    const squares = new Float64Array(matrix[0].length);
    for (const end = row + rows; row < end; row++) {
      matrix[row].forEach((value, column) => {
        sum[column] += value;
        squares[column] += value * value;
      });
    }
    return { rows, sum, squares };
  });
}

function sharpes(sums: readonly BlockSums[], chosen: readonly number[]): number[] {
  const rows = chosen.reduce((total, block) => total + sums[block].rows, 0);
  return Array.from(sums[0].sum, (_, column) => {
    let sum = 0;
    let squares = 0;
    for (const block of chosen) {
      sum += sums[block].sum[column];
      squares += sums[block].squares[column];
    }
    const average = sum / rows;
    const variance = (squares - rows * average * average) / (rows - 1);
    // What is left of a constant column is rounding: far below one part in 1e12 of its mean square.
    if (!(variance > (1e-12 * squares) / rows))
      refuse(`matrix[][${column}]`, 'constant inside a half', 'values that differ', 'no spread');
    return average / Math.sqrt(variance);
  });
}

function averageRank(values: readonly number[], index: number): number {
  const below = values.filter((value) => value < values[index]).length;
  const equal = values.filter((value) => value === values[index]).length;
  return below + (equal + 1) / 2;
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

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const share = (values: readonly number[], holds: (value: number) => boolean) =>
  values.filter(holds).length / values.length;

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function slope(x: readonly number[], y: readonly number[]): number {
  const meanX = mean(x);
  const meanY = mean(y);
  let cross = 0;
  let square = 0;
  x.forEach((value, index) => {
    cross += (value - meanX) * (y[index] - meanY);
    square += (value - meanX) ** 2;
  });
  return cross / square;
}
