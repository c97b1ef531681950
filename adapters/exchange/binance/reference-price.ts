import { z } from 'zod';
import type { ReferencePrice } from '../../../core/ports/exchange.ts';
import { midPrice } from '../mid-price.ts';
import { decimalText, readAnswer } from '../read-answer.ts';
import { sharedPrice } from '../shared-price.ts';
import type { BinanceApi } from './api.ts';

/** The newest trade alone has the weight of four cancels at spot and of twenty at USD-M, of 6,000 and 2,400 a minute. */
const keptMs = 500;

const bookTicker = z.object({ bidPrice: decimalText, askPrice: decimalText });

/** The middle of the book and the newest trade, at most half a second old. */
export const createSpotPrice = (api: BinanceApi) =>
  sharedPrice(async (symbol) => {
    const { id } = await api.markets.find(symbol);
    const [answer, last] = await Promise.all([
      api.open({ method: 'GET', path: 'ticker/bookTicker', params: { symbol: id } }),
      lastTrade(api, id),
    ]);
    const { bidPrice, askPrice } = readAnswer(bookTicker, answer, 'bookTicker');
    return { price: midPrice(bidPrice, askPrice), source: 'bookMid', venueMs: await api.clock.nowMs(), ...last };
  }, keptMs);

const premiumIndex = z.object({ markPrice: decimalText, time: z.number() });

/** The mark price and the newest trade, at most half a second old. */
export const createMarkPrice = (api: BinanceApi) =>
  sharedPrice(async (symbol) => {
    const { id } = await api.markets.find(symbol);
    const [answer, last] = await Promise.all([
      api.open({ method: 'GET', path: 'premiumIndex', params: { symbol: id } }),
      lastTrade(api, id),
    ]);
    const { markPrice, time } = readAnswer(premiumIndex, answer, 'premiumIndex');
    return { price: markPrice, source: 'mark', venueMs: time, ...last };
  }, keptMs);

const tradesShape = z.array(z.object({ p: decimalText, T: z.number() }));

/** Nothing where there never was a trade. */
async function lastTrade({ open }: BinanceApi, id: string): Promise<Pick<ReferencePrice, 'lastTrade'>> {
  const answer = await open({ method: 'GET', path: 'aggTrades', params: { symbol: id, limit: 1 } });
  const newest = readAnswer(tradesShape, answer, 'aggTrades').at(-1);
  return newest === undefined ? {} : { lastTrade: { price: newest.p, venueMs: newest.T } };
}
