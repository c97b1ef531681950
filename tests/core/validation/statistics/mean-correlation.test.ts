import { describe, expect, test } from 'vitest';
import { createPrng } from '../../../../core/math/prng.ts';
import { effectiveNumberOfTrials, effectiveTrialsOf } from '../../../../core/validation/statistics/deflated-sharpe.ts';
import { type DatedReturns, meanCorrelation } from '../../../../core/validation/statistics/mean-correlation.ts';

const random = (seed: number, days: number, firstDay = 0): DatedReturns => {
  const { nextFloat } = createPrng(seed);
  return { firstDay, returns: Array.from({ length: days }, () => nextFloat()) };
};

describe('meanCorrelation', () => {
  test('of series over the same days is that of the deflated Sharpe ratio', () => {
    const series = [1, 2, 3, 4].map((seed) => random(seed, 60));
    const shared = random(9, 60).returns;
    const mixed = series.map(({ firstDay, returns }) => ({
      firstDay,
      returns: Array.from(returns, (value, day) => value + 2 * shared[day]),
    }));
    const rows = Array.from({ length: 60 }, (_, day) => mixed.map(({ returns }) => returns[day]));
    expect(effectiveTrialsOf(4, meanCorrelation(mixed).mean)).toBeCloseTo(effectiveNumberOfTrials(rows), 12);
  });

  test('looks at the days that both have', () => {
    const whole = random(1, 200);
    const part = { firstDay: 120, returns: Array.from(whole.returns).slice(120) };
    expect(meanCorrelation([whole, part])).toMatchObject({ mean: expect.closeTo(1, 12), measured: 1 });
  });

  test.each<[string, readonly DatedReturns[]]>([
    ['under 30 shared days', [random(1, 100), { ...random(1, 100), firstDay: 71 }]],
    ['a series that never varies', [random(1, 100), { firstDay: 0, returns: new Float32Array(100) }]],
    ['opposites', [random(1, 100), { firstDay: 0, returns: Array.from(random(1, 100).returns, (value) => -value) }]],
    ['one series', [random(1, 100)]],
    ['none', []],
  ])('takes %s for independent', (_, series) => {
    expect(meanCorrelation(series).mean).toBe(0);
    expect(effectiveTrialsOf(50, meanCorrelation(series).mean)).toBe(50);
  });
});

test.each([
  [0, 0.5, 0],
  [1, 0.9, 1],
  [100, 1, 1],
  [100, 0.9, 10.9],
  [100, 0, 100],
  [100, -0.5, 100],
])('%f trials with a mean correlation of %f are worth %f', (trials, correlation, worth) => {
  expect(effectiveTrialsOf(trials, correlation)).toBeCloseTo(worth, 12);
});
