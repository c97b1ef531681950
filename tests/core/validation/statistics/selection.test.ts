import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blockLength } from '../../../../core/validation/statistics/block-length.ts';
import { bootstrapMean } from '../../../../core/validation/statistics/bootstrap-mean.ts';
import { modelConfidenceSet } from '../../../../core/validation/statistics/model-confidence-set.ts';
import { multipleTesting, multipleTestingMethods } from '../../../../core/validation/statistics/multiple-testing.ts';
import { pbo } from '../../../../core/validation/statistics/pbo.ts';
import { spa } from '../../../../core/validation/statistics/spa.ts';
import { stepM } from '../../../../core/validation/statistics/stepm.ts';
import { column, expectClose, golden, matrix, returns } from './golden.ts';

describe('PBO against numpy', () => {
  test.each([
    ['blocks63and62', matrix],
    ['first992rowsBlocksOf62', matrix.slice(0, 992)],
  ] as const)('%s', (name, rows) => {
    const oracle = golden.pbo.result[name];
    const result = pbo({ matrix: rows });
    expect(result.logits).toHaveLength(oracle.combinations);
    for (const key of ['pbo', 'meanLogit', 'medianLogit', 'probabilityOfLoss', 'degradationSlope'] as const) {
      expectClose(result[key], oracle[key]);
    }
  });

  test('does not care about the order or scale of the trials', () => {
    const shuffled = matrix.slice(0, 64).map((row) => [row[3] * 2, row[1], row[0], row[2]]);
    const plain = matrix.slice(0, 64).map((row) => row.slice(0, 4));
    expect(pbo({ matrix: shuffled, blocks: 8 }).pbo).toBe(pbo({ matrix: plain, blocks: 8 }).pbo);
  });
});

/** Inside four standard errors of the oracle's mean over twelve seeds of its own and one of ours. */
const expectMonteCarlo = (value: number, mean: number, sd: number) =>
  expect(Math.abs(value - mean), `${value} against ${mean}`).toBeLessThanOrEqual(4 * sd * Math.sqrt(1 + 1 / 12));

describe('reality check, SPA and StepM', () => {
  test('studentised: Hansen written down in numpy', () => {
    const { mean, sd } = golden.spa.ownStudentised;
    const result = spa({ returns: matrix, blockSize: 10, reps: 2_000, seed: 1 });
    (['lower', 'consistent', 'upper'] as const).forEach((kind, index) =>
      expectMonteCarlo(result[kind], mean[index + 1], sd[index + 1]),
    );
  });

  test('plain: arch 8.0.0; its upper value is the reality check', () => {
    const { mean, sd } = golden.spa.arch.studentized;
    const losses = matrix.map((row) => row.map((value) => -value));
    const result = spa({ losses, blockSize: 10, reps: 2_000, seed: 2, studentize: false });
    (['lower', 'consistent', 'upper'] as const).forEach((kind, index) =>
      expectMonteCarlo(result[kind], mean[index], sd[index]),
    );
  });

  test.each(Object.entries(golden.spa.stepMSuperiorColumnsBySize))(
    'StepM at size %s finds the columns that arch finds',
    (size, expected) => {
      expect(stepM({ returns: matrix, blockSize: 10, reps: 1_000, seed: 1, size: Number(size) }).superior).toEqual(
        expected,
      );
    },
  );

  test('seeded: the same twice, another with another seed; the benchmark is subtracted', () => {
    const rows = matrix.slice(0, 200).map((row) => row.slice(0, 3));
    const input = { returns: rows, blockSize: 5, reps: 300, seed: 4 };
    expect(spa(input)).toEqual(spa(input));
    expect(spa(input)).not.toEqual(spa({ ...input, seed: 5 }));
    const shifted = {
      ...input,
      returns: rows.map((row, t) => row.map((value) => value + t / 1e5)),
      benchmark: rows.map((_, t) => t / 1e5),
    };
    expectClose(spa(shifted).consistent, spa(input).consistent, 0.01);
  });
});

