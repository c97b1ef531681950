import { expect, test } from 'vitest';
import { parseGuardInput } from '../../../core/orders/guard-input.ts';

test('a guard is started for an account', () => {
  expect(parseGuardInput({ account: 'binance-main' })).toEqual({ account: 'binance-main' });
});

test.each([
  [undefined, 'missing', 'account'],
  [{}, 'missing', 'account'],
  [{ account: null }, 'missing', 'account'],
  [{ account: '' }, 'wrong input', 'account'],
  [{ account: 7 }, 'wrong input', 'account'],
  [{ acount: 'binance-main' }, 'unknown key', 'acount'],
])('%j is refused: %s, with the path', (input, message, path) => {
  expect(() => parseGuardInput(input)).toThrow(
    expect.objectContaining({ code: 'BadInput', message, place: expect.objectContaining({ path }) }),
  );
});
