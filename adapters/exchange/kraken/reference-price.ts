import { z } from 'zod';
import type { ReferencePrice } from '../../../core/ports/exchange.ts';
import { midPrice } from '../mid-price.ts';
import { decimalText } from '../read-answer.ts';
import { sharedPrice } from '../shared-price.ts';
import type { KrakenApi } from './api.ts';
import { milliseconds } from './shapes.ts';

/** Kraken takes about one public call a second: orders that come closer share a price. */
const keptMs = 1_000;

const tickerShape = z.record(z.string(), z.object({ a: z.array(decimalText).min(1), b: z.array(decimalText).min(1) }));

/** Rows [price, volume, time, …] by pair, beside `last`. */
const tradesShape = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.array(z.tuple([decimalText, z.unknown(), milliseconds], z.unknown()))]),
);

/** The middle of the book and the newest trade, at most a second old. */
export function createReferencePrice({ open, clock, markets }: KrakenApi) {
  const ask = async (symbol: string): Promise<ReferencePrice> => {
    const { id } = await markets.find(symbol);
    const [tickers, trades] = await Promise.all([
      open({ path: 'Ticker', params: { pair: id }, purpose: 'read' }, tickerShape),
      open({ path: 'Trades', params: { pair: id, count: 1 }, purpose: 'read' }, tradesShape),
    ]);
    const [ticker] = Object.values(tickers);
    const rows = Object.values(trades).find((value) => Array.isArray(value)) ?? [];
    const [price, , venueMs] = rows.at(-1) ?? [];
    return {
      price: midPrice(ticker?.b[0] ?? '0', ticker?.a[0] ?? '0'),
      source: 'bookMid',
      venueMs: await clock.nowMs(),
      ...(price !== undefined && venueMs !== undefined && { lastTrade: { price, venueMs } }),
    };
  };
  return sharedPrice(ask, keptMs);
}
