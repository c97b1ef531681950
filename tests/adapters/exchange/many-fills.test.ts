import { describe, expect, test } from 'vitest';
import { sumText } from '../../../core/orders/amount.ts';
import type { Fill } from '../../../core/orders/types.ts';
import {
  binanceSpotVenue,
  binanceUsdmVenue,
  krakenVenue,
  simulatedStand,
  type SimulatedVenue,
} from '../../contracts/exchange/simulated-stand.ts';
import { accept, withStandOf, type VenueStand } from '../../contracts/exchange/stand.ts';

type Case = Readonly<{ name: string; venue: SimulatedVenue; fillChunks: number; amount: string; pageSize: number }>;

/**
 * Orders that are filled in so many trades within one millisecond, which no question by time can tell apart. Kraken's
 * pages have 50 trades and cost a key two calls each: five of them are what it may ask at once. A level of the book is
 * filled in `fillChunks` trades, and 2 of USD-M are several levels.
 */
const cases: readonly Case[] = [
  { name: 'Binance spot', venue: binanceSpotVenue, fillChunks: 1_100, amount: '0.2', pageSize: 1_000 },
  { name: 'Binance USD-M', venue: binanceUsdmVenue, fillChunks: 300, amount: '2', pageSize: 1_000 },
  { name: 'Kraken spot', venue: krakenVenue, fillChunks: 210, amount: '0.2', pageSize: 50 },
];

/** All fills since then by pages; what `between` does comes after the first page that has fills. */
async function pagesOf(
  { exchange, symbol }: VenueStand,
  sinceMs: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<readonly (readonly Fill[])[]> {
  const pages: (readonly Fill[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await exchange.fillsSince(symbol, sinceMs, cursor);
    if (page.fills.length > 0) {
      pages.push(page.fills);
      if (pages.length === 1) await between();
    }
    cursor = page.next;
  } while (cursor !== undefined);
  return pages;
}

const sumOf = (fills: readonly Fill[]) => sumText('0', ...fills.map(({ amount }) => amount));

describe.each(cases)('$name: more fills in one moment than a page holds', ({ venue, fillChunks, amount, pageSize }) => {
  const open = withStandOf(simulatedStand(venue));

  test(
    'come page by page, each once, with those that are made meanwhile at the end',
    open(
      async (stand) => {
        const { query, order } = await accept(stand, { amount });
        const pages = await pagesOf(stand, query.sinceMs, () => accept(stand, { amount: '0.01', side: 'sell' }));
        const fills = pages.flat();
        expect(Math.max(...pages.map(({ length }) => length))).toBe(pageSize);
        expect(new Set(fills.map(({ tradeId }) => tradeId)).size).toBe(fills.length);
        const own = fills.filter(({ venueOrderId }) => venueOrderId === order.venueOrderId);
        expect(own.length).toBeGreaterThan(pageSize);
        expect(new Set(own.map(({ venueMs }) => venueMs)).size).toBe(1);
        expect(fills.slice(0, own.length)).toEqual(own);
        expect([sumOf(own), sumOf(fills.slice(own.length))]).toEqual([amount, '0.01']);
      },
      { fillChunks },
    ),
    60_000,
  );

  test(
    'are all of their order, which a look finds whole',
    open(
      async (stand) => {
        const { query, order } = await accept(stand, { amount });
        const { fills, order: found } = await stand.exchange.findOrder({ ...query, venueOrderId: order.venueOrderId });
        expect(found).toMatchObject({ state: 'filled', executed: amount });
        expect(fills.length).toBeGreaterThan(pageSize);
        expect(new Set(fills.map(({ tradeId }) => tradeId)).size).toBe(fills.length);
        expect(sumOf(fills)).toBe(amount);
      },
      { fillChunks },
    ),
    60_000,
  );
});
