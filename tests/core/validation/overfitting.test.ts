import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPrng } from '../../../core/math/prng.ts';
import { overfittingOf } from '../../../core/validation/overfitting.ts';
import type { PointTable } from '../../../core/validation/point-table.ts';
import { pbo } from '../../../core/validation/statistics/pbo.ts';

/** A table with just what is asked of it. */
const tableOf = (columns: readonly Float64Array[]): PointTable => ({
  count: columns.length,
  days: columns[0].length,
  firstDayMs: 0,
  returns: (point, from = 0, to = columns[0].length) => columns[point].subarray(from, to),
  sharpe: () => NaN,
  totalReturn: () => NaN,
  trades: () => NaN,
});

function noise(seed: number, days = 100): Float64Array {
  const { nextFloat } = createPrng(seed);
  return Float64Array.from({ length: days }, () => nextFloat() - 0.5);
}

describe('overfittingOf', () => {
  test('is the PBO of the daily returns', () => {
    const columns = [1, 2, 3, 4].map((seed) => noise(seed));
    const matrix = Array.from({ length: 100 }, (_, day) => columns.map((column) => column[day]));
    expect(overfittingOf(tableOf(columns), 6)).toEqual({ pbo: pbo({ matrix, blocks: 6 }).pbo, points: 4 });
  });

  test('one point: nothing was chosen', () => {
    expect(overfittingOf(tableOf([noise(1)]), 16)).toEqual({ pbo: 0, points: 1 });
  });

  test('points that stand still too long are left out; fewer than two say nothing', () => {
    const rare = noise(2).map((value, day) => (day < 60 ? 0 : value));
    expect(overfittingOf(tableOf([noise(1), rare, noise(3)]), 6).points).toBe(2);
    expect(overfittingOf(tableOf([noise(1), rare]), 6)).toEqual({ points: 1 });
    expect(overfittingOf(tableOf([noise(1, 20), noise(2, 20)]), 16).pbo).toBeUndefined();
  });

  test('never refuses what it has let in, wherever the still days lie and whatever does not divide', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 32, max: 90 }),
        fc.array(fc.tuple(fc.nat(90), fc.nat(60)), { minLength: 2, maxLength: 6 }),
        (days, stretches) => {
          const columns = stretches.map(([from, length], index) =>
            noise(index, days).map((value, day) => (day >= from && day < from + length ? 0 : value)),
          );
          expect(overfittingOf(tableOf(columns), 8).points).toBeLessThanOrEqual(columns.length);
        },
      ),
    );
  });
});
