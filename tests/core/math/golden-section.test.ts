import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { goldenSection } from '../../../core/math/golden-section.ts';

test('finds the bottom of a valley to the width asked for', () => {
  fc.assert(
    fc.property(fc.double({ min: -3, max: 7, noNaN: true }), (bottom) => {
      const found = goldenSection((x) => Math.abs(x - bottom), [-3, 7], 1e-9);
      expect(Math.abs(found - bottom)).toBeLessThanOrEqual(1e-9);
    }),
  );
});

test('ends at the bound where the valley lies outside', () => {
  expect(goldenSection((x) => x, [0.1, 1.2], 1e-10)).toBeCloseTo(0.1, 9);
  expect(goldenSection((x) => -x, [0.1, 1.2], 1e-10)).toBeCloseTo(1.2, 9);
});
