import { expect, test } from 'vitest';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { openFeed } from '../../../adapters/feeds/open-feed.ts';
import { control } from '../exchange/simulated/raw-client.ts';
import { createVirtualTimers } from './virtual-timers.ts';
import { truthNow, type TruthOf } from '../../contracts/feed-truth.ts';

/** Books that each feed has to keep without a hole: more by hand (`FEED_BOOKS=50000`), fewer in every run. */
const wanted = Number(process.env.FEED_BOOKS ?? 1_000);
const timeout = 60_000 + wanted;

const venues = [
  ['binance', '/bspot', 'BTC/USDT', { venue: 'binanceSpot', market: 'BTCUSDT', depth: 50 }],
  ['binanceusdm', '/bfut', 'BTC/USDT:USDT', { venue: 'binanceUsdm', market: 'BTCUSDT', depth: 50 }],
  ['kraken', '/kr', 'BTC/USD', { venue: 'krakenSpot', market: 'XXBTZUSD', depth: 25 }],
] as const satisfies readonly (readonly [string, string, string, TruthOf])[];

test.each(venues)(
  '%s: no hole over many books, and the last one is the venue’s',
  { timeout },
  async (venue, path, symbol, of) => {
    const exchange = await startSimulatedExchange({
      clock: { mode: 'manual' },
      venues: [of.venue],
      historyMinutes: 60,
      takersPerSecond: 100,
      rateLimits: false,
    });
    const { timers } = createVirtualTimers(); // it stands still: nothing is late here
    const stop = new AbortController();
    const feed = openFeed(venue, { baseUrl: `${exchange.url}${path}`, timers });
    const heard = { books: 0, notices: new Set<string>(), last: '' };
    const reading = (async () => {
      for await (const event of feed.stream([{ channel: 'book', symbol, depth: of.depth }], { signal: stop.signal })) {
        if (event.type === 'notice') heard.notices.add(event.notice.kind);
        if (event.type !== 'book') continue;
        heard.books += 1;
        heard.last = JSON.stringify([event.book.bids, event.book.asks]);
      }
    })();
    await expect.poll(() => heard.books).toBeGreaterThan(0);
    while (heard.books < wanted) await control(exchange, '/advance', { ms: 5_000 });
    const { bids, asks } = truthNow(exchange, of);
    await expect.poll(() => heard.last).toBe(JSON.stringify([bids, asks]));
    expect([...heard.notices].filter((kind) => kind !== 'resynced')).toEqual(['connected']);
    stop.abort();
    await reading;
    await exchange.close();
  },
);