// arch 8.0.0: MCS(losses, size=0.1, block_size=10, reps=2000, method='R'), p-values over seeds 1..8: mean and sd.
const mcsMean = [
  0.13919, 0.03069, 0.02869, 0.003, 0.34825, 0.03069, 0.35612, 0.35619, 0.127, 0.03369, 0.0115, 0.03788, 1, 0.33538,
  0.35962, 0.21206, 0.35756, 0.35962, 0.35962, 0.35962,
];
const mcsSd = [
  0.01582, 0.0045, 0.00496, 0.00189, 0.02492, 0.00348, 0.02161, 0.02156, 0.01935, 0.00554, 0.00411, 0.00686, 0, 0.0133,
  0.01909, 0.01825, 0.02071, 0.01909, 0.01909, 0.01909,
];

test('the model confidence set agrees with arch', () => {
  const losses = matrix.map((row) => row.map((value) => -value));
  const { included, pValues } = modelConfidenceSet({ losses, size: 0.1, blockSize: 10, reps: 2_000, seed: 1 });
  expect(included).toEqual([0, 4, 6, 7, 8, 12, 13, 14, 15, 16, 17, 18, 19]);
  pValues.forEach((p, model) =>
    expect(Math.abs(p - mcsMean[model])).toBeLessThanOrEqual(4 * mcsSd[model] * Math.sqrt(1 + 1 / 8)),
  );
});

describe('block length against arch', () => {
  test.each([0, 1, 2, 3, 4])('column %d', (index) => {
    const { stationary, circular } = blockLength({ returns: column(index) });
    expectClose(stationary, golden.blockLength.matrixColumns0to4.stationary[index]);
    expectClose(circular, golden.blockLength.matrixColumns0to4.circular[index]);
  });

  test('BTC', () => {
    const { stationary, circular } = blockLength({ returns });
    expectClose(stationary, golden.blockLength.returns.stationary[0]);
    expectClose(circular, golden.blockLength.returns.circular[0]);
  });
});

describe('bootstrap of a mean', () => {
  // iid normal: the interval has to be mean +- 1.96 sd / sqrt(n), within Monte-Carlo error (sd of a 2.5 % quantile: 3 %).
  test('has the width of the normal interval where nothing depends', () => {
    const own = column(7);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const se = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length / own.length);
    const result = bootstrapMean({ returns: own, blockSize: 1, reps: 4_000, seed: 9 });
    expectClose(result.mean, mean, 1e-12);
    expect((result.high - result.low) / (2 * 1.96 * se)).toBeCloseTo(1, 1);
  });

  test('has a p that is never 0: the sample is one of its resamples', () => {
    const sure = returns.map((value) => value + 10);
    expect(bootstrapMean({ returns: sure, blockSize: 3, reps: 999, seed: 3 }).pValue).toBe(1 / 1_000);
  });

  test('is seeded, and p falls as the mean rises', () => {
    const input = { returns, reps: 500, seed: 3 };
    expect(bootstrapMean(input)).toEqual(bootstrapMean(input));
    const raised = bootstrapMean({ ...input, returns: returns.map((value) => value + 0.01), blockSize: 3 });
    expect(raised.pValue).toBeLessThan(bootstrapMean({ ...input, blockSize: 3 }).pValue);
  });
});

