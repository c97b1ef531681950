import { type Cholesky, cholesky } from '../../core/math/cholesky.ts';
import { projectOut } from '../../core/math/project-out.ts';
import { symmetricEigen } from '../../core/math/symmetric-eigen.ts';

/** 0: unrestricted constant, levels may drift (Johansen's case 3); -1: no deterministic term. */
export type DeterministicOrder = 0 | -1;

/** N series: statistics of rank <= 0..N-1, and the first cointegrating vector with its adjustment speeds. */
export type Johansen = Readonly<{
  /** Squared canonical correlations, falling, in 0..1. */
  eigenvalues: number[];
  traceStat: number[];
  maxEigStat: number[];
  /** First vector (N), of any scale; relative to it `adjustment` is scaled by its own first entry. */
  vector: number[];
  /** Speeds (N) at which the series adjust to a unit of vector / vector[0], a bar. */
  adjustment: number[];
}>;

/** Residuals no larger than this beside what they are residuals of are rounding. */
const rounding = 1e-10;

/** Least squared pivot of the moments' correlation form. */
const leastPivot = 1e-12;

/**
 * Johansen's reduced rank regression of the changes of `levels` (N columns of n rows) on the levels before, given
 * `lags` lagged changes. Undefined where the moments are not positive definite: collinear or constant series. The
 * moments are taken in correlation form, so that series of very different sizes lose no digits. Johansen (1995),
 * Likelihood-Based Inference in Cointegrated Vector Autoregressive Models, ch. 6. Note that statsmodels' coint_johansen
 * agrees for lags >= 1 only: at 0 it pairs each change with the level after it.
 */
export function johansen(
  levels: readonly Float64Array[],
  { lags, detOrder }: Readonly<{ lags: number; detOrder: DeterministicOrder }>,
): Johansen | undefined {
  const rows = levels[0].length - 1 - lags;
  const changes = levels.map((column) => column.slice(1).map((value, t) => value - column[t]));
  const nuisance = detOrder === 0 ? [new Float64Array(rows).fill(1)] : [];
  for (let lag = 1; lag <= lags; lag++) {
    for (const column of changes) nuisance.push(column.subarray(lags - lag, lags - lag + rows));
  }
  const latest = residualsOf(
    changes.map((column) => column.subarray(lags)),
    nuisance,
  );
  const before = residualsOf(
    levels.map((column) => column.subarray(lags, lags + rows)),
    nuisance,
  );
  if (latest === undefined || before === undefined) return undefined;
  const cross = crossProducts(before.units, latest.units);
  const whitened = whiten(cross, before.factor, latest.factor);

  const { values, vectors } = symmetricEigen(crossProducts(whitened, whitened));
  const eigenvalues = [...values].map((value) => Math.min(1 - Number.EPSILON, Math.max(0, value)));
  const logs = eigenvalues.map((value) => -rows * Math.log1p(-value));
  const scaled = before.factor.backward(vectors[0]);
  const vector = [...scaled].map((value, i) => value / before.norms[i]);
  return {
    eigenvalues,
    traceStat: logs.map((_, rank) => logs.slice(rank).reduce((sum, value) => sum + value, 0)),
    maxEigStat: logs,
    vector,
    adjustment: latest.norms.map(
      (norm, i) => norm * vector[0] * scaled.reduce((sum, v, j) => sum + cross[j][i] * v, 0),
    ),
  };
}

type Residuals = Readonly<{ units: Float64Array[]; norms: number[]; factor: Cholesky }>;

/** Residuals on `nuisance` scaled to unit length, their lengths, and the factor of their correlations. */
function residualsOf(columns: readonly Float64Array[], nuisance: readonly Float64Array[]): Residuals | undefined {
  const residuals = projectOut(nuisance, columns);
  const norms = residuals.map((column) => Math.sqrt(dot(column, column)));
  if (norms.some((norm, i) => !(norm > rounding * Math.sqrt(dot(columns[i], columns[i]))))) return undefined;
  const units = residuals.map((column, i) => column.map((value) => value / norms[i]));
  const factor = cholesky(crossProducts(units, units), leastPivot);
  return factor && { units, norms, factor };
}

/** L^-1 C K^-T of C with the lower factors L of its rows' moments and K of its columns': rows of the result. */
function whiten(cross: readonly Float64Array[], rowFactor: Cholesky, columnFactor: Cholesky): Float64Array[] {
  const byColumn = cross.map((_, j) => rowFactor.forward(cross.map((row) => row[j])));
  return cross.map((_, i) => columnFactor.forward(byColumn.map((column) => column[i])));
}

const crossProducts = (left: readonly Float64Array[], right: readonly Float64Array[]): Float64Array[] =>
  left.map((a) => Float64Array.from(right, (b) => dot(a, b)));

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < a.length; t++) sum += a[t] * b[t];
  return sum;
}

type Levels = readonly [ninety: number, ninetyFive: number, ninetyNine: number];
type Table = readonly Levels[];

// MacKinnon, Haug & Michelis (1999), Journal of Applied Econometrics 14: N - r = 1..6, at 90, 95 and 99 %.
const traceTables: Readonly<Record<DeterministicOrder, Table>> = {
  0: [
    [2.7055, 3.8415, 6.6349],
    [13.4294, 15.4943, 19.9349],
    [27.0669, 29.7961, 35.4628],
    [44.4929, 47.8545, 54.6815],
    [65.8202, 69.8189, 77.8202],
    [91.109, 95.7542, 104.9637],
  ],
  [-1]: [
    [2.9762, 4.1296, 6.9406],
    [10.4741, 12.3212, 16.364],
    [21.7781, 24.2761, 29.5147],
    [37.0339, 40.1749, 46.5716],
    [56.2839, 60.0627, 67.6367],
    [79.5329, 83.9383, 92.7136],
  ],
};
const maxEigTables: Readonly<Record<DeterministicOrder, Table>> = {
  0: [
    [2.7055, 3.8415, 6.6349],
    [12.2971, 14.2639, 18.52],
    [18.8928, 21.1314, 25.865],
    [25.1236, 27.5858, 32.7172],
    [31.2379, 33.8777, 39.3693],
    [37.2786, 40.0763, 45.8662],
  ],
  [-1]: [
    [2.9762, 4.1296, 6.9406],
    [9.4748, 11.2246, 15.0923],
    [15.7175, 17.7961, 22.2519],
    [21.837, 24.1592, 29.0609],
    [27.916, 30.4428, 35.7359],
    [33.9271, 36.6301, 42.2333],
  ],
};

/** Critical values at 90, 95 and 99 % of rank <= 0..N-1, for 1 to 6 series. */
export function johansenCriticalValues(series: number, detOrder: DeterministicOrder) {
  const rows = (table: Table) => Array.from({ length: series }, (_, rank) => [...table[series - rank - 1]]);
  return { trace: rows(traceTables[detOrder]), maxEig: rows(maxEigTables[detOrder]) };
}
