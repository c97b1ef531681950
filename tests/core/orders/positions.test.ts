import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { oneUnit, units, unitText } from '../../../core/orders/amount.ts';
import {
  addTrade,
  closedLots,
  entryPrice,
  flatPosition,
  type LotMethod,
  tradeOf,
} from '../../../core/orders/positions.ts';
import type { Fill, Side } from '../../../core/orders/types.ts';
import { fillOf, noonMs } from '../../contracts/order-fixtures.ts';

type Deal = readonly [side: Side, amount: string, quoteAmount: string];

const fillsOf = (deals: readonly Deal[]): Fill[] =>
  deals.map(([side, amount, quoteAmount], place) =>
    fillOf(String(place + 1), { side, amount, quoteAmount, venueMs: noonMs + place }),
  );

const positionOf = (deals: readonly Deal[]) => {
  const position = fillsOf(deals).map(tradeOf).reduce(addTrade, flatPosition);
  const { amount, cost, realized } = position;
  return { amount: unitText(amount), cost: unitText(cost), realized: unitText(realized), entry: entryPrice(position) };
};

const flat = { amount: '0', cost: '0', entry: '' };

/** Three buys at 100, 120 and 140, of which half is sold at 150. */
const ladder: readonly Deal[] = [
  ['buy', '1', '100'],
  ['buy', '1', '120'],
  ['buy', '1', '140'],
  ['sell', '1.5', '225'],
];

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

const realizedOf = (deals: readonly Deal[], method: LotMethod): string[] =>
  closedLots(fillsOf(deals), method).map(
    ({ openedTradeId, amount, cost, proceeds, realized }) =>
      `${amount} of ${openedTradeId}: ${proceeds} - ${cost} = ${realized}`,
  );

describe('lots', () => {
  test.each<[LotMethod, string[]]>([
    ['fifo', ['1 of 1: 150 - 100 = 50', '0.5 of 2: 75 - 60 = 15']],
    ['lifo', ['1 of 3: 150 - 140 = 10', '0.5 of 2: 75 - 60 = 15']],
    ['average', ['1 of 1: 150 - 120 = 30', '0.5 of 2: 75 - 60 = 15']],
  ])('%s, by hand', (method, expected) => expect(realizedOf(ladder, method)).toEqual(expected));

  // 2 at 100 and 1 at 300; each sale takes one. By average all of them cost 500 / 3.
  test.each<[LotMethod, string[]]>([
    ['fifo', ['1 of 1: 200 - 100 = 100', '1 of 1: 200 - 100 = 100', '1 of 2: 200 - 300 = -100']],
    ['lifo', ['1 of 2: 200 - 300 = -100', '1 of 1: 200 - 100 = 100', '1 of 1: 200 - 100 = 100']],
    [
      'average',
      [
        '1 of 1: 200 - 166.666666666666666666 = 33.333333333333333334',
        '1 of 1: 200 - 166.666666666666666667 = 33.333333333333333333',
        '1 of 2: 200 - 166.666666666666666667 = 33.333333333333333333',
      ],
    ],
  ])('a lot that closes in parts keeps what the rest cost: %s', (method, expected) => {
    const sale: Deal = ['sell', '1', '200'];
    const deals: readonly Deal[] = [['buy', '2', '200'], ['buy', '1', '300'], sale, sale, sale];
    expect(realizedOf(deals, method)).toEqual(expected);
  });

  test('the average of what is left stays, whichever lot pays', () => {
    // 200 and 100 are 150 each; the second sale finds 1 at 150 although its own lot took 100.
    const deals: Deal[] = [
      ['buy', '1', '200'],
      ['buy', '1', '100'],
      ['sell', '1', '160'],
      ['sell', '1', '160'],
    ];
    expect(realizedOf(deals, 'average')).toEqual(['1 of 1: 160 - 150 = 10', '1 of 2: 160 - 150 = 10']);
  });

  test('a short is closed by a buy, its amount negative; what is more opens the other side', () => {
    const deals: Deal[] = [
      ['sell', '2', '200'],
      ['buy', '3', '270'],
      ['sell', '1', '95'],
    ];
    expect(realizedOf(deals, 'fifo')).toEqual(['-2 of 1: 180 - 200 = 20', '1 of 2: 95 - 90 = 5']);
  });

  test('says when each part was opened and closed, and by which trade', () => {
    expect(closedLots(fillsOf(ladder), 'fifo')[1]).toMatchObject({
      openedTradeId: '2',
      closedTradeId: '4',
      openedMs: noonMs + 1,
      closedMs: noonMs + 3,
    });
  });
});

const deal = fc.record({
  side: fc.constantFrom<Side>('buy', 'sell'),
  amount: fc.integer({ min: 1, max: 9_999 }).map((n) => unitText((BigInt(n) * oneUnit) / 1_000n)),
  // Not a round number of anything: what rounding leaves must not be lost.
  quote: fc.bigInt({ min: 1n, max: 10n ** 21n }).map(unitText),
});
const deals = fc.array(
  deal.map(({ side, amount, quote }): Deal => [side, amount, quote]),
  { maxLength: 12 },
);

const cash = (some: readonly Deal[]): bigint =>
  some.reduce((sum, [side, , quote]) => sum + (side === 'buy' ? -1n : 1n) * units(quote), 0n);
const size = (some: readonly Deal[]): bigint =>
  some.reduce((sum, [side, amount]) => sum + (side === 'buy' ? 1n : -1n) * units(amount), 0n);

describe('whatever is traded', () => {
  test('the position is the sum of the fills, and not a unit of money is lost', () => {
    fc.assert(
      fc.property(deals, (some) => {
        const { amount, cost, realized } = fillsOf(some).map(tradeOf).reduce(addTrade, flatPosition);
        expect(amount).toBe(size(some));
        expect(realized - cost).toBe(cash(some));
        expect(amount === 0n ? cost : 0n).toBe(0n);
      }),
    );
  });

  test('once flat, all methods have realised the same: what came in less what went out', () => {
    fc.assert(
      fc.property(deals, fc.constantFrom<LotMethod>('fifo', 'lifo', 'average'), (some, method) => {
        const open = size(some);
        const last: Deal[] =
          open === 0n ? [] : [[open > 0n ? 'sell' : 'buy', unitText(open > 0n ? open : -open), '777']];
        const whole = [...some, ...last];
        const lots = closedLots(fillsOf(whole), method);
        expect(lots.reduce((sum, { realized }) => sum + units(realized), 0n)).toBe(cash(whole));
      }),
    );
  });

  test('no lot closes more than its fill opened, and first in is first out', () => {
    fc.assert(
      fc.property(deals, (some) => {
        const fills = fillsOf(some);
        const lots = closedLots(fills, 'fifo');
        const opened = lots.map(({ openedMs }) => openedMs);
        expect(opened).toEqual(opened.toSorted((a, b) => a - b));
        for (const fill of fills) {
          const closed = lots
            .filter(({ openedTradeId }) => openedTradeId === fill.tradeId)
            .reduce((sum, { amount }) => sum + (units(amount) > 0n ? units(amount) : -units(amount)), 0n);
          expect(closed <= units(fill.amount)).toBe(true);
        }
      }),
    );
  });
});
