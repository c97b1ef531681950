import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectFolder } from '../../../../config/paths.ts';
import { adf } from '../../../../core/validation/statistics/adf.ts';
import { cpcv, purge, walkForwardWindows } from '../../../../core/validation/statistics/cross-validation.ts';
import { engleGranger } from '../../../../core/validation/statistics/engle-granger.ts';
import { kpss } from '../../../../core/validation/statistics/kpss.ts';
import { ljungBox } from '../../../../core/validation/statistics/ljung-box.ts';
import { neweyWest } from '../../../../core/validation/statistics/newey-west.ts';
import { varianceRatio } from '../../../../core/validation/statistics/variance-ratio.ts';
import { expectClose, golden, logA, logB, returns } from './golden.ts';

describe('against statsmodels and arch', () => {
  test('Newey-West', () => {
    for (const { maxlags, mean, se, t, pNormal } of golden.neweyWest.tests.filter((row) => !row.use_correction)) {
      const result = neweyWest({ returns, lags: maxlags });
      expectClose(result.mean, mean);
      expectClose(result.se, se);
      expectClose(result.t, t);
      expectClose(result.pValue, pNormal);
    }
  });

  test.each([
    ['returns', returns],
    ['squaredReturns', returns.map((value) => value * value)],
  ] as const)('Ljung-Box of %s', (name, series) => {
    const { lags, stat, p } = golden.ljungBox[name];
    const result = ljungBox({ series, lags });
    result.statistics.forEach((statistic, index) => expectClose(statistic, stat[index]));
    result.pValues.forEach((value, index) => expectClose(value, p[index]));
  });

  test.each([
    ['logCloseB', logB],
    ['returns', returns],
  ] as const)('Dickey-Fuller of %s', (name, series) => {
    for (const { args, stat, p, lags, nobs, critical } of golden.adf[name]) {
      const result = adf({
        series,
        trend: args.regression as 'n' | 'c' | 'ct',
        lags: args.autolag === 'AIC' ? 'aic' : Number(args.maxlag),
      });
      expect(result).toMatchObject({ usedLags: lags, observations: nobs });
      expectClose(result.statistic, stat);
      expectClose(result.pValue, p);
      for (const level of ['1%', '5%', '10%'] as const) expectClose(result.criticalValues[level], critical[level]);
    }
  });

  test('KPSS', () => {
    for (const { series, regression, stat, p, lags } of golden.kpss) {
      const result = kpss({ series: series === 'returns' ? returns : logB, trend: regression });
      expect(result.usedLags).toBe(lags);
      expectClose(result.statistic, stat);
      expectClose(result.pValue, p);
    }
  });

  test('Engle-Granger', () => {
    for (const { args, stat, p, critical1_5_10 } of golden.engleGranger.tests) {
      const lags = args.autolag === 'aic' ? 'aic' : Number(args.maxlag);
      const result = engleGranger({ dependent: logA, regressor: logB, trend: args.trend as 'c' | 'ct', lags });
      expectClose(result.statistic, stat);
      expectClose(result.pValue, p);
      Object.values(result.criticalValues).forEach((value, index) => expectClose(value, critical1_5_10[index]));
      if (args.trend !== 'c') continue;
      expectClose(result.hedgeRatio, golden.engleGranger.hedgeRatio);
      expectClose(result.intercept, golden.engleGranger.intercept);
    }
  });

  test('variance ratio', () => {
    for (const { q, robust, ratio, stat, p } of golden.varianceRatio.tests) {
      const result = varianceRatio({ series: logB, lags: q, robust });
      expectClose(result.ratio, ratio);
      expectClose(result.statistic, stat);
      expectClose(result.pValue, p);
    }
  });
});

test('a random walk shifted and scaled keeps its tests', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      fc.double({ min: -50, max: 50, noNaN: true }),
      (scale, shift) => {
        const moved = logB.map((value) => value * scale + shift);
        expectClose(adf({ series: moved, lags: 2 }).statistic, adf({ series: logB, lags: 2 }).statistic, 1e-6);
        expectClose(
          varianceRatio({ series: moved, lags: 4 }).ratio,
          varianceRatio({ series: logB, lags: 4 }).ratio,
          1e-8,
        );
        expectClose(kpss({ series: moved, lags: 4 }).statistic, kpss({ series: logB, lags: 4 }).statistic, 1e-6);
      },
    ),
    { numRuns: 20 },
  );
});

