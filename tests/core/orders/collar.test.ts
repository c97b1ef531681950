import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCollar, type CollarPrices, collarSources, worstPrice } from '../../../core/orders/collar.ts';
import type { OrderIntent } from '../../../core/orders/types.ts';
import { symbol } from '../../contracts/order-fixtures.ts';

/** 5 % around a mark of 100: from 95 to 105. */
const settings = { maxDeviation: '0.05', maxAgeMs: 5_000 };

const seen = (price: string, ageMs = 100) => ({ price, ageMs });
const usual: CollarPrices = { mark: seen('100'), lastTrade: seen('100') };

type Checked = Pick<OrderIntent, 'side' | 'type' | 'price' | 'symbol'>;
const market = (side: 'buy' | 'sell'): Checked => ({ symbol, side, type: 'market' });
const limit = (side: 'buy' | 'sell', price: string): Checked => ({ symbol, side, type: 'limit', price });

/** `within`, or what is wrong. */
const verdict = (intent: Checked, prices: CollarPrices): string => {
  const found = checkCollar(intent, prices, settings);
  return found.kind === 'within' ? `within ${found.source}` : `${found.kind}: ${found.reason}`;
};

describe('the price collar (orders.md 6)', () => {
  test.each<[string, Checked, string]>([
    ['a buy at the edge', limit('buy', '105'), 'within mark'],
    ['a buy above it', limit('buy', '105.01'), 'refused: buy at 105.01 is too far from mark 100'],
    ['a sell at the edge', limit('sell', '95'), 'within mark'],
    ['a sell below it', limit('sell', '94.99'), 'refused: sell at 94.99 is too far from mark 100'],
    ['a buy far better', limit('buy', '1'), 'within mark'],
    ['a sell far better', limit('sell', '9000'), 'within mark'],
  ])('%s', (_, intent, expected) => expect(verdict(intent, usual)).toBe(expected));

  test.each<[string, CollarPrices, string]>([
    ['at the edge', { mark: seen('100'), lastTrade: seen('105') }, 'within mark'],
    [
      'above it',
      { mark: seen('100'), lastTrade: seen('105.01') },
      'refused: last trade 105.01 is too far from mark 100',
    ],
    ['below it', { mark: seen('100'), lastTrade: seen('94.99') }, 'refused: last trade 94.99 is too far from mark 100'],
  ])('a market order is judged by the last trade: %s', (_, prices, expected) => {
    expect(verdict(market('buy'), prices)).toBe(expected);
    expect(verdict({ ...market('buy'), type: 'stopMarket' }, prices)).toBe(expected);
  });

  test.each<[string, CollarPrices, string]>([
    ['nothing to hold it against', { lastTrade: seen('100') }, 'no price to hold an order against'],
    ['no last trade', { mark: seen('100') }, 'no last trade'],
    ['a price of zero', { mark: seen('0'), lastTrade: seen('100') }, 'mark is 0'],
    ['a price below zero', { mark: seen('-1'), lastTrade: seen('100') }, 'mark is -1'],
    ['a last trade of zero', { mark: seen('100'), lastTrade: seen('0.00') }, 'lastTrade is 0.00'],
    ['an old price', { mark: seen('100', 5_001), lastTrade: seen('100') }, 'mark is 5001 ms old, at most 5000'],
    [
      'an old last trade',
      { mark: seen('100', 5_000), lastTrade: seen('100', 5_001) },
      'lastTrade is 5001 ms old, at most 5000',
    ],
  ])('%s is no signal: the symbol is halted', (_, prices, expected) => {
    expect(verdict(market('buy'), prices)).toBe(`haltSymbol: ${symbol}: ${expected}`);
  });

  test('another venue goes before mark, index and the book; the best one there decides alone', () => {
    const all: CollarPrices = {
      otherVenue: seen('100'),
      mark: seen('1'),
      index: seen('1'),
      bookMid: seen('1'),
      lastTrade: seen('100'),
    };
    expect(verdict(market('buy'), all)).toBe('within otherVenue');
    for (const [place, source] of collarSources.entries()) {
      const some = collarSources.slice(place).map((name) => [name, seen(name === source ? '100' : '7')] as const);
      expect(verdict(market('sell'), { ...Object.fromEntries(some), lastTrade: seen('100') })).toBe(`within ${source}`);
    }
  });

  test('an old better source is not passed over for a fresh worse one', () => {
    const prices = { ...usual, otherVenue: seen('100', 60_000) };
    expect(verdict(market('buy'), prices)).toContain('otherVenue is 60000 ms old');
  });
});

describe('what an order can cost at worst', () => {
  test.each<[string, Parameters<typeof worstPrice>[0], string]>([
    ['a buy’s limit is the most it pays', { type: 'limit', side: 'buy', price: '101' }, '101'],
    // Sold short it must be bought back: the reference and 5 %.
    ['a sell’s limit below the reference', { type: 'limit', side: 'sell', price: '90' }, '105'],
    ['a sell’s limit above it', { type: 'limit', side: 'sell', price: '200' }, '210'],
    ['a market order', { type: 'market', side: 'buy' }, '105'],
    ['a stop above the reference', { type: 'stopMarket', side: 'buy', stopPrice: '120' }, '126'],
    ['a stop below it', { type: 'stopMarket', side: 'sell', stopPrice: '80' }, '105'],
  ])('%s', (_, order, expected) => expect(worstPrice(order, '100', settings)).toBe(expected));

  test('no limit costs more, on whichever side', () => {
    const cents = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(fc.constantFrom<'buy' | 'sell'>('buy', 'sell'), cents, (side, price) => {
        const order = limit(side, String(price / 100));
        expect(Number(worstPrice(order, '100', settings))).toBeGreaterThanOrEqual(price / 100);
      }),
    );
  });
});
