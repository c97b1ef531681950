import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeskError } from '../../../core/errors.ts';
import { checkDecimal, compareDecimals, isDecimal } from '../../../core/orders/decimal.ts';

test.each([
  ['0.50', '0.5', 0],
  ['-0', '0', 0],
  ['0.000000000000000001', '0', 1],
  ['-2', '-1', -1],
  ['999999999999999999999999999999', '999999999999999999999999999998', 1], // far above 2^53
])('%s against %s is %i', (left, right, order) => {
  expect(compareDecimals(left, right)).toBe(order);
  expect(compareDecimals(right, left)).toBe(0 - order);
});

test('orders as integers of the smallest unit do', () => {
  const text = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 30n - 1n }), fc.integer({ min: 1, max: 999_999 }));
  fc.assert(
    fc.property(text, text, ([a, x], [b, y]) => {
      const [left, right] = [a * 1_000_000n + BigInt(x), b * 1_000_000n + BigInt(y)];
      const written = (whole: bigint, part: number) => `${whole}.${String(part).padStart(6, '0')}`;
      expect(compareDecimals(written(a, x), written(b, y))).toBe(left < right ? -1 : left > right ? 1 : 0);
    }),
  );
});

test.each([
  '',
  ' 1',
  '1 ',
  '+1',
  '01',
  '.5',
  '1.',
  '1e3',
  '1,5',
  'NaN',
  '0x1',
  '0.1234567890123456789',
  '1'.repeat(31),
])('refuses "%s" by its field', (text) => {
  expect(isDecimal(text)).toBe(false);
  expect(() => checkDecimal(text, 'price')).toThrow(
    expect.objectContaining({ code: 'BadInput', place: expect.objectContaining({ path: 'price' }) }),
  );
});

test('says what it found, not more than sixty letters of it', () => {
  const foundOf = (value: unknown): unknown => {
    try {
      checkDecimal(value, 'amount', 'positive');
    } catch (thrown) {
      return thrown instanceof DeskError ? thrown.place?.found : thrown;
    }
    return undefined;
  };
  expect(foundOf('-1')).toBe('"-1"');
  expect(foundOf(`x${'1'.repeat(99)}`)).toBe(`"x${'1'.repeat(59)}"`);
  expect(foundOf(5)).toBe('5');
  expect(foundOf(undefined)).toBe('undefined');
});

test('refuses a sign that may not be', () => {
  expect(() => checkDecimal('0', 'amount', 'positive')).toThrow('not an amount');
  expect(() => checkDecimal('-0.1', 'amount', 'notNegative')).toThrow('not an amount');
  expect(() => checkDecimal(5, 'amount')).toThrow('not an amount');
  checkDecimal('0', 'amount', 'notNegative');
  checkDecimal('-0.1', 'fee');
});
