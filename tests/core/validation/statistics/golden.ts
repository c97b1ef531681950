import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { projectFolder } from '../../../../config/paths.ts';

type UnitRootCase = {
  args: Record<string, string>;
  stat: number;
  p: number;
  lags: number;
  nobs: number;
  critical: Record<'1%' | '5%' | '10%', number>;
};
type Adjusted = { adjusted: number[]; rejectedAt5Percent: number };

/** Oracle values: scipy 1.17.1, statsmodels 0.15.0, arch 8.0.0, vectorbt 1.1.1 (tests/fixtures/README.md). */
export type Golden = {
  matrix: { rows: number; cols: number; micro: number[] };
  sharpe: Record<string, number[]> & { expectedMaxSharpe: number; varianceOfSharpesDdof1: number };
  pbo: { result: Record<'blocks63and62' | 'first992rowsBlocksOf62', Record<string, number>> };
  spa: {
    arch: Record<string, { mean: number[]; sd: number[] }>;
    ownStudentised: { mean: number[]; sd: number[] };
    stepMSuperiorColumnsBySize: Record<string, number[]>;
  };
  blockLength: Record<'matrixColumns0to4' | 'returns', Record<'stationary' | 'circular', number[]>>;
  multipleTesting: Record<'matrixMeansTwoSidedT' | 'textbook15', { p: number[] } & Record<string, Adjusted>>;
  series: { closeA: number[]; closeB: number[] };
  ljungBox: Record<'returns' | 'squaredReturns', Record<'lags' | 'stat' | 'p', number[]>>;
  adf: Record<'logCloseB' | 'returns', UnitRootCase[]>;
  kpss: { series: string; regression: 'c' | 'ct'; stat: number; p: number; lags: number }[];
  engleGranger: {
    hedgeRatio: number;
    intercept: number;
    tests: { args: Record<string, string>; stat: number; p: number; critical1_5_10: number[] }[];
  };
  varianceRatio: { tests: { q: number; robust: boolean; ratio: number; stat: number; p: number }[] };
  neweyWest: {
    tests: { maxlags: number; use_correction: boolean; mean: number; se: number; t: number; pNormal: number }[];
  };
  lo: Record<string, number> & { eta: Record<string, { factor: number; iid: number }> };
};

const packed = readFileSync(join(projectFolder, 'tests/fixtures/peers/statistics.json.gz'));
export const golden = JSON.parse(gunzipSync(packed).toString('utf8')) as Golden;

const { rows, cols, micro } = golden.matrix;

/** 1,000 x 20 returns of seeded trials; rows = time. */
export const matrix = Array.from({ length: rows }, (_, row) =>
  Array.from({ length: cols }, (_unused, column) => micro[row * cols + column] / 1e6),
);

export const column = (index: number) => matrix.map((row) => row[index]);

const { closeA, closeB } = golden.series;
export const logA = closeA.map(Math.log);
export const logB = closeB.map(Math.log);
/** 730 simple daily returns of BTC. */
export const returns = closeB.slice(1).map((close, index) => close / closeB[index] - 1);

/** Equal to 1e-9 relative, or absolute where the value is near zero. */
export function expectClose(actual: number | undefined, expected: number, tolerance = 1e-9): void {
  const distance = Math.abs((actual ?? Number.NaN) - expected) / Math.max(1, Math.abs(expected));
  expect(distance, `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance);
}
