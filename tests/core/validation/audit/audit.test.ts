import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayMs } from '../../../../core/market/timeframe.ts';
import { normalQuantile } from '../../../../core/math/normal.ts';
import { createPrng } from '../../../../core/math/prng.ts';
import { annualSharpe } from '../../../../core/validation/audit/annual-sharpe.ts';
import { audit } from '../../../../core/validation/audit/audit.ts';
import { drawdownRisk } from '../../../../core/validation/audit/drawdown-risk.ts';
import { observe } from '../../../../core/validation/audit/observations.ts';
import { moments } from '../../../../core/validation/statistics/moments.ts';
import type { RecordedTrade } from '../../../../core/validation/audit/track-record.ts';

const rules = { trials: 1, seed: 1, confidence: 0.95, runs: 300 };

/** Normal returns with exactly this Sharpe ratio a day in the sample. */
function normalReturns(count: number, sharpe: number, seed = 7): number[] {
  const { nextFloat } = createPrng(seed);
  const draws = Array.from({ length: count }, () => normalQuantile(nextFloat() || 0.5));
  const { mean, deviation } = moments(draws);
  return draws.map((draw) => 0.01 * (sharpe + (draw - mean) / deviation));
}
const days = (returns: readonly number[]) => observe({ format: 'returns', kind: 'returns', leftOut: [], returns }, {});
const judge = (returns: readonly number[], trials = 1) => audit(days(returns), { ...rules, trials }).judgement;

describe('judgement', () => {
  test.each<[string, readonly number[], number, RegExp]>([
    ['a loss', normalReturns(300, -0.1), 1, /^It loses/],
    ['a few returns', normalReturns(20, 0.5), 1, /^Too short to tell: 20 days/],
    ['noise', normalReturns(700, 0.02), 1, /^Not shown: if nothing else was ever tried/],
    ['noise, the best of many', normalReturns(700, 0.02), 1_000, /^Luck explains it: the best of 1,000 worthless/],
    ['a good record', normalReturns(1_000, 0.15), 1, /^It holds if nothing else was ever tried: .* above 0 /],
    ['a good record after few trials', normalReturns(1_000, 0.15), 10, /^It holds after 10 trials: .* above luck /],
    ['a fair record after many trials', normalReturns(700, 0.14), 1_000, /^Not shown: after 1,000 trials/],
  ])('of %s', (_, returns, trials, sentence) => {
    expect(judge(returns, trials)).toMatch(sentence);
  });

  test('more trials never make a record better', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 1_000 }), (a, b) => {
        const [few, many] = [Math.min(a, b), Math.max(a, b)].map((trials) =>
          audit(days(normalReturns(200, 0.1)), { ...rules, trials, runs: 100 }),
        );
        expect(many?.dsr).toBeLessThanOrEqual(few?.dsr ?? NaN);
        expect(many?.psr).toBe(few?.psr);
      }),
      { numRuns: 20 },
    );
  });

  test('same input, same bytes', () => {
    const once = () => JSON.stringify(audit(days(normalReturns(300, 0.1)), rules));
    expect(once()).toBe(once());
  });

  test.each<[string, readonly number[], number, string]>([
    ['too few returns', [0.1, 0.2, 0.3], 1, 'returns'],
    ['returns that never vary', Array.from({ length: 50 }, () => 0.01), 1, 'returns'],
    ['less than one trial', normalReturns(50, 0), 0, '--trials'],
  ])('refuses %s', (_, returns, trials, path) => {
    expect(() => judge(returns, trials)).toThrow(
      expect.objectContaining({ code: 'BadInput', place: expect.objectContaining({ path }) }),
    );
  });
});

