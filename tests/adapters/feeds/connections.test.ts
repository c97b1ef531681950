import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startSimulatedExchange } from '../../../adapters/exchange/simulated/start.ts';
import { createBinanceSpotFeed, createBinanceUsdmFeed } from '../../../adapters/feeds/binance/feed.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import type { FeedEvent, FeedNotice, FeedStream, MarketFeed } from '../../../core/ports/market-feed.ts';
import { startTradeServer, type TradeServer } from './trade-server.ts';
import { createVirtualTimers, type VirtualTimers } from './virtual-timers.ts';

let server: TradeServer;
let clock: VirtualTimers;
let stop: AbortController;
let reading: Promise<void>;
let notices: FeedNotice[];
let tradeIds: number[];

beforeEach(async () => {
  server = await startTradeServer();
  clock = createVirtualTimers();
  stop = new AbortController();
  notices = [];
  tradeIds = [];
});

afterEach(async () => {
  stop.abort();
  await reading;
  await server.close();
});

const addresses = () => ({ rest: server.url, socket: server.ws, userSocket: server.ws });

const trades: readonly FeedStream[] = [{ channel: 'trades', symbol: 'BTC/USDT' }];

function listen(feed: MarketFeed, streams = trades) {
  const take = (event: FeedEvent) => {
    if (event.type === 'notice') notices.push(event.notice);
    if (event.type === 'trade') tradeIds.push(Number(event.trade.tradeId));
  };
  reading = (async () => {
    for await (const event of feed.stream(streams, { signal: stop.signal })) take(event);
  })();
}

const spot = () => createBinanceSpotFeed({ addresses: addresses(), timers: clock.timers });

const kinds = () => notices.map(({ kind }) => kind);

/** Lets what is on its way arrive: a request to the same process and back. */
async function settle(): Promise<void> {
  await fetch(`${server.url}/`).then((response) => response.text());
  await new Promise((resolve) => setImmediate(resolve));
}

/** Moves the feed's clock, a tenth of a second at a time. */
async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 100) {
    clock.advance(100);
    await settle();
  }
}

const isContinuous = () => tradeIds.every((id, index) => index === 0 || id === tradeIds[index - 1] + 1);

test('serverShutdown: the next connection is there before the last one is let go', async () => {
  listen(spot());
  await expect.poll(() => kinds()).toEqual(['connected']);
  const [first] = server.sockets;
  server.trade();
  let firstWasOpen = false;
  server.onSubscribed((socket) => {
    if (socket !== first) firstWasOpen = first.readyState === WebSocket.OPEN;
  });
  server.send(first, { e: 'serverShutdown', E: 1 });
  await expect.poll(() => firstWasOpen).toBe(true);
  await expect.poll(() => kinds()).toEqual(['connected', 'connected']); // else the trade may come before it
  server.trade();
  await expect.poll(() => first.readyState).toBe(WebSocket.CLOSED);
  server.trade();
  await expect.poll(() => tradeIds).toHaveLength(3);
  expect([firstWasOpen, isContinuous(), kinds()]).toEqual([true, true, ['connected', 'connected']]);
});

test('a venue that closes at once is tried once a second at most, and less and less often', async () => {
  const attempts: number[] = [];
  server.onConnection((socket) => {
    attempts.push(clock.timers.monotonicMs());
    socket.close(1013);
  });
  const feed = createBinanceUsdmFeed({ addresses: addresses(), timers: clock.timers });
  const streams: FeedStream[] = [
    { channel: 'trades', symbol: 'BTC/USDT:USDT' },
    { channel: 'book', symbol: 'BTC/USDT:USDT', depth: 10 },
  ];
  listen(feed, streams);
  await pass(180_000);
  // Two connections: at once, then after 1, 2, 5, 15, 30, 30 … s with up to a quarter more: 8 to 10 each in 3 minutes.
  expect(attempts.length).toBeGreaterThanOrEqual(14);
  expect(attempts.length).toBeLessThanOrEqual(20);
  const spacing = attempts.slice(2).map((at, index) => at - attempts[index + 1]);
  expect(Math.min(...spacing.slice(1))).toBeGreaterThanOrEqual(900); // a connection shows up a step late
  expect(kinds()).not.toContain('connected');
});

