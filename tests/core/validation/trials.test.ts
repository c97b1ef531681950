import { describe, expect, test } from 'vitest';
import { normalQuantile } from '../../../core/math/normal.ts';
import { createPrng } from '../../../core/math/prng.ts';
import { deflate } from '../../../core/validation/deflate.ts';
import { deployedCorrelations } from '../../../core/validation/deployed-correlation.ts';
import { independentTrials, independentTrialsOfSample } from '../../../core/validation/independent-trials.ts';
import { sharpeTest } from '../../../core/validation/sharpe-test.ts';
import { expectedMaxOfNormals } from '../../../core/validation/statistics/expected-max-sharpe.ts';

const days = 800;

function noise(seed: number): Float64Array {
  const { nextFloat } = createPrng(seed);
  return Float64Array.from({ length: days }, () => normalQuantile(nextFloat() || 1e-9) / 100);
}

describe('independentTrials', () => {
  test('copies are one trial, whatever their scale and mean', () => {
    const base = noise(1);
    const copies = [1, 2, 0.5, 3].map((scale) => base.map((value) => value * scale + 0.001));
    expect(independentTrials(copies, 1)).toBeCloseTo(1, 0);
  });

  test('unrelated trials count in full', () => {
    const many = Array.from({ length: 30 }, (_, index) => noise(100 + index));
    const found = independentTrials(many, 1);
    expect(found).toBeGreaterThan(20);
    expect(found).toBeLessThanOrEqual(30);
  });

  test('equally correlated ones are worth what Owen and Steck say: E[max] = sqrt(1 - r) E[max of M]', () => {
    // r = 0.5 by a common part: 40 columns, sqrt(0.5) x 2.16 = 1.53, the expected best of about 9.7 independent ones.
    const common = noise(2);
    const columns = Array.from({ length: 40 }, (_, index) =>
      noise(200 + index).map((value, day) => value + common[day]),
    );
    const expected = Math.sqrt(0.5) * expectedMaxOfNormals(40);
    expect(expectedMaxOfNormals(independentTrials(columns, 3))).toBeCloseTo(expected, 0);
    expect(Math.abs(expectedMaxOfNormals(independentTrials(columns, 3)) - expected)).toBeLessThan(0.15);
  });

  test('a sample says what a long sweep of the like is worth', () => {
    const common = noise(2);
    const columns = Array.from({ length: 32 }, (_, index) =>
      noise(200 + index).map((value, day) => value + 2.6 * common[day]),
    );
    // r = 0.87: sqrt(0.13) x 4.0 is the best of about ten, where r + (1 - r) M says 2,578 of 20,000.
    const found = independentTrialsOfSample(columns, 20_000, 1);
    expect(found).toBeGreaterThan(5);
    expect(found).toBeLessThan(30);
    const strangers = Array.from({ length: 32 }, (_, index) => noise(300 + index));
    expect(independentTrialsOfSample(strangers, 1_000, 1)).toBeGreaterThan(500);
    expect(independentTrialsOfSample([noise(3)], 7, 1)).toBe(7);
  });

  test('one trial, or trials that never move, are one', () => {
    expect(independentTrials([noise(3)], 1)).toBe(1);
    expect(independentTrials([new Float64Array(days), new Float64Array(days)], 1)).toBe(1);
  });

  test('same seed, same number', () => {
    const columns = [noise(4), noise(5), noise(6)];
    expect(independentTrials(columns, 9)).toBe(independentTrials(columns, 9));
  });
});

describe('deflate', () => {
  test('one trial is held against 0: the plain probabilistic Sharpe', () => {
    // Two values by turns have skew 0 and kurtosis 1: the spread is 1, and z = SR sqrt(T - 1) exactly.
    const returns = Float64Array.from({ length: 401 }, (_, day) => (day % 2 === 0 ? 0.01 : -0.009));
    const mean = (201 * 0.01 - 200 * 0.009) / 401;
    const found = deflate(returns, 1);
    expect(found?.luckySharpe).toBe(0);
    const deviation = 0.0095 * Math.sqrt(401 / 400);
    expect(found?.statistic).toBeCloseTo((mean / deviation) * 20, 2);
    expect(found?.sharpe).toBeCloseTo((mean / deviation) * Math.sqrt(365), 3);
  });

  test('more trials raise the bar by the expected best of them over sqrt(T - 1)', () => {
    const returns = noise(7).map((value) => value + 0.001);
    const few = deflate(returns, 1);
    const many = deflate(returns, 100);
    expect(many?.luckySharpe).toBeCloseTo((expectedMaxOfNormals(100) / Math.sqrt(days - 1)) * Math.sqrt(365), 12);
    expect(many?.pValue).toBeGreaterThan(few?.pValue ?? 1);
  });

  test('says nothing of too few days or of returns that never vary', () => {
    expect(deflate(new Float64Array(29).fill(0.01), 1)).toBeUndefined();
    expect(deflate(new Float64Array(100), 1)).toBeUndefined();
  });
});

test('sharpeTest: Sharpe 1 over four years is two standard errors', () => {
  expect(sharpeTest('t', 1, { days: 4 * 365, limit: 0.5 })).toMatchObject({
    statistic: 2,
    alpha: expect.closeTo(0.158655, 5),
  });
  expect(sharpeTest('t', 1, { days: 4 * 365, limit: 0.5 }).pValue).toBeCloseTo(0.02275, 5);
});

describe('deployedCorrelations', () => {
  const firstDayMs = 20_000 * 86_400_000;
  const own = noise(8).subarray(0, 100);
  const other = (returns: Float64Array, shift = 0) => ({
    strategyId: 'STR-777',
    dayMs: Array.from(returns, (_, day) => firstDayMs + (day + shift) * 86_400_000),
    returns: Array.from(returns),
  });

  test('compares the days that both have', () => {
    expect(deployedCorrelations(own, firstDayMs, [other(own)])).toEqual([
      { strategyId: 'STR-777', days: 100, correlation: expect.closeTo(1, 12) },
    ]);
    const mirrored = own.map((value) => -value);
    expect(deployedCorrelations(own, firstDayMs, [other(mirrored)])[0].correlation).toBeCloseTo(-1, 12);
    expect(deployedCorrelations(own, firstDayMs, [other(own.subarray(10, 90), 10)])[0]).toMatchObject({ days: 80 });
  });

  test('says nothing of fewer than 60 shared days or of a flat series', () => {
    expect(deployedCorrelations(own, firstDayMs, [other(own, 50)])[0]).toMatchObject({
      days: 50,
      correlation: undefined,
    });
    expect(deployedCorrelations(own, firstDayMs, [other(new Float64Array(100))])[0].correlation).toBeUndefined();
  });
});