describe('multiple testing against statsmodels', () => {
  const names = {
    bonferroni: 'bonferroni',
    holm: 'holm',
    hochberg: 'simes-hochberg',
    hommel: 'hommel',
    sidak: 'sidak',
    bh: 'fdr_bh',
    by: 'fdr_by',
  };
  test.each(
    multipleTestingMethods.flatMap((method) => [
      [method, 'textbook15'] as const,
      [method, 'matrixMeansTwoSidedT'] as const,
    ]),
  )('%s on %s', (method, set) => {
    const oracle = golden.multipleTesting[set];
    const { adjusted, rejected } = multipleTesting({ p: oracle.p, method });
    adjusted.forEach((p, index) => expectClose(p, oracle[names[method]].adjusted[index]));
    expect(rejected.filter(Boolean)).toHaveLength(oracle[names[method]].rejectedAt5Percent);
  });

  test('adjusted values keep the order, never fall below the raw ones, and follow a permutation', () => {
    const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(probabilities, fc.constantFrom(...multipleTestingMethods), (p, method) => {
        const { adjusted } = multipleTesting({ p, method });
        const reversed = multipleTesting({ p: p.toReversed(), method }).adjusted.toReversed();
        adjusted.forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual(p[i] * (1 - 1e-12));
          expectClose(reversed[i], value, 1e-12);
          expect(adjusted.filter((_unused, j) => p[j] > p[i]).every((above) => above >= value)).toBe(true);
        });
      }),
    );
  });

  test.each(multipleTestingMethods)('%s: tests that are not listed are as many ones', (method) => {
    const p = [0.2, 0.0001, 0.004, 0.03, 0.00002];
    for (const unlisted of [1, 60, 300]) {
      const spelledOut = multipleTesting({ p: [...p, ...Array<number>(unlisted).fill(1)], method }).adjusted;
      multipleTesting({ p, method, unlisted }).adjusted.forEach((value, i) => expectClose(value, spelledOut[i], 1e-13));
    }
  });

  test('unlisted tests, as statsmodels 0.15.0 has p + [1] * 300', () => {
    const p = [0.0001, 0.004, 0.019, 0.03, 0.2];
    expectClose(multipleTesting({ p, method: 'by', unlisted: 300 }).adjusted[0], 0.1921245596436478, 1e-13);
    expectClose(multipleTesting({ p, method: 'bh', unlisted: 300 }).adjusted[1], 0.61, 1e-13);
    const [trillion] = multipleTesting({ p: [1e-18], method: 'by', unlisted: 1e12 }).adjusted;
    expectClose(trillion * 1e6, 28.20823678085979, 1e-13); // (M = 1e12 + 1) (ln M + 0.5772156649015329 + 1 / 2M)
  });
});

test.each([
  ['odd blocks', () => pbo({ matrix, blocks: 7 }), 'blocks'],
  ['few rows', () => pbo({ matrix: matrix.slice(0, 31) }), 'matrix'],
  ['a constant column', () => pbo({ matrix: matrix.map(([a]) => [a, 1]) }), 'matrix[][1]'],
  ['neither', () => spa({}), 'returns'],
  ['both', () => spa({ returns: matrix, losses: matrix }), 'returns'],
  ['few reps', () => spa({ returns: matrix, reps: 10 }), 'reps'],
  ['a short benchmark', () => spa({ returns: matrix, benchmark: [0] }), 'benchmark'],
  ['one model', () => modelConfidenceSet({ losses: matrix.map(([a]) => [a]) }), 'losses'],
  ['size 1', () => stepM({ returns: matrix, size: 1 }), 'size'],
  ['p above 1', () => multipleTesting({ p: [0.5, 1.5], method: 'holm' }), 'p[1]'],
  ['half a test', () => multipleTesting({ p: [0.1], method: 'holm', unlisted: 0.5 }), 'unlisted'],
  ['too many for hommel', () => multipleTesting({ p: [0.1], method: 'hommel', unlisted: 10_001 }), 'unlisted'],
  ['p below 0', () => multipleTesting({ p: [-0.1], method: 'holm' }), 'p[0]'],
  ['a constant', () => blockLength({ returns: Array.from({ length: 20 }, () => 1) }), 'returns'],
  ['a seed below 0', () => bootstrapMean({ returns, seed: -1 }), 'seed'],
])('%s is refused by name', (_, call, path) => {
  expect(call).toThrow(expect.objectContaining({ code: 'BadInput', place: expect.objectContaining({ path }) }));
});
