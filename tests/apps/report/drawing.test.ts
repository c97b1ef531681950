import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { band, ticks } from '../../../apps/report/drawing.ts';

test.each([
  [9_200, 11_700, [9_500, 10_000, 10_500, 11_000, 11_500]],
  [-0.17, 0, [-0.15, -0.1, -0.05, 0]],
  [60, 61, [60, 60.2, 60.4, 60.6, 60.8, 61]],
  [5, 5, [5]],
])('ticks of %f to %f are round', (from, to, expected) => {
  const values = ticks(from, to);
  expect(values).toHaveLength(expected.length);
  for (const [index, value] of values.entries()) expect(value).toBeCloseTo(expected[index], 9);
});

test('ticks lie within their range and are few', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      (from, length) => {
        const values = ticks(from, from + length);
        expect(values.length).toBeLessThanOrEqual(7);
        for (const value of values) {
          expect(value).toBeGreaterThanOrEqual(from - length * 1e-6);
          expect(value).toBeLessThanOrEqual(from + length * (1 + 1e-6));
        }
      },
    ),
  );
});

test('a band goes along its upper edge and back along its lower one', () => {
  expect(
    band(
      [
        [0, 1],
        [10, 2],
      ],
      [
        [0, 5],
        [10, 6],
      ],
    ),
  ).toBe('M0 1L10 2L10 6L0 5Z');
});