describe('annualSharpe', () => {
  test('of independent returns is near the square-root rule; trends lower it, reversals raise it', () => {
    const plain = normalReturns(2_000, 0.1);
    const rule = audit(days(plain), rules).sharpe.annual;
    const smoothed = plain.map((value, i) => (value + (plain[i - 1] ?? value)) / 2);
    const reversing = plain.map((value, i) => value - 0.4 * ((plain[i - 1] ?? 0.001) - 0.001));
    const ratio = (returns: readonly number[]) =>
      (annualSharpe(returns, 365) ?? NaN) / audit(days(returns), rules).sharpe.annual;
    expect(annualSharpe(plain, 365)).toBeGreaterThan(rule * 0.9);
    expect(annualSharpe(plain, 365)).toBeLessThan(rule * 1.1);
    // A mean of two has rho_1 = 1/2: the true factor is 1 / sqrt(2) of the rule.
    expect(ratio(smoothed)).toBeGreaterThan(0.68);
    expect(ratio(smoothed)).toBeLessThan(0.78);
    expect(ratio(reversing)).toBeGreaterThan(1.2);
  });
});

describe('drawdownRisk', () => {
  test('another order keeps the end and moves the fall', () => {
    // 50 gains and then 50 losses is the worst order there is; taking turns is the best.
    const worst = [...Array.from({ length: 50 }, () => 0.02), ...Array.from({ length: 50 }, () => -0.02)];
    const best = worst.map((_, i) => (i % 2 === 0 ? 0.02 : -0.02));
    const risk = (returns: readonly number[]) => drawdownRisk(returns, { runs: 400, seed: 3, blockLength: 1 });
    expect(risk(worst)).toMatchObject({ observed: expect.closeTo(1 - 0.98 ** 50, 12), orderRank: 1 });
    expect(risk(best).orderRank).toBe(0);
    const { median, once20, once100 } = risk(best);
    expect(median).toBeLessThan(once20);
    expect(once20).toBeLessThan(once100);
  });

  test('a loss of everything is a fall of 1', () => {
    expect(drawdownRisk([0.1, -1, 0.2, 0.1], { runs: 100, seed: 3, blockLength: 1 }).observed).toBe(1);
  });
});

describe('observe', () => {
  const day = Date.UTC(2024, 0, 1);
  const trade = (entryDay: number, exitDay: number, pnl: number): RecordedTrade => ({
    returnFraction: pnl / 100,
    pnl,
    entryMs: day + entryDay * dayMs,
    exitMs: day + exitDay * dayMs + 3_600_000,
  });
  const record = { format: 'x', kind: 'trades', leftOut: [] } as const;

  test('an account earns on the day of each exit', () => {
    const trades = [trade(0, 1, 10), trade(0, 1, -10), trade(2, 3, 100)];
    const observed = observe({ ...record, trades }, { startEquity: 1_000 });
    expect(observed).toMatchObject({ unit: 'day', returns: [0, 0, 0, 0.1], perYear: 365, overlap: 1 / 3 });
  });

  test('without a start, trades stand for themselves', () => {
    const trades = [trade(0, 100, 10), trade(100, 364, -10)];
    const observed = observe({ ...record, trades }, {});
    expect(observed).toMatchObject({ unit: 'trade', returns: [0.1, -0.1], overlap: 1 / 2 });
    expect(observed.perYear).toBeCloseTo(2 / ((364 + 1 / 24) / 365), 10);
  });

  test('periods a year follow from the times: weeks, and weekdays', () => {
    const at = (step: (i: number) => number) => ({
      format: 'returns',
      kind: 'returns' as const,
      leftOut: [],
      returns: Array.from({ length: 521 }, () => 0.01),
      timesMs: Array.from({ length: 521 }, (_, i) => day + step(i) * dayMs),
    });
    expect(
      observe(
        at((i) => 7 * i),
        {},
      ).perYear,
    ).toBeCloseTo(365 / 7, 10);
    expect(
      observe(
        at((i) => Math.floor(i / 5) * 7 + (i % 5)),
        {},
      ).perYear,
    ).toBeCloseTo((365 * 5) / 7, 6);
    expect(
      observe(
        at((i) => i),
        { perYear: 250 },
      ).perYear,
    ).toBe(250);
  });

  test('an account that would be lost is refused', () => {
    expect(() => observe({ ...record, trades: [trade(0, 1, -10)] }, { startEquity: 10 })).toThrow(
      /the account is lost/,
    );
  });
});
