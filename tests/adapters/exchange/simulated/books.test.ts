import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { control, listen } from './raw-client.ts';

/** Level updates that each recipe has to survive: 1e6 by hand (`BOOK_UPDATES=1000000`), fewer in every run. */
const wanted = Number(process.env.BOOK_UPDATES ?? 20_000);
const timeout = 30_000 + 2 * wanted;

let exchange: SimulatedExchange;

beforeAll(async () => {
  exchange = await startSimulatedExchange({
    clock: { mode: 'manual' },
    venues: ['binanceSpot', 'krakenSpot'],
    historyMinutes: 60,
    takersPerSecond: 300,
  });
});

afterAll(async () => exchange.close());

type Levels = [price: string, quantity: string][];
type Difference = Readonly<{ U: number; u: number; b: Levels; a: Levels }>;

function apply(side: Map<string, string>, levels: Levels): void {
  for (const [price, quantity] of levels) {
    if (Number(quantity) === 0) side.delete(price);
    else side.set(price, quantity);
  }
}

test("Binance's recipe: no gap, and the book equals the venue's at the end", { timeout }, async () => {
  const depth = async () => {
    const response = await fetch(`${exchange.url}/bspot/api/v3/depth?symbol=BTCUSDT&limit=5000`);
    return (await response.json()) as { lastUpdateId: number; bids: Levels; asks: Levels };
  };
  const stream = await listen(exchange, '/bspot/ws/btcusdt@depth@100ms');
  const snapshot = await depth();
  const bids = new Map(snapshot.bids);
  const asks = new Map(snapshot.asks);
  let last = snapshot.lastUpdateId;
  let applied = 0;
  const gaps: [number, number][] = [];
  while (applied < wanted) {
    await control(exchange, '/advance', { ms: 5000 });
    await stream.settled();
    for (const event of stream.frames.splice(0).map((frame) => JSON.parse(frame) as Difference)) {
      if (event.U !== last + 1) gaps.push([last, event.U]);
      last = event.u;
      apply(bids, event.b);
      apply(asks, event.a);
      applied += event.b.length + event.a.length;
    }
  }
  expect(gaps).toEqual([]);
  const now = await depth();
  expect(last).toBe(now.lastUpdateId);
  const sorted = (side: Map<string, string>, sign: number) =>
    [...side].toSorted(([a], [b]) => sign * (Number(a) - Number(b)));
  expect(sorted(bids, -1)).toEqual(now.bids);
  expect(sorted(asks, 1)).toEqual(now.asks);
  stream.close();
});

type Row = Readonly<{ price: number; qty: number }>;
type BookFrame = Readonly<{ channel: string; data: readonly [{ bids: Row[]; asks: Row[]; checksum: number }] }>;

test("Kraken's checksum holds after every message", { timeout }, async () => {
  const subscription = { method: 'subscribe', params: { channel: 'book', symbol: ['BTC/USD'], depth: 10 } };
  const stream = await listen(exchange, '/kr/ws/v2', subscription);
  let bids: [number, number][] = [];
  let asks: [number, number][] = [];
  const applied = { updates: 0, wrong: 0 };
  const digits = (value: number, decimals: number) => value.toFixed(decimals).replace('.', '').replace(/^0+/, '');
  const merge = (side: [number, number][], rows: Row[], sign: number) => {
    const levels = new Map(side);
    for (const { price, qty } of rows) {
      if (qty === 0) levels.delete(price);
      else levels.set(price, qty);
    }
    return [...levels].toSorted(([a], [b]) => sign * (a - b)).slice(0, 10);
  };
  while (applied.updates < wanted) {
    await control(exchange, '/advance', { ms: 5000 });
    await stream.settled();
    for (const { channel, data } of stream.frames.splice(0).map((frame) => JSON.parse(frame) as BookFrame)) {
      if (channel !== 'book') continue;
      const [{ bids: bidRows, asks: askRows, checksum }] = data;
      bids = merge(bids, bidRows, -1);
      asks = merge(asks, askRows, 1);
      const text = [...asks, ...bids].map(([price, qty]) => digits(price, 1) + digits(qty, 8)).join('');
      if (crc32(text) !== checksum) applied.wrong += 1;
      applied.updates += bidRows.length + askRows.length;
    }
  }
  expect(applied.wrong).toBe(0);
  stream.close();
});