describe('combinatorial purged cross-validation', () => {
  type Oracle = {
    splits: number;
    paths: number;
    perSplit: { train: [count: number, sum: number]; tests: [number, number][] }[];
  };
  const file = join(projectFolder, 'tests/fixtures/peers/cpcv-skfolio.json');
  const oracle = JSON.parse(readFileSync(file, 'utf8')) as Oracle;

  // skfolio 0.20.1: CombinatorialPurgedCV(n_folds=10, n_test_folds=2, purged_size=5, embargo_size=5) on 730 rows.
  test('has the splits of skfolio', () => {
    const { splits, paths } = cpcv({ observations: 730, folds: 10, testFolds: 2, purge: 5, embargo: 5 });
    expect(paths).toHaveLength(oracle.paths);
    const rows = splits.map(({ train, tests }) => ({
      train: [train.length, train.reduce((sum, index) => sum + index, 0)],
      tests: tests.map(({ from, to }) => [from, to - 1]),
    }));
    expect(rows).toEqual(oracle.perSplit);
  });

  test('every path tests every fold once, in a split that tests it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1, max: 4 }), (folds, wanted) => {
        const testFolds = Math.min(wanted, folds - 1);
        const { splits, paths } = cpcv({ observations: 100, folds, testFolds });
        expect(paths.length * folds).toBe(splits.length * testFolds);
        const used = paths.flatMap((path) => path.map((split, fold) => `${split}:${fold}`));
        expect(new Set(used).size).toBe(used.length);
        for (const path of paths) path.forEach((split, fold) => expect(splits[split].testFolds).toContain(fold));
      }),
    );
  });
});

describe('purge and walk-forward', () => {
  test('nothing within the purge of a test span, or the embargo after it, is trained on', () => {
    expect(purge({ observations: 12, tests: [{ from: 4, to: 6 }], purge: 1, embargo: 2 }).train).toEqual([
      0, 1, 2, 9, 10, 11,
    ]);
  });

  test('windows are adjacent, end at the end and train only on what came before', () => {
    const { windows } = walkForwardWindows({ observations: 100, windows: 5, trainWindows: 2, purge: 3 });
    expect(windows.map(({ test: { from, to } }) => [from, to])).toEqual([
      [30, 44],
      [44, 58],
      [58, 72],
      [72, 86],
      [86, 100],
    ]);
    expect(windows.map(({ train: { from, to } }) => [from, to])).toEqual([
      [0, 27],
      [16, 41],
      [30, 55],
      [44, 69],
      [58, 83],
    ]);
    const anchored = walkForwardWindows({ observations: 100, windows: 5, anchored: true }).windows;
    expect(anchored.every(({ train }) => train.from === 0)).toBe(true);
  });
});

test.each([
  ['short', () => adf({ series: [1, 2, 3] }), 'series'],
  ['a constant', () => kpss({ series: Array.from({ length: 20 }, () => 1) }), 'series'],
  ['a line', () => varianceRatio({ series: Array.from({ length: 20 }, (_, i) => i), lags: 2 }), 'series'],
  ['a trend of its own', () => adf({ series: logB, trend: 'quadratic' as 'c' }), 'trend'],
  ['too many lags', () => adf({ series: logB, lags: 400 }), 'lags'],
  ['half a lag', () => ljungBox({ series: returns, lags: 1.5 }), 'lags[0]'],
  ['lengths', () => engleGranger({ dependent: logA, regressor: logB.slice(1) }), 'regressor'],
  ['its own copy', () => engleGranger({ dependent: logB, regressor: logB }), 'dependent'],
  ['q beyond half', () => varianceRatio({ series: logB, lags: 500 }), 'lags'],
  ['not finite', () => neweyWest({ returns: [1, Infinity, 2] }), 'returns[1]'],
  ['nothing to train on', () => cpcv({ observations: 100, folds: 6, testFolds: 2, purge: 90 }), 'purge'],
  ['one fold', () => cpcv({ observations: 10, folds: 1, testFolds: 1 }), 'folds'],
  ['too many splits', () => cpcv({ observations: 1_000, folds: 40, testFolds: 20 }), 'testFolds'],
  [
    'spans that overlap',
    () =>
      purge({
        observations: 9,
        tests: [
          { from: 1, to: 4 },
          { from: 3, to: 5 },
        ],
      }),
    'tests[1].from',
  ],
  ['too many windows', () => walkForwardWindows({ observations: 5, windows: 9 }), 'observations'],
])('%s is refused by name', (_, call, path) => {
  expect(call).toThrow(expect.objectContaining({ code: 'BadInput', place: expect.objectContaining({ path }) }));
});
