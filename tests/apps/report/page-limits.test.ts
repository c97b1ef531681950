import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fairShare, pageLimits } from '../../../apps/report/page-limits.ts';

test.each([
  [[10, 20, 30], 100, 100],
  [[10, 400, 400], 100, 45],
  [[50, 50], 100, 100],
  [[51, 51], 100, 50],
  [[], 100, 100],
])('%j share %i: %i each', (counts, total, expected) => {
  expect(fairShare(counts, total)).toBe(expected);
});

test('never more than there is, and nothing is cut that fits', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 60 }), fc.integer({ min: 100, max: 9_000 }), (counts, total) => {
      const share = fairShare(counts, total);
      const kept = counts.reduce((sum, count) => sum + Math.min(count, share), 0);
      expect(kept).toBeLessThanOrEqual(total);
      const fits = counts.reduce((sum, count) => sum + count, 0) <= total;
      expect(fits ? share : total).toBe(total);
    }),
  );
});

test('a page of nothing has room for everything', () => {
  expect(pageLimits([])).toEqual({ chartPoints: 10_000, csvTrades: 2_800 });
});
