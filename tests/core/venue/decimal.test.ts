import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDecimal, parseDecimal, rescale } from '../../../core/venue/decimal.ts';

test.each([
  ['1', 2, 100n],
  ['.5', 1, 5n],
  ['1e-8', 8, 1n],
  ['+2.50', 2, 250n],
  ['-0.01', 2, -1n],
  ['1.50000', 1, 15n],
  ['1.55', 1, 'tooPrecise'],
  ['1e-9', 8, 'tooPrecise'],
  ['', 2, 'malformed'],
  ['.', 2, 'malformed'],
  ['1,5', 2, 'malformed'],
  ['NaN', 2, 'malformed'],
  ['0x10', 2, 'malformed'],
])('%s at %d decimals is %s', (text, decimals, value) => {
  expect(parseDecimal(text, decimals)).toBe(value);
});

test('what is written is read back; more decimals and back change nothing', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
      fc.integer({ min: 0, max: 18 }),
      (value, decimals) => {
        expect(parseDecimal(formatDecimal(value, decimals), decimals)).toBe(value);
        expect(rescale(rescale(value, decimals, decimals + 5), decimals + 5, decimals)).toBe(value);
      },
    ),
  );
});
