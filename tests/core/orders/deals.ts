import * as fc from 'fast-check';
import { oneUnit, units, unitText } from '../../../core/orders/amount.ts';
import type { Fill, Side } from '../../../core/orders/types.ts';
import { fillOf, noonMs } from '../../contracts/order-fixtures.ts';

/** Trades of one market without fees, a moment apart, with the ids 1, 2, 3 … */
export type Deal = readonly [side: Side, amount: string, quoteAmount: string];

export const fillsOf = (deals: readonly Deal[]): Fill[] =>
  deals.map(([side, amount, quoteAmount], place) =>
    fillOf(String(place + 1), { side, amount, quoteAmount, fee: '0', venueMs: noonMs + place }),
  );

/** Three buys at 100, 120 and 140, of which half is sold at 150. */
export const ladder: readonly Deal[] = [
  ['buy', '1', '100'],
  ['buy', '1', '120'],
  ['buy', '1', '140'],
  ['sell', '1.5', '225'],
];

const deal = fc.record({
  side: fc.constantFrom<Side>('buy', 'sell'),
  amount: fc.integer({ min: 1, max: 9_999 }).map((n) => unitText((BigInt(n) * oneUnit) / 1_000n)),
  // Not a round number of anything: what rounding leaves must not be lost.
  quote: fc.bigInt({ min: 1n, max: 10n ** 21n }).map(unitText),
});
export const anyDeals = fc.array(
  deal.map(({ side, amount, quote }): Deal => [side, amount, quote]),
  { maxLength: 12 },
);

export const cash = (some: readonly Deal[]): bigint =>
  some.reduce((sum, [side, , quote]) => sum + (side === 'buy' ? -1n : 1n) * units(quote), 0n);
export const size = (some: readonly Deal[]): bigint =>
  some.reduce((sum, [side, amount]) => sum + (side === 'buy' ? 1n : -1n) * units(amount), 0n);
