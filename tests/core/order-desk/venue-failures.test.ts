import { describe, expect, test } from 'vitest';
import { DeskError } from '../../../core/errors.ts';
import { askVenue, deskErrorOfVenue } from '../../../core/order-desk/venue-failures.ts';
import { failureOf } from './desk-fixtures.ts';

describe('a venue’s failure in the desk’s words (orders.md 5)', () => {
  test.each([
    ['rejected', 'BadInput'],
    ['rateLimited', 'RateLimited'],
    ['notReachable', 'NotReachable'],
    ['badCredentials', 'NotAuthorized'],
    ['maintenance', 'NotReachable'],
    ['unknownOrder', 'NotFound'],
    ['unknown', 'NotReachable'],
  ] as const)('%s is %s', async (kind, code) => {
    const thrown = failureOf(kind, '-2015', 'no');
    await expect(askVenue(Promise.reject(thrown))).rejects.toMatchObject({
      code,
      message: 'no (-2015)',
      cause: thrown,
    });
    expect(deskErrorOfVenue(failureOf(kind, '', 'no answer'))).toMatchObject({ code, message: 'no answer' });
  });

  test('what is no failure of a venue is thrown as it is', async () => {
    for (const thrown of [new TypeError('odd'), new DeskError('NotFound', 'no such account'), 'a text']) {
      await expect(askVenue(Promise.reject(thrown))).rejects.toBe(thrown);
    }
  });

  test('an answer is handed on', async () => {
    expect(await askVenue(Promise.resolve(7))).toBe(7);
  });
});
