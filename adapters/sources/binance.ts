import { z } from 'zod';
import type { Provider } from '../http/provider.ts';
import type { FetchContext } from './fetch-half.ts';
import { changed, readJson, readNumber } from './read-answer.ts';

/** Public market data, no key. 6,000 weight a minute, a page weighs 2; 418 is a ban for going on after 429. */
const binance: Provider = {
  name: 'binance',
  hosts: ['data-api.binance.vision'],
  limit: { requests: 20, perMs: 1_000, burst: 5 },
  limitedStatuses: [418],
};

const klines = z.array(z.tuple([z.int(), z.string(), z.string(), z.string(), z.string()]).rest(z.unknown()));

export type Close = Readonly<{ openMs: number; close: number }>;

const pageRows = 1_000;

/** Closes of a spot market over open times in [fromMs, toMs), oldest first. Bars that nobody traded in are not there. */
export async function closes(
  {
    symbol,
    interval,
    fromMs,
    toMs,
  }: Readonly<{ symbol: string; interval: '5m' | '1h' | '1d'; fromMs: number; toMs: number }>,
  { get }: FetchContext,
): Promise<Close[]> {
  const found: Close[] = [];
  for (let startMs = fromMs; startMs < toMs;) {
    const text = await get(binance, {
      host: 'data-api.binance.vision',
      path: '/api/v3/klines',
      query: { symbol, interval, startTime: String(startMs), endTime: String(toMs - 1), limit: String(pageRows) },
      accept: 'json',
    });
    const page = readJson(text, klines, { provider: 'binance' });
    for (const [openMs, , , , close] of page) {
      const path = `bar ${openMs}`;
      const value = readNumber(close, { provider: 'binance', path });
      if (openMs < startMs || openMs >= toMs || value <= 0)
        throw changed('binance', 'a bar that cannot be', { path, found: JSON.stringify(close) });
      found.push({ openMs, close: value });
      startMs = openMs + 1;
    }
    if (page.length < pageRows) break;
  }
  if (found.length === 0) throw changed('binance', `no bars of ${symbol}`, { path: 'answer' });
  return found;
}
