import { describe, expect, test } from 'vitest';
import { calibrate, edgeFor } from '../../bench/gate-power/calibrate.ts';
import { simulateOne } from '../../bench/gate-power/cells.ts';
import { openFamily } from '../../bench/gate-power/family.ts';
import { createIdea } from '../../bench/gate-power/idea.ts';
import { climb } from '../../bench/gate-power/ladder.ts';
import { hoursOfHistory, simulateBars, simulateScores, simulateShocks } from '../../bench/gate-power/simulate.ts';
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

test('a handful through the ladder: the good pass more often, and again the same', { timeout: 120_000 }, async () => {
  const cell = (sharpe: number | 'none') => ({ name: `t ${sharpe}`, sharpe, freedom: 'fixed', strategies: 4 }) as const;
  // Every fifth number has the same holding time, and so one calibration.
  const run = (sharpe: number | 'none') => Promise.all([2, 7, 12, 17].map((index) => simulateOne(cell(sharpe), index)));
  const none = tally(cell('none'), await run('none'), 1);
  const good = await run(4);
  const strong = tally(cell(4), good, 1);
  expect(none.ladder).toMatchObject({ passed: 0, of: 4 });
  expect(strong.ladder.passed).toBeGreaterThanOrEqual(3);
  expect(await simulateOne(cell(4), 17)).toEqual(good[3]);
  expect(none.tiers.L0?.of).toBe(4);
});

test(
  'a family opens its holdout once, and each trial of it counts for the strategies after it',
  { timeout: 120_000 },
  async () => {
    const cell = { name: 't family', sharpe: 4, freedom: 'fixed', strategies: 1, variants: 3 } as const;
    const { climbs } = await simulateOne(cell, 2);
    expect(climbs[0]).toEqual({ reached: 'L3', passed: true, failed: [] });
    // As good as the first one, and too late.
    const refused = { reached: 'L3', passed: false, failed: ['holdoutSharpe', 'deflatedSharpe'] };
    expect(climbs.slice(1)).toEqual([refused, refused]);
  },
);

test('the trials of a family are those that the ladder ran, counted by the ledger', { timeout: 120_000 }, async () => {
  const family = openFamily();
  try {
    const idea = createIdea(12, 'fixed');
    const bars = simulateBars(simulateShocks(hoursOfHistory, 5), simulateScores(hoursOfHistory, 5), {
      edge: 0.006,
      hold: 12,
      seed: 5,
    });
    const [first, second] = [family.member(0, '01'), family.member(1, '02')];
    expect(await climb(idea, bars, first)).toMatchObject({ reached: 'L3', passed: true });
    await climb(idea, bars, second);
    const verdicts = await Promise.all(
      ['L0', 'L1', 'L2', 'L3'].map((tier) => second.store.verdicts(`STR-901 ${tier}`)),
    );
    const totals = verdicts.flat().map(({ verdict }) => verdict.trials.total);
    // One each at L0 and L1, then the sweep with its windows, neighbours and double costs, twice.
    const spent = (await first.store.family({ shape: 'simulated' }, 10))?.entries ?? [];
    const byFirst = spent
      .filter(({ strategyId }) => strategyId === 'STR-900')
      .reduce((sum, { count }) => sum + count, 0);
    expect(byFirst).toBeGreaterThan(10);
    expect(totals[0]).toBe(byFirst);
    expect(totals[1]).toBe(byFirst + 1);
  } finally {
    family.close();
  }
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
