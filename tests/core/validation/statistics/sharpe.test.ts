import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deflatedSharpe, effectiveNumberOfTrials } from '../../../../core/validation/statistics/deflated-sharpe.ts';
import { loSharpe } from '../../../../core/validation/statistics/lo-sharpe.ts';
import { minBacktestLength } from '../../../../core/validation/statistics/min-backtest-length.ts';
import { minTrackRecord } from '../../../../core/validation/statistics/min-track-record.ts';
import { probabilisticSharpe } from '../../../../core/validation/statistics/probabilistic-sharpe.ts';
import { sharpeDifference } from '../../../../core/validation/statistics/sharpe-difference.ts';
import { column, expectClose, golden, matrix, returns } from './golden.ts';

const { sharpe: oracle } = golden;
const columns = matrix[0].map((_, index) => index);

describe('probabilistic, deflated Sharpe and track record against scipy and vectorbt', () => {
  test.each(columns)('column %d', (index) => {
    const own = column(index);
    const psr = probabilisticSharpe({ returns: own });
    expectClose(psr.sharpe, oracle.perPeriod[index]);
    expectClose(psr.skew, oracle.skewBiased[index]);
    expectClose(psr.kurtosis, oracle.kurtosisNonExcessBiased[index]);
    expectClose(psr.psr, oracle.psrAgainst0[index]);
    expectClose(probabilisticSharpe({ returns: own, benchmarkSharpe: 0.02 }).psr, oracle['psrAgainst0.02'][index]);
    expectClose(minTrackRecord({ returns: own }).observations, oracle.minTrackRecordLengthAgainst0At95[index]);
    const deflated = deflatedSharpe({ returns: own, trialSharpes: oracle.perPeriod });
    expectClose(deflated.expectedMaxSharpe, oracle.expectedMaxSharpe);
    expectClose(deflated.dsr, oracle.deflated[index]);
  });

  test('the number and variance of trials say the same as their Sharpe ratios', () => {
    const byVariance = { returns: column(12), trials: 20, sharpeVariance: oracle.varianceOfSharpesDdof1 };
    expectClose(
      deflatedSharpe(byVariance).dsr,
      deflatedSharpe({ returns: column(12), trialSharpes: oracle.perPeriod }).dsr,
      1e-12,
    );
  });

  // Bailey & Lopez de Prado (2014): 100 trials with annual variance 1/2 over 250 days, SR 2.5: SR0 = 0.1132, DSR = 0.9004.
  test('the expected maximum of the paper', () => {
    const { expectedMaxSharpe } = deflatedSharpe({ returns: column(0), trials: 100, sharpeVariance: 0.5 / 250 });
    expect(expectedMaxSharpe).toBeCloseTo(0.1132, 4);
  });

  // Bailey, Borwein, Lopez de Prado & Zhu (2014): after only 7 trials, 2 years may show an annual Sharpe above 1 of nothing.
  test('the minimum backtest length of the paper', () => {
    expect(minBacktestLength({ trials: 7, targetAnnualSharpe: 1 }).years).toBeCloseTo(2, 0);
    expect(minBacktestLength({ trials: 45, targetAnnualSharpe: 1 }).years).toBeCloseTo(5, 0);
    expect(minBacktestLength({ trials: 1, targetAnnualSharpe: 1 }).years).toBe(0);
  });
});

describe('the effective number of trials', () => {
  test('copies are one trial, orthogonal ones count fully', () => {
    expectClose(effectiveNumberOfTrials(matrix.map((row) => [row[0], row[0], row[0]])), 1, 1e-12);
    const orthogonal = [
      [1, 1, 1],
      [1, -1, -1],
      [-1, 1, -1],
      [-1, -1, 1],
    ];
    expectClose(effectiveNumberOfTrials(orthogonal), 3, 1e-12);
  });

  test('equals r + (1 - r) M with the mean of all pairwise correlations', () => {
    const correlation = (a: number[], b: number[]) => {
      const centre = (values: number[]) =>
        values.map((value) => value - values.reduce((x, y) => x + y) / values.length);
      const [x, y] = [centre(a), centre(b)];
      const dot = (u: number[], v: number[]) => u.reduce((sum, value, i) => sum + value * v[i], 0);
      return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y));
    };
    const pairs = columns.flatMap((i) => columns.filter((j) => j > i).map((j) => correlation(column(i), column(j))));
    const r = pairs.reduce((sum, value) => sum + value, 0) / pairs.length;
    expectClose(effectiveNumberOfTrials(matrix), r + (1 - r) * 20, 1e-10);
    expectClose(
      deflatedSharpe({ returns: column(3), trialSharpes: oracle.perPeriod, trialReturns: matrix }).effectiveTrials,
      r + (1 - r) * 20,
      1e-10,
    );
  });
});

test('a record that loses is said to show that, however few observations it takes', () => {
  const wins = [0.02, -0.01, 0.03, 0.01, -0.02, 0.04];
  expect(minTrackRecord({ returns: wins }).shows).toBe('above benchmark');
  expect(minTrackRecord({ returns: wins.map((value) => -value) }).shows).toBe('below benchmark');
});

