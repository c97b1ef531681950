import { describe, expect, test } from 'vitest';
import { calibrate, edgeFor } from '../../bench/gate-power/calibrate.ts';
import { simulateOne } from '../../bench/gate-power/cells.ts';
import { simulateBars, simulateShocks } from '../../bench/gate-power/simulate.ts';
import { tally } from '../../bench/gate-power/tally.ts';
import { sampleDeviation, sampleKurtosis } from '../../core/math/moments.ts';
import { binomialInterval } from '../../core/validation/gate-power.ts';

describe('the simulated market', () => {
  const { shocks } = simulateShocks(60_000, 3);

  test('has the volatility that is stated, fat tails, and large hours after large hours', () => {
    expect(sampleDeviation(shocks) * Math.sqrt(8_760)).toBeGreaterThan(0.6);
    expect(sampleDeviation(shocks) * Math.sqrt(8_760)).toBeLessThan(0.9);
    expect(sampleKurtosis(shocks)).toBeGreaterThan(6);
    const size = shocks.map(Math.abs);
    const mean = size.reduce((sum, value) => sum + value, 0) / size.length;
    let cross = 0;
    let squares = 0;
    for (let hour = 1; hour < size.length; hour += 1) {
      cross += (size[hour] - mean) * (size[hour - 1] - mean);
      squares += (size[hour] - mean) ** 2;
    }
    expect(cross / squares).toBeGreaterThan(0.08);
  });

  test('drifts after a strong score, by its size, for as long as is stated', () => {
    const flat = { shocks: new Float64Array(60), volatility: new Float64Array(60).fill(0.001) };
    const scores = new Float64Array(60);
    scores[10] = 3;
    scores[30] = 1.4;
    const { close, volume } = simulateBars(flat, scores, { edge: 0.01, hold: 5, seed: 1 });
    // (3 - 1) x 1 % over five hours: 0.4 % an hour from hour 11 to 15. 1.4 is too weak to say anything.
    expect(close[10]).toBe(100);
    expect(close[11]).toBeCloseTo(100.4, 10);
    expect(close[15]).toBeCloseTo(100 * 1.004 ** 5, 10);
    expect(close[59]).toBe(close[15]);
    expect(volume[10]).toBe(13);
  });
});

test(
  'the calibration is linear in the edge, and an edge of about the costs is worth nothing',
  { timeout: 60_000 },
  () => {
    const calibration = calibrate(12);
    expect(calibration.atZero).toBeLessThan(-0.7);
    // 0.2 % a round trip over the mean of (size - 1) beyond 2.25, which is 1.6.
    expect(edgeFor(calibration, 0)).toBeCloseTo(0.002 / 1.6, 4);
    expect(edgeFor(calibration, 2) - edgeFor(calibration, 1)).toBeCloseTo(1 / calibration.perEdge, 12);
  },
);

test('a handful through the ladder: the good pass more often, and again the same', { timeout: 120_000 }, () => {
  const cell = (sharpe: number | 'none') => ({ name: `t ${sharpe}`, sharpe, freedom: 'fixed', strategies: 4 }) as const;
  // Every fifth number has the same holding time, and so one calibration.
  const run = (sharpe: number | 'none') => [2, 7, 12, 17].map((index) => simulateOne(cell(sharpe), index));
  const none = tally(cell('none'), run('none'), 1);
  const strong = tally(cell(4), run(4), 1);
  expect(none.ladder).toMatchObject({ passed: 0, of: 4 });
  expect(strong.ladder.passed).toBeGreaterThanOrEqual(3);
  expect(simulateOne(cell(4), 17)).toEqual(run(4)[3]);
  expect(none.tiers.L0?.of).toBe(4);
});

test.each([
  // Wilson's formula, computed apart from ours.
  [0, 600, 0, 0.006362],
  [6, 2_000, 0.001376, 0.006531],
  [30, 60, 0.37735, 0.62265],
  [10, 10, 0.722467, 1],
])('binomialInterval of %i in %i', (passed, of, low, high) => {
  const found = binomialInterval(passed, of);
  expect(found.low).toBeCloseTo(low, 5);
  expect(found.high).toBeCloseTo(high, 5);
});
