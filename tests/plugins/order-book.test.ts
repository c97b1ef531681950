import { describe, expect, test } from 'vitest';
import { bookFacts, refuseBadBook, walkSide } from '../../plugins/order-book.ts';

const book = {
  bids: [
    [99, 2],
    [98, 5],
    [90, 100],
  ],
  asks: [
    [101, 1],
    [102, 4],
    [110, 100],
  ],
} as const;

describe('an order book', () => {
  test('has a middle, a spread, and depth within a band', () => {
    expect(bookFacts(book, 0.02)).toEqual({
      mid: 100,
      spread: 0.02,
      depthBid: 99 * 2 + 98 * 5,
      depthAsk: 101 + 102 * 4,
    });
  });

  test('is walked level by level, as far as it goes', () => {
    expect(walkSide(book.bids, { need: 2, mid: 100 })).toEqual({ slippage: 1 - 0.99, bookExhausted: false });
    const deep = walkSide(book.asks, { need: 3, mid: 100 });
    expect(deep.slippage).toBeCloseTo((101 + 2 * 102) / 300 - 1, 14);
    const beyond = walkSide(book.asks, { need: 1_000, mid: 100 });
    expect(beyond).toMatchObject({ bookExhausted: true });
    expect(beyond.slippage).toBeCloseTo((101 + 4 * 102 + 100 * 110) / 10_500 - 1, 14);
    expect(walkSide(book.asks, { need: 0, mid: 100 })).toEqual({ slippage: 0, bookExhausted: false });
  });

  test.each([
    ['bids out of order', { ...book, bids: book.bids.toReversed() }, 'book.bids[1]'],
    ['asks out of order', { ...book, asks: book.asks.toReversed() }, 'book.asks[1]'],
    ['one price twice', { ...book, asks: [book.asks[0], book.asks[0]] }, 'book.asks[1]'],
    ['a crossed book', { ...book, bids: [[101, 1]] as const }, 'book'],
  ])('is refused with %s', (_, bad, path) => {
    expect(() => refuseBadBook('book', bad)).toThrow(
      expect.objectContaining({ place: expect.objectContaining({ path }) }),
    );
  });
});
