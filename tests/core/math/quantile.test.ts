import { expect, it } from 'vitest';
import { quantileSorted } from '../../../core/math/quantile.ts';

it('interpolates between order statistics at (n - 1) q, as R type 7', () => {
  expect(quantileSorted([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantileSorted([1, 2, 3, 4], 0.1)).toBeCloseTo(1.3, 15); // R: quantile(1:4, 0.1)
  expect(quantileSorted([10, 20], 0)).toBe(10);
  expect(quantileSorted([10, 20], 1)).toBe(20);
  expect(quantileSorted([7], 0.3)).toBe(7);
});
