import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { reduces } from '../../../core/orders/reducing.ts';
import type { Reservation } from '../../../core/orders/guard-types.ts';
import type { Side } from '../../../core/orders/types.ts';
import { idOf, noonMs, symbol } from '../../contracts/order-fixtures.ts';
import { requestOf } from './guard-fixtures.ts';

const held = (name: string, side: Side, amount: string, change: Partial<Reservation> = {}): Reservation => ({
  ...requestOf(name, { side, amount }),
  reservationId: name,
  grantedMs: noonMs,
  reduces: false,
  ...change,
});

test.each<[string, position: string, Reservation[], order: [Side, string], boolean]>([
  ['without a position nothing reduces', '0', [], ['sell', '1'], false],
  ['a sale of a long position', '3', [], ['sell', '3'], true],
  ['more than it holds', '3', [], ['sell', '3.1'], false],
  ['a buy of a long position', '3', [], ['buy', '1'], false],
  ['a buy of a short position', '-3', [], ['buy', '3'], true],
  ['a sale of a short position', '-3', [], ['sell', '1'], false],
  ['with another reducer under way', '3', [held('a', 'sell', '2')], ['sell', '1'], true],
  ['too much with another reducer under way', '3', [held('a', 'sell', '2')], ['sell', '1.1'], false],
  ['orders of the other side do not make room', '3', [held('a', 'buy', '9')], ['sell', '4'], false],
  ['nor do they take it', '3', [held('a', 'buy', '9')], ['sell', '3'], true],
  ['another symbol does not count', '3', [held('a', 'sell', '9', { symbol: 'ETH/USDT' })], ['sell', '3'], true],
  ['its own reservation does not count twice', '3', [held('self', 'sell', '3')], ['sell', '3'], true],
])('%s', (...[, position, reservations, [side, amount], expected]) => {
  const state = { positions: position === '0' ? {} : { [symbol]: position }, reservations };
  expect(reduces(state, { symbol, side, amount, clientOrderId: idOf('self') })).toBe(expected);
});

test('all that were said to reduce cannot turn the position round together', () => {
  const amounts = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), amounts, (position, some) => {
      let reservations: Reservation[] = [];
      for (const [place, size] of some.entries()) {
        const next = held(`r${place}`, 'buy', String(size));
        const state = { positions: { [symbol]: String(-position) }, reservations };
        if (reduces(state, next)) reservations = [...reservations, next];
      }
      expect(reservations.reduce((sum, { amount }) => sum + Number(amount), 0)).toBeLessThanOrEqual(position);
    }),
  );
});
