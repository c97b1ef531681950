import { type Resampler, stationaryResampler } from './block-bootstrap.ts';
import { blockLength } from './block-length.ts';
import { refuse, requireMatrix, requireNumber, requireSeries } from './require.ts';

export type SpaInput = Readonly<{
  /** Rows = time, columns = models: returns (more is better); or `losses` (less is better). */
  returns?: readonly (readonly number[])[];
  losses?: readonly (readonly number[])[];
  /** The benchmark's returns or losses, one a row; default 0. */
  benchmark?: readonly number[];
  /** Mean block length; default the largest automatic one among the columns, at least 1. */
  blockSize?: number;
  reps?: number;
  seed?: number;
  /** Divide by each model's standard error (Hansen, default), or not (White: `upper` is his reality check). */
  studentize?: boolean;
}>;

export type Spa = Readonly<{ lower: number; consistent: number; upper: number }>;

/**
 * Whether the best of many models beats the benchmark by more than luck: small p says it does. `upper` takes every
 * model as not worse, `lower` drops the poor ones, `consistent` is Hansen's recommended middle.
 * White (2000), Econometrica 68(5); Hansen (2005), Journal of Business & Economic Statistics 23(4); stationary bootstrap.
 */
export function spa(input: SpaInput): Spa {
  const problem = spaProblem(input);
  const { means, errors, scale, rootCount } = problem;
  const observed = Math.max(0, ...means.map((mean, model) => (rootCount * mean) / scale[model]));
  const threshold = -Math.sqrt(2 * Math.log(Math.log(rootCount ** 2)));
  const centres = {
    lower: means.map((mean) => Math.max(mean, 0)),
    consistent: means.map((mean, model) => ((rootCount * mean) / errors[model] >= threshold ? mean : 0)),
    upper: means,
  };
  const exceed = { lower: 0, consistent: 0, upper: 0 };
  forEachReplicate(problem, (resampled) => {
    for (const kind of ['lower', 'consistent', 'upper'] as const) {
      let largest = 0;
      for (let model = 0; model < means.length; model++) {
        const statistic = (rootCount * (resampled[model] - centres[kind][model])) / scale[model];
        if (statistic > largest) largest = statistic;
      }
      if (largest > observed) exceed[kind]++;
    }
  });
  const { reps } = problem;
  return { lower: exceed.lower / reps, consistent: exceed.consistent / reps, upper: exceed.upper / reps };
}

export type SpaProblem = Readonly<{
  /** Advantage over the benchmark, one column a model. */
  columns: readonly Float64Array[];
  means: readonly number[];
  /** Long-run standard deviation of each column under the stationary bootstrap. */
  errors: readonly number[];
  /** What statistics are divided by: `errors`, or ones. */
  scale: readonly number[];
  rootCount: number;
  reps: number;
  resample: Resampler;
}>;

/** Checks the input and computes what the tests of this family share. */
export function spaProblem(input: SpaInput): SpaProblem {
  const { reps = 2_000, seed = 0, studentize = true } = input;
  const columns = advantages(input);
  requireNumber('reps', reps, { min: 100, max: 1_000_000, integer: true });
  requireNumber('seed', seed, { min: 0, max: 2 ** 32 - 1, integer: true });
  const count = columns[0].length;
  const blockSize =
    input.blockSize ?? Math.max(1, ...columns.map((column) => blockLength({ returns: [...column] }).stationary));
  requireNumber('blockSize', blockSize, { min: 1, max: count });
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / count);
  const errors = columns.map((column, model) => bootstrapError(column, means[model], blockSize));
  const scale = studentize ? errors : errors.map(() => 1);
  return {
    columns,
    means,
    errors,
    scale,
    rootCount: Math.sqrt(count),
    reps,
    resample: stationaryResampler(blockSize, seed),
  };
}

/** Calls with the column means of each resample, in order; the array is reused. */
export function forEachReplicate({ columns, reps, resample }: SpaProblem, visit: (means: Float64Array) => void): void {
  const count = columns[0].length;
  const indexes = new Int32Array(count);
  const means = new Float64Array(columns.length);
  for (let replicate = 0; replicate < reps; replicate++) {
    resample(indexes, replicate);
    for (let model = 0; model < columns.length; model++) {
      const column = columns[model];
      let sum = 0;
      for (let i = 0; i < count; i++) sum += column[indexes[i]];
      means[model] = sum / count;
    }
    visit(means);
  }
}

function advantages({ returns, losses, benchmark }: SpaInput): Float64Array[] {
  const path = returns === undefined ? 'losses' : 'returns';
  const rows = returns ?? losses;
  if (rows === undefined || (returns !== undefined && losses !== undefined)) {
    refuse(
      'returns',
      rows === undefined ? 'missing' : 'given beside losses',
      'either returns or losses',
      rows === undefined ? 'neither' : 'both',
    );
  }
  requireMatrix(path, rows, { rows: 10, columns: 1 });
  if (benchmark !== undefined) {
    requireSeries('benchmark', benchmark, { atLeast: rows.length });
    if (benchmark.length !== rows.length)
      refuse('benchmark', 'of another length', `${rows.length} values`, `${benchmark.length}`);
  }
  const sign = returns === undefined ? -1 : 1;
  return rows[0].map((_, model) => {
    const column = Float64Array.from(rows, (row, t) => sign * (row[model] - (benchmark?.[t] ?? 0)));
    requireSeries(`${path}[][${model}]`, column, { atLeast: 10, varying: true });
    return column;
  });
}

/** Hansen (2005), appendix: the variance that the stationary bootstrap itself has, in closed form. */
function bootstrapError(column: Float64Array, mean: number, blockSize: number): number {
  const count = column.length;
  const keep = 1 - 1 / blockSize;
  let variance = 0;
  for (const value of column) variance += (value - mean) ** 2;
  for (let lag = 1; lag < count; lag++) {
    const weight = (1 - lag / count) * keep ** lag + (lag / count) * keep ** (count - lag);
    if (weight < 1e-17) continue;
    let cross = 0;
    for (let i = lag; i < count; i++) cross += (column[i] - mean) * (column[i - lag] - mean);
    variance += 2 * weight * cross;
  }
  // A strongly alternating series may round to zero or below; the floor keeps the division defined.
  return Math.sqrt(Math.max(variance / count, 1e-16));
}
