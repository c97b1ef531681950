import { expect, test } from 'vitest';
import { createBinanceSpotFeed, createBinanceUsdmFeed } from '../../../adapters/feeds/binance/feed.ts';
import {
  depthSnapshot,
  exchangeInfo,
  klineRows,
  parseBinanceFrame,
  serverTime,
} from '../../../adapters/feeds/binance/messages.ts';
import { createKrakenBook, type KrakenBook } from '../../../adapters/feeds/kraken/book.ts';
import {
  assetPairs,
  depthAnswer,
  ohlcAnswer,
  parseKrakenFrame,
  tickerAnswer,
  timeAnswer,
  tradesAnswer,
} from '../../../adapters/feeds/kraken/messages.ts';
import type { FeedStream, OrderBook } from '../../../core/ports/market-feed.ts';
import { recordedAnswers, recordedFrames, singleMessages } from './recorded-session.ts';
import { startReplay } from './replay-server.ts';
import { createVirtualTimers } from './virtual-timers.ts';

const kinds = (frames: readonly string[]) => {
  const counts: Record<string, number> = {};
  for (const text of frames) {
    const frame = parseBinanceFrame(text);
    const kind = frame.kind === 'event' ? (frame.event.e ?? 'bookTicker') : frame.kind;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
};

// Counts of the reference folder's README, by stream.
test('every frame that Binance sent in the recorded sessions is an event that we know', () => {
  expect(kinds(recordedFrames('BINANCE'))).toEqual({ depthUpdate: 177, bookTicker: 84, aggTrade: 2, kline: 2 });
  const { depthUpdate, bookTicker, aggTrade, kline, ...others } = kinds(recordedFrames('BINANCE_FUTURES'));
  expect(others).toEqual({});
  expect(depthUpdate + bookTicker + aggTrade + kline).toBe(500);
});

const sessions = [
  { name: 'BINANCE', api: 'https://api.binance.com', create: createBinanceSpotFeed, settle: '', least: 20 },
  {
    name: 'BINANCE_FUTURES',
    api: 'https://fapi.binance.com',
    create: createBinanceUsdmFeed,
    settle: ':USDT',
    least: 5,
  },
] as const;

const unifiedOf = (id: string, settle: string) => {
  const quote = ['USDT', 'ETH', 'BTC', 'EUR'].find((name) => id.endsWith(name)) ?? '';
  return `${id.slice(0, -quote.length)}/${quote}${settle}`;
};

// The best prices that Binance sent on another stream are the oracle of the book that we make.
test.each(sessions)('$name: the recorded book joins its snapshot and has the recorded best prices', async (session) => {
  const frames = recordedFrames(session.name);
  const answers = recordedAnswers(session.name);
  const ids = [...answers.keys()].map((address) => /symbol=(\w+)/.exec(address)?.[1] ?? '');
  const served = new Map([...answers].map(([address, answer]) => [address.replace(session.api, ''), answer]));
  const server = await startReplay(frames, served);
  const best = new Map<string, string>();
  const lastIds = new Map<string, number>();
  for (const text of frames) {
    const frame = parseBinanceFrame(text);
    if (frame.kind !== 'event') continue;
    const { event } = frame;
    if (event.e === undefined || event.e === 'bookTicker')
      best.set(`${event.s} ${event.u}`, `${Number(event.b)} ${Number(event.a)}`);
    if (event.e === 'depthUpdate') lastIds.set(event.s, event.u);
  }
  const streams: FeedStream[] = ids.map((id) => ({
    channel: 'book',
    symbol: unifiedOf(id, session.settle),
    depth: 20,
  }));
  const stop = new AbortController();
  const addresses = { rest: server.url, socket: server.ws, userSocket: server.ws };
  const feed = session.create({ addresses, timers: createVirtualTimers().timers });
  const books = new Map<string, OrderBook>();
  const compared: [string, string][] = [];
  const notices: string[] = [];
  const idOf = (symbol: string) => symbol.replace(/:.*/, '').replace('/', '');
  const done = () =>
    ids.every((id) => books.get(id)?.sequence === Math.max(lastIds.get(id) ?? 0, books.get(id)?.sequence ?? 1));
  for await (const event of feed.stream(streams, { signal: stop.signal })) {
    if (event.type === 'notice') notices.push(event.notice.kind);
    if (event.type !== 'book') continue;
    const { book } = event;
    const id = idOf(book.symbol);
    books.set(id, book);
    const recorded = best.get(`${id} ${book.sequence}`);
    if (recorded !== undefined) compared.push([`${id} ${book.bids[0]?.[0]} ${book.asks[0]?.[0]}`, `${id} ${recorded}`]);
    if (done()) stop.abort();
  }
  expect(new Set(notices)).toEqual(new Set(['connected']));
  expect(compared.length).toBeGreaterThanOrEqual(session.least);
  expect(compared.map(([ours]) => ours)).toEqual(compared.map(([, theirs]) => theirs));
  await server.close();
});

type V1Levels = readonly (readonly [price: string, amount: string, ...rest: string[]])[];
type V1Part = Readonly<{ as?: V1Levels; bs?: V1Levels; a?: V1Levels; b?: V1Levels; c?: string }>;

const rows = (levels: V1Levels = []) => levels.map(([price, amount]) => [Number(price), Number(amount)] as const);
const decimalsOf = (text: string) => text.split('.')[1]?.length ?? 0;

// Kraken's v1 writes what v2 does in other words; its checksums are made alike.
test("Kraken's own checksum holds after each message of a recorded session", () => {
  const books = new Map<string, KrakenBook>();
  let checked = 0;
  for (const text of recordedFrames('KRAKEN')) {
    const frame: unknown = JSON.parse(text);
    if (!Array.isArray(frame)) continue;
    const pair = String(frame.at(-1));
    const parts = frame.slice(1, -2) as V1Part[];
    const [first] = parts;
    if (first.as !== undefined) {
      const [price, amount] = first.as[0];
      const book = createKrakenBook(1000, { priceDecimals: decimalsOf(price), quantityDecimals: decimalsOf(amount) });
      book.apply({ asks: rows(first.as), bids: rows(first.bs) }, true);
      books.set(pair, book);
      continue;
    }
    const book = books.get(pair);
    book?.apply({ asks: parts.flatMap(({ a }) => rows(a)), bids: parts.flatMap(({ b }) => rows(b)) }, false);
    expect(book?.checksum()).toBe(Number(parts.find(({ c }) => c !== undefined)?.c));
    checked += 1;
  }
  expect(checked).toBeGreaterThan(500);
});

const binanceRest: Readonly<Record<string, Readonly<{ parse(value: unknown): unknown }>>> = {
  depth_response: depthSnapshot,
  klines_response: klineRows,
  exchange_info_response: exchangeInfo,
  server_time_response: serverTime,
};

// Liquidations of others are no stream that we ask for.
const unread = ['futures/market_data_json/liquidation_stream.json'];

const kindOfBinance = (name: string, message: unknown) => {
  const rest = Object.entries(binanceRest).find(([part]) => name.includes(part))?.[1];
  if (rest === undefined) return parseBinanceFrame(JSON.stringify(message)).kind;
  rest.parse(message);
  return 'answer of REST';
};

test.each(Object.entries(singleMessages('binance')))('Binance message %s parses', (name, message) => {
  const known = unread.includes(name) ? 'unknown' : name.includes('http_json') ? 'answer of REST' : 'event';
  expect(kindOfBinance(name, message)).toBe(known);
});

const krakenRest: Readonly<Record<string, Readonly<{ parse(value: unknown): unknown }>>> = {
  'http_asset_pairs.json': assetPairs,
  'http_ohlc.json': ohlcAnswer,
  'http_trades.json': tradesAnswer,
  'http_order_book.json': depthAnswer,
  'http_ticker.json': tickerAnswer,
  'http_server_time.json': timeAnswer,
};

const kindOfKraken = (name: string, message: unknown) => {
  const rest = krakenRest[name];
  if (rest === undefined) return parseKrakenFrame(JSON.stringify(message)).kind;
  rest.parse(message);
  return 'answer of REST';
};

test.each(Object.entries(singleMessages('kraken')))('Kraken message %s parses', (name, message) => {
  const answers = /^ws_(?:pong|subscribe_response|add_order|batch_add)/.test(name);
  const known = name.startsWith('http_') ? 'answer of REST' : answers ? 'answer' : 'message';
  expect(kindOfKraken(name, message)).toBe(known);
});
