import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ksAsymptoticTail, ksExactTail, ksGap } from '../../../core/math/kolmogorov-smirnov.ts';

const sorted = (...values: number[]) => Float64Array.from(values).toSorted();

describe('ksGap', () => {
  test('counts the gap in steps, at the smallest value that reaches it', () => {
    expect(ksGap(sorted(1, 2, 3), sorted(2, 3, 4))).toEqual({ steps: 3, location: 1, sign: 1 });
    expect(ksGap(sorted(2, 3, 4), sorted(1, 2, 3))).toEqual({ steps: 3, location: 1, sign: -1 });
    expect(ksGap(sorted(5, 5), sorted(5, 5, 5)).steps).toBe(0);
  });
});

describe('tails', () => {
  test('exact: the share of all orders of two small samples whose gap is at least as large', () => {
    // Every way to mix 3 and 2 different values is as likely as any other.
    const mixes = [0, 1, 2, 3, 4].flatMap((i) => [0, 1, 2, 3, 4].filter((j) => j > i).map((j) => [i, j]));
    const gaps = mixes.map((second) => {
      const first = [0, 1, 2, 3, 4].filter((value) => !second.includes(value));
      return ksGap(sorted(...first), sorted(...second)).steps;
    });
    for (const steps of new Set(gaps)) {
      const share = gaps.filter((gap) => gap >= steps).length / gaps.length;
      expect(ksExactTail(steps, 3, 2)).toBeCloseTo(share, 14);
    }
  });

  test('both are 1 without a gap, fall with it, and agree for large samples', () => {
    expect(ksExactTail(0, 7, 9)).toBe(1);
    expect(ksAsymptoticTail(0, 7, 9)).toBe(1);
    fc.assert(
      fc.property(fc.integer({ min: 20_000, max: 90_000 }), (steps) => {
        const [m, n] = [400, 300];
        const exact = ksExactTail(steps, m, n);
        expect(exact).toBeGreaterThanOrEqual(ksExactTail(steps + 1_000, m, n));
        expect(Math.abs(exact - ksAsymptoticTail(steps / (m * n), m, n))).toBeLessThan(0.01);
      }),
      { numRuns: 20 },
    );
  });
});