describe('a deflated Sharpe ratio counts all trials that are named', () => {
  const named = { returns: column(3), trials: 100, sharpeVariance: 0.2 };
  const pair = matrix.map(([a, b]) => [a, b]);

  test('also where returns of two of them say how they correlate', () => {
    const alone = deflatedSharpe(named);
    const { dsr, effectiveTrials = 0 } = deflatedSharpe({ ...named, trialReturns: pair });
    const r = 2 - effectiveNumberOfTrials(pair); // of two columns N = r + 2 (1 - r)
    expectClose(effectiveTrials, Math.min(100, r + (1 - r) * 100), 1e-9);
    expect(Math.abs(dsr - alone.dsr)).toBeLessThan(0.05);
  });

  test.each([
    ['trials', { trials: 100 }],
    ['sharpeVariance', { sharpeVariance: 0.2 }],
    ['trialReturns', { trialReturns: matrix }],
  ] as const)('%s is refused beside trials that it does not fit', (path, more) => {
    const input = { returns: column(3), trialSharpes: [0.1, 0.2, 0.3], ...more };
    expect(() => deflatedSharpe(input)).toThrow(expect.objectContaining({ place: expect.objectContaining({ path }) }));
  });
});

describe("Lo's Sharpe ratio against statsmodels' HAC covariance", () => {
  test.each([0, 5, 10])('standard error with %d lags', (lags) => {
    const result = loSharpe({ returns, lags });
    expectClose(result.sharpe, golden.lo['sharpePerDay(ddof0)']);
    expectClose(result.se, golden.lo[`gmmSE Bartlett lags ${lags}`]);
    expect(Object.keys(result.eta)).toEqual(Object.keys(golden.lo.eta));
    for (const [period, { factor, iid }] of Object.entries(golden.lo.eta)) {
      expectClose(result.eta[period].factor, factor);
      expectClose(result.eta[period].iid, iid);
    }
  });
});

describe('the difference of two Sharpe ratios', () => {
  test('is antisymmetric, seeded, and finds what is there', () => {
    const strong = returns.map((value) => value + 0.01);
    const forward = sharpeDifference({ a: strong, b: returns, seed: 7, reps: 500 });
    const backward = sharpeDifference({ a: returns, b: strong, seed: 7, reps: 500 });
    expectClose(forward.difference, -backward.difference, 1e-12);
    expect(forward.pValue).toBe(backward.pValue);
    expect(forward.pValue).toBeLessThan(0.01);
    expect(sharpeDifference({ a: strong, b: returns, seed: 7, reps: 500 })).toEqual(forward);
  });

  // Under the null p is uniform: of 20 x 19 / 2 worthless pairs about 5 % fall below 0.05 (they are dependent: a wide band).
  test('rejects a true null about as often as it says', () => {
    const pairs = [0, 1, 2, 3, 5, 9].flatMap((i) => [4, 6, 7, 8, 10, 11].map((j) => [i, j] as const));
    const low = pairs.filter(
      ([a, b]) => sharpeDifference({ a: column(a), b: column(b), seed: 3, reps: 200 }).pValue < 0.05,
    );
    expect(low.length).toBeLessThanOrEqual(8);
  });
});

describe('properties and refusals', () => {
  test('a Sharpe ratio does not care about scale', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e3, noNaN: true }), fc.nat(19), (scale, index) => {
        const scaled = column(index).map((value) => value * scale);
        expectClose(probabilisticSharpe({ returns: scaled }).psr, oracle.psrAgainst0[index], 1e-10);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ['too short', () => probabilisticSharpe({ returns: [0.1, 0.2] }), 'returns'],
    ['constant', () => probabilisticSharpe({ returns: [0.1, 0.1, 0.1] }), 'returns'],
    ['not finite', () => probabilisticSharpe({ returns: [0.1, Number.NaN, 0.2] }), 'returns[1]'],
    ['no trials', () => deflatedSharpe({ returns: [0.1, 0.2, 0.4] }), 'trialSharpes'],
    ['half a trial', () => deflatedSharpe({ returns: [0.1, 0.2, 0.4], trials: 0.5, sharpeVariance: 1 }), 'trials'],
    ['certainty', () => minTrackRecord({ returns: [0.1, 0.2, 0.4], confidence: 1 }), 'confidence'],
    ['no target', () => minBacktestLength({ trials: 3, targetAnnualSharpe: 0 }), 'targetAnnualSharpe'],
    ['lags beyond', () => loSharpe({ returns: [0.1, 0.2, 0.4], lags: 3 }), 'lags'],
    ['ragged', () => effectiveNumberOfTrials([[1, 2], [1], [2, 3]]), 'trialReturns[1]'],
    ['lengths', () => sharpeDifference({ a: returns, b: returns.slice(1) }), 'b'],
    ['twins', () => sharpeDifference({ a: returns, b: returns }), 'b'],
  ])('%s is refused by name', (_, call, path) => {
    expect(call).toThrow(expect.objectContaining({ code: 'BadInput', place: expect.objectContaining({ path }) }));
  });
});
