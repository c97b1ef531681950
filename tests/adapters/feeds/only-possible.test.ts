import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createBinanceSpotFeed } from '../../../adapters/feeds/binance/feed.ts';
import { createEventBuffer } from '../../../adapters/feeds/event-buffer.ts';
import { onlyPossible } from '../../../adapters/feeds/only-possible.ts';
import type { FeedEvent, FeedStream } from '../../../core/ports/market-feed.ts';
import { startTradeServer } from './trade-server.ts';
import { createVirtualTimers } from './virtual-timers.ts';

const symbol = 'BTC/USDT';
const at = { symbol, venueMs: 1, receivedMs: 2 };

const ticker = { ...at, bid: 99, ask: 101, last: 100 };
const trade = { ...at, tradeId: '7', price: 100, amount: 0.5, takerSide: 'buy' as const };
const candle = {
  ...at,
  timeframe: '1m',
  openMs: 0,
  open: 100,
  high: 102,
  low: 98,
  close: 101,
  volume: 3,
  closed: true,
};
const book = (bids: [number, number][], asks: [number, number][]) => ({
  type: 'book' as const,
  book: { ...at, sequence: 1, bids, asks },
});

/** One number of an event, given back as something that no market has. */
const spoilt: readonly ((value: number) => FeedEvent)[] = [
  (bid) => ({ type: 'ticker', ticker: { ...ticker, bid } }),
  (ask) => ({ type: 'ticker', ticker: { ...ticker, ask } }),
  (last) => ({ type: 'ticker', ticker: { ...ticker, last } }),
  (price) => ({ type: 'trade', trade: { ...trade, price } }),
  (amount) => ({ type: 'trade', trade: { ...trade, amount } }),
  (open) => ({ type: 'candle', candle: { ...candle, open } }),
  (high) => ({ type: 'candle', candle: { ...candle, high } }),
  (low) => ({ type: 'candle', candle: { ...candle, low } }),
  (close) => ({ type: 'candle', candle: { ...candle, close } }),
  (price) =>
    book(
      [[99, 1]],
      [
        [101, 1],
        [price, 1],
      ],
    ),
  (amount) =>
    book(
      [
        [99, 1],
        [98, amount],
      ],
      [[101, 1]],
    ),
];

/** What a reader gets of them, in order. */
async function told(events: readonly FeedEvent[]): Promise<FeedEvent[]> {
  const buffer = onlyPossible(
    createEventBuffer(1_000, () => 5),
    () => 5,
  );
  for (const event of events) buffer.push(event);
  buffer.end();
  const out: FeedEvent[] = [];
  for (let next = await buffer.next(); next.done !== true; next = await buffer.next()) out.push(next.value);
  return out;
}

const isBad = (event: FeedEvent) => event.type === 'notice' && event.notice.kind === 'badFrame';

describe('what no market can have', () => {
  test('zero, negative, infinite or no number at all: told as a bad frame, never as data', async () => {
    const impossible = fc.oneof(fc.constantFrom(0, -0, NaN, Infinity, -Infinity), fc.double({ max: 0, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...spoilt), impossible, async (spoil, value) => {
        expect((await told([spoil(value)])).map(isBad)).toEqual([true]);
      }),
    );
  });

  test.each([
    ['an empty side', book([], [[101, 1]]), 'no bids'],
    ['the other empty side', book([[99, 1]], []), 'no asks'],
    ['a crossed book', book([[101, 1]], [[101, 1]]), 'bid 101, ask 101'],
    ['a negative volume', { type: 'candle', candle: { ...candle, volume: -1 } }, 'volume -1'],
    ['a high below the low', { type: 'candle', candle: { ...candle, high: 97 } }, 'high 97'],
    ['a bid at the ask', { type: 'ticker', ticker: { ...ticker, bid: 101 } }, 'bid 101'],
  ] as [string, FeedEvent, string][])('%s is told with its numbers', async (_, event, words) => {
    const [notice] = await told([event]);
    expect(notice).toMatchObject({ notice: { kind: 'badFrame', reason: expect.stringContaining(words) } });
  });

  test('what a market can have passes as it is, in order', async () => {
    const sound: FeedEvent[] = [
      { type: 'ticker', ticker },
      { type: 'trade', trade },
      { type: 'candle', candle: { ...candle, volume: 0 } },
      book(
        [
          [99, 1],
          [98, 2],
        ],
        [[101, 1e-8]],
      ),
    ];
    expect(await told(sound)).toEqual(sound);
  });
});

test('of a venue’s socket neither comes as data, and what follows does', async () => {
  const server = await startTradeServer();
  const clock = createVirtualTimers();
  const stop = new AbortController();
  const heard: FeedEvent[] = [];
  const streams: FeedStream[] = [
    { channel: 'trades', symbol },
    { channel: 'candles', symbol, timeframe: '1m' },
  ];
  const feed = createBinanceSpotFeed({
    addresses: { rest: server.url, socket: server.ws, userSocket: server.ws },
    timers: clock.timers,
  });
  const reading = (async () => {
    for await (const event of feed.stream(streams, { signal: stop.signal })) heard.push(event);
  })();
  onTestFinished(async () => {
    stop.abort();
    await reading;
    await server.close();
  });
  await expect.poll(() => heard).toHaveLength(1); // connected
  const row = { e: 'aggTrade', E: 1, s: 'BTCUSDT', q: '1.000', T: 1, m: false };
  const k = { t: 0, T: 59_999, i: '1m', o: '100', c: '0.00', h: '101', l: '99', v: '1', x: true };
  for (const frame of [
    { ...row, a: 1, p: '100.00' },
    { ...row, a: 2, p: '0.00' },
    { ...row, a: 3, p: '-5.00' },
    { e: 'kline', E: 1, s: 'BTCUSDT', k },
    { ...row, a: 4, p: '101.00' },
  ]) {
    for (const socket of server.sockets) server.send(socket, frame);
  }
  await expect.poll(() => heard).toHaveLength(6);
  expect(heard.slice(1).map((event) => (event.type === 'trade' ? event.trade.price : event.type))).toEqual([
    100,
    'notice',
    'notice',
    'notice',
    101,
  ]);
});
