import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { absolute, units, unitText } from '../../../core/orders/amount.ts';
import { feeInQuote } from '../../../core/orders/fee-in-quote.ts';
import { type LotMethod, lotsOf } from '../../../core/orders/lots.ts';
import { addTrade, flatPosition, tradeOf } from '../../../core/orders/positions.ts';
import type { Fill } from '../../../core/orders/types.ts';
import { noonMs } from '../../contracts/order-fixtures.ts';
import { anyDeals, cash, type Deal, fillsOf, ladder, size } from './deals.ts';

const realizedOf = (some: readonly Deal[], method: LotMethod): string[] =>
  lotsOf(fillsOf(some), method).closed.map(
    ({ openedTradeId, amount, opening, closing, realized }) =>
      `${amount} of ${openedTradeId}: ${closing.quote} - ${opening.quote} = ${realized}`,
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

  // 1.5 of the 3 were sold for 225 with a fee of 0.3; each buy cost 0.1 of fee, the second in BNB, the third in BTC.
  test('a fee follows its part of the fill, in its asset, and is valued where its price is known', () => {
    const fees = [
      { fee: '0.1', feeAsset: 'USDT' },
      { fee: '0.1', feeAsset: 'BNB' },
      { fee: '0.001', feeAsset: 'BTC', price: '140' },
      { fee: '0.3', feeAsset: 'USDT' },
    ];
    const fills = fillsOf(ladder).map((fill, place): Fill => ({ ...fill, ...fees[place] }));
    const { closed, open } = lotsOf(fills, 'fifo');
    expect(closed).toMatchObject([
      {
        opening: { feesInQuote: '0.1', fees: { USDT: '0.1' } },
        closing: { feesInQuote: '0.2', fees: { USDT: '0.2' } },
      },
      { opening: { feesInQuote: '0', fees: { BNB: '0.05' } }, closing: { feesInQuote: '0.1', fees: { USDT: '0.1' } } },
    ]);
    expect(open).toMatchObject([
      { openedTradeId: '2', amount: '0.5', opening: { quote: '60', feesInQuote: '0', fees: { BNB: '0.05' } } },
      { openedTradeId: '3', amount: '1', opening: { quote: '140', feesInQuote: '0.14', fees: { BTC: '0.001' } } },
    ]);
  });

  test('says when each part was opened and closed, and by which trade', () => {
    expect(lotsOf(fillsOf(ladder), 'fifo').closed[1]).toMatchObject({
      openedTradeId: '2',
      closedTradeId: '4',
      openedMs: noonMs + 1,
      closedMs: noonMs + 3,
    });
  });
});

const anyMethod = fc.constantFrom<LotMethod>('fifo', 'lifo', 'average');

const fee = fc.record({
  fee: fc.bigInt({ min: 0n, max: 10n ** 18n }).map(unitText),
  feeAsset: fc.constantFrom('USDT', 'BTC', 'BNB'),
});

const sumOf = <T>(some: readonly T[], of: (each: T) => string): bigint =>
  some.reduce((sum, each) => sum + units(of(each)), 0n);

describe('whatever is traded', () => {
  test('once flat, all methods have realised the same: what came in less what went out', () => {
    fc.assert(
      fc.property(anyDeals, anyMethod, (some, method) => {
        const open = size(some);
        const last: Deal[] =
          open === 0n ? [] : [[open > 0n ? 'sell' : 'buy', unitText(open > 0n ? open : -open), '777']];
        const whole = [...some, ...last];
        const lots = lotsOf(fillsOf(whole), method).closed;
        expect(lots.reduce((sum, { realized }) => sum + units(realized), 0n)).toBe(cash(whole));
      }),
    );
  });

  test('no lot closes more than its fill opened, and first in is first out', () => {
    fc.assert(
      fc.property(anyDeals, (some) => {
        const fills = fillsOf(some);
        const lots = lotsOf(fills, 'fifo').closed;
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

  test('by average cost, what the lots realised is what the position at average cost has, to the last digit', () => {
    fc.assert(
      fc.property(anyDeals, (some) => {
        const fills = fillsOf(some);
        const { closed, open } = lotsOf(fills, 'average');
        const position = fills.map(tradeOf).reduce(addTrade, flatPosition);
        expect(sumOf(closed, ({ realized }) => realized)).toBe(position.realized);
        expect(sumOf(open, ({ opening }) => opening.quote)).toBe(absolute(position.cost));
      }),
    );
  });

  test('no unit of an amount, of money or of a fee is lost', () => {
    fc.assert(
      fc.property(anyDeals, fc.array(fee, { minLength: 12, maxLength: 12 }), anyMethod, (some, fees, method) => {
        const fills = fillsOf(some).map((fill, place): Fill => ({ ...fill, ...fees[place] }));
        const { closed, open } = lotsOf(fills, method);
        const lots = [...closed, ...open];
        // Each fill opens, closes, or both: its amount is in the lots that name it.
        for (const { tradeId, amount } of fills) {
          const opened = sumOf(
            lots.filter(({ openedTradeId }) => openedTradeId === tradeId),
            (lot) => lot.amount,
          );
          const ended = sumOf(
            closed.filter(({ closedTradeId }) => closedTradeId === tradeId),
            (lot) => lot.amount,
          );
          expect(absolute(opened) + absolute(ended)).toBe(units(amount));
        }
        expect(sumOf(open, ({ amount }) => amount)).toBe(size(some));
        const realized = sumOf(closed, (lot) => lot.realized);
        const cost = sumOf(open, ({ amount, opening }) =>
          amount.startsWith('-') ? `-${opening.quote}` : opening.quote,
        );
        expect(realized - cost).toBe(cash(some));
        for (const asset of ['USDT', 'BTC', 'BNB']) {
          const paid = sumOf(
            fills.filter(({ feeAsset }) => feeAsset === asset),
            (fill) => fill.fee,
          );
          const opening = sumOf(lots, (lot) => lot.opening.fees[asset] ?? '0');
          expect(opening + sumOf(closed, (lot) => lot.closing.fees[asset] ?? '0')).toBe(paid);
        }
        const valued = sumOf(lots, (lot) => lot.opening.feesInQuote) + sumOf(closed, (lot) => lot.closing.feesInQuote);
        expect(valued).toBe(sumOf(fills, (fill) => feeInQuote(fill) || '0'));
      }),
    );
  });
});