test('a socket that is not confirmed within ten seconds is given up', async () => {
  server.onConnection((socket) => socket.removeAllListeners('message'));
  listen(spot());
  await pass(10_500);
  expect(notices).toEqual([expect.objectContaining({ kind: 'disconnected', reason: 'not confirmed within 10 s' })]);
});

test('a frame above 4 MiB ends the connection', async () => {
  listen(spot());
  await expect.poll(() => kinds()).toEqual(['connected']);
  server.sockets[0].send(`"${'x'.repeat(4 * 1024 * 1024)}"`);
  await expect.poll(() => kinds()).toEqual(['connected', 'disconnected']);
  expect(notices[1]).toMatchObject({ reason: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' });
  await pass(1_500);
  await expect.poll(() => kinds()).toEqual(['connected', 'disconnected', 'connected']);
});

test('a redirect is not followed', async () => {
  const other = await startTradeServer();
  const asked: unknown[] = [];
  other.onConnection((socket) => asked.push(socket));
  const { createServer } = await import('node:http');
  const { listenOn } = await import('./replay-server.ts');
  const http = createServer();
  http.on('upgrade', (_, socket) => {
    socket.end(`HTTP/1.1 302 Found\r\nlocation: ${other.ws}/ws\r\nconnection: close\r\n\r\n`);
  });
  const port = await listenOn(http);
  const here = { rest: server.url, socket: `ws://127.0.0.1:${port}`, userSocket: server.ws };
  listen(createBinanceSpotFeed({ addresses: here, timers: clock.timers }));
  await expect.poll(() => kinds()).toEqual(['disconnected']);
  expect(asked).toEqual([]);
  await new Promise((resolve) => http.close(resolve));
  await other.close();
});

test('thousands of trades that came while the connection was down come by REST, in order', async () => {
  listen(spot());
  await expect.poll(() => kinds()).toEqual(['connected']);
  server.trade();
  await expect.poll(() => tradeIds).toHaveLength(1);
  server.sockets[0].terminate();
  await expect.poll(() => kinds()).toContain('disconnected');
  for (let count = 0; count < 10_001; count++) server.trade();
  await pass(1_500);
  await expect.poll(() => server.sockets.length).toBe(2);
  // What REST gives after the reconnect ends at its limit of pages; the next trade shows what is still missing.
  await expect.poll(() => tradeIds.length).toBeGreaterThan(9_000);
  server.trade();
  await expect.poll(() => tradeIds.at(-1)).toBe(1_000 + 10_003);
  expect(isContinuous()).toBe(true);
});

test('a gap longer than 10,000 trades is told and not filled', async () => {
  listen(spot());
  await expect.poll(() => kinds()).toEqual(['connected']);
  server.trade();
  server.skip(10_001);
  server.trade();
  await expect.poll(() => tradeIds).toEqual([1_001, 11_003]);
  expect(notices.at(-1)).toMatchObject({ kind: 'gap', stream: 'trades BTC/USDT', missing: 10_001, backfilled: false });
});

test('a listen key is renewed every half hour', async () => {
  const exchange = await startSimulatedExchange({ historyMinutes: 60, venues: ['binanceUsdm'], rateLimits: false });
  const [{ apiKey, secret }] = exchange.accounts;
  const keys = { apiKey: createSecret(apiKey), secret: createSecret(secret) };
  const root = { rest: `${exchange.url}/bfut`, socket: `${exchange.ws}/bfut`, userSocket: `${exchange.ws}/bfut` };
  listen(createBinanceUsdmFeed({ addresses: root, timers: clock.timers, own: { keys } }), [{ channel: 'own' }]);
  await expect.poll(() => kinds()).toEqual(['connected']);
  for (let seconds = 0; seconds < 3_700; seconds++) {
    clock.advance(1_000);
    await settle();
  }
  const renewals = exchange.simulation.log.entries.filter(
    ({ method, path }) => method === 'PUT' && path.endsWith('listenKey'),
  );
  expect([renewals.length, kinds()]).toEqual([2, ['connected']]);
  stop.abort();
  await reading;
  await exchange.close();
});
