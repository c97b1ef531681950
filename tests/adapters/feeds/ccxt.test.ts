import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createCcxtFeed } from '../../../adapters/feeds/ccxt/feed.ts';
import type { FeedStream } from '../../../core/ports/market-feed.ts';
import { runFeed } from '../../contracts/feed-run.ts';
import { differences, truthNow } from '../../contracts/feed-truth.ts';
import { krakenClient } from '../exchange/simulated/clients.ts';
import { control } from '../exchange/simulated/raw-client.ts';

let exchange: SimulatedExchange;

beforeAll(async () => {
  exchange = await startSimulatedExchange({
    clock: { mode: 'manual' },
    historyMinutes: 60,
    venues: ['krakenSpot'],
    rateLimits: false,
  });
});
afterAll(async () => exchange.close());

const symbol = 'BTC/USD';
const streams: readonly FeedStream[] = [
  { channel: 'ticker', symbol },
  { channel: 'trades', symbol },
  { channel: 'book', symbol, depth: 10 },
  { channel: 'candles', symbol, timeframe: '1m' },
];

test('a feed through ccxt converges to the venue, also after a cut', async () => {
  const client = await krakenClient(exchange);
  const run = runFeed(exchange, (timers) => createCcxtFeed(client, { timers }), streams);
  // ccxt's ticker comes with trades only, so its best prices may be older than the book's.
  const missing = () =>
    differences(run.heard, truthNow(exchange, { venue: 'krakenSpot', market: 'XXBTZUSD', depth: 10 })).filter(
      (what) => what !== 'ticker',
    );
  await run.until(() => run.heard.closed.length > 0 && run.heard.ticker !== undefined, 'a closed candle');
  await run.until(() => missing().length === 0, 'convergence');
  await control(exchange, '/disconnect', { match: 'krakenSpot' });
  const trades = run.heard.trades.length;
  // ccxt connects again in its own time, which no virtual clock hurries: no step before it has.
  const isBack = async () => {
    await run.step(500);
    const kinds = run.heard.notices.map(({ kind }) => kind);
    return kinds.lastIndexOf('connected') > kinds.lastIndexOf('disconnected') && kinds.includes('disconnected');
  };
  await expect.poll(isBack, { timeout: 60_000, interval: 100 }).toBe(true);
  await run.until(
    () => run.heard.trades.length > trades + 3 && missing().length === 0,
    `convergence after a cut, but ${missing().join()}`,
  );
  expect(run.heard.notices.map(({ kind }) => kind)).toContain('disconnected');
  await run.stop();
  await client.close();
});

test('own streams are refused', async () => {
  const client = await krakenClient(exchange);
  const feed = createCcxtFeed(client);
  expect(() => feed.stream([{ channel: 'own' }], { signal: AbortSignal.abort() })).toThrow(/own streams/);
  await client.close();
});
