import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantileSorted } from '../../../core/math/quantile.ts';
import { medianOf, sortTail } from '../../../core/math/select.ts';

test('the median is the quantile of a half, with ties and signs', () => {
  const value = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
      const expected = quantileSorted(Float64Array.from(values).toSorted(), 0.5);
      expect(medianOf(Float64Array.from(values))).toBeCloseTo(expected, 9);
    }),
  );
});

test('nothing has no median', () => {
  expect(medianOf(new Float64Array())).toBeNaN();
});

test('a sorted tail is that of the sorted values', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 60 }),
      fc.nat(59),
      (values, at) => {
        const rank = at % values.length;
        const mixed = Float64Array.from(values);
        const sorted = mixed.toSorted();
        expect(sortTail(mixed, rank)).toBe(sorted[rank]);
        expect(mixed.subarray(rank)).toEqual(sorted.subarray(rank));
        expect(Math.max(...mixed.subarray(0, rank))).toBeLessThanOrEqual(sorted[rank] ?? NaN);
      },
    ),
  );
});
