import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unitText } from '../../../core/orders/amount.ts';
import { addTrade, entryPrice, flatPosition, tradeOf } from '../../../core/orders/positions.ts';
import { anyDeals, cash, type Deal, fillsOf, ladder, size } from './deals.ts';

const positionOf = (deals: readonly Deal[]) => {
  const position = fillsOf(deals).map(tradeOf).reduce(addTrade, flatPosition);
  const { amount, cost, realized } = position;
  return { amount: unitText(amount), cost: unitText(cost), realized: unitText(realized), entry: entryPrice(position) };
};

const flat = { amount: '0', cost: '0', entry: '' };

describe('a position at average cost', () => {
  test.each<[string, readonly Deal[], ReturnType<typeof positionOf>]>([
    ['nothing', [], { ...flat, realized: '0' }],
    // 360 for 3 are 120 each: 1.5 took 180 and brought 225.
    ['half of it sold', ladder, { amount: '1.5', cost: '180', realized: '45', entry: '120' }],
    ['all of it sold', [...ladder, ['sell', '1.5', '150']], { ...flat, realized: '15' }],
    // Sold 2 for 200, bought back for 90 each, and one more at 90.
    [
      'turned from short to long',
      [
        ['sell', '2', '200'],
        ['buy', '3', '270'],
      ],
      { amount: '1', cost: '90', realized: '20', entry: '90' },
    ],
    [
      'turned from long to short',
      [
        ['buy', '1', '100'],
        ['sell', '4', '320'],
      ],
      { amount: '-3', cost: '-240', realized: '-20', entry: '80' },
    ],
    // Sold 4 for 400; one bought back at 90 took 100 of it along.
    [
      'a quarter of a short bought back',
      [
        ['sell', '4', '400'],
        ['buy', '1', '90'],
      ],
      { amount: '-3', cost: '-300', realized: '10', entry: '100' },
    ],
    ['a trade of nothing', [['buy', '0', '0']], { ...flat, realized: '0' }],
  ])('%s', (_, deals, expected) => expect(positionOf(deals)).toEqual(expected));
});

describe('whatever is traded', () => {
  test('the position is the sum of the fills, and not a unit of money is lost', () => {
    fc.assert(
      fc.property(anyDeals, (some) => {
        const { amount, cost, realized } = fillsOf(some).map(tradeOf).reduce(addTrade, flatPosition);
        expect(amount).toBe(size(some));
        expect(realized - cost).toBe(cash(some));
        expect(amount === 0n ? cost : 0n).toBe(0n);
      }),
    );
  });
});
