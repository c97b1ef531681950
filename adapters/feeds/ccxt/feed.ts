import type { Exchange as CcxtExchange } from 'ccxt';
import { DeskError } from '../../../core/errors.ts';
import { createPrng } from '../../../core/math/prng.ts';
import type {
  Candle,
  FeedEvent,
  FeedOptions,
  FeedStream,
  MarketFeed,
  PublicTrade,
} from '../../../core/ports/market-feed.ts';
import { backoffMs } from '../backoff.ts';
import { createCandleOrder } from '../candle-order.ts';
import { createEventBuffer, type EventBuffer } from '../event-buffer.ts';
import { onlyPossible } from '../only-possible.ts';
import { sleep, systemTimers, type Timers } from '../timers.ts';
import { noticeEvent, streamName, type CandleSeries } from '../venue.ts';

/** A client of ccxt.pro, its addresses set by whoever made it. */
export type CcxtProClient = Pick<
  CcxtExchange,
  'id' | 'watchTicker' | 'watchTrades' | 'watchOrderBook' | 'watchOHLCV' | 'fetchTrades' | 'fetchOHLCV' | 'close'
>;

export type CcxtFeedSettings = Readonly<{ timers?: Timers; seed?: number }>;

/** Ids of trades that are remembered to tell each once. */
const rememberedTrades = 5_000;

const defaultBufferEvents = 10_000;

/**
 * Public data of any venue of ccxt.pro, for venues whose sockets we do not speak: ccxt keeps the socket and the book,
 * and hides sequence numbers and silence. After a loss trades and candles are asked for by REST, as far back as the
 * venue gives them in one answer; ids of other venues do not count by one, so nothing proves that none is missing.
 * Closing the client is for whoever opened it.
 */
export function createCcxtFeed(client: CcxtProClient, settings: CcxtFeedSettings = {}): MarketFeed {
  return {
    venue: client.id,
    stream: (streams, options) => {
      for (const { channel } of streams) {
        if (channel !== 'own') continue;
        throw new DeskError('BadInput', 'own streams want a venue whose sockets we speak', {
          path: 'streams',
          expected: 'binance, binanceusdm or kraken',
          found: client.id,
        });
      }
      return { [Symbol.asyncIterator]: () => run(client, { streams, options, settings }) };
    },
  };
}

type Call = Readonly<{ streams: readonly FeedStream[]; options: FeedOptions; settings: CcxtFeedSettings }>;

type Context = Readonly<{ client: CcxtProClient; buffer: EventBuffer; timers: Timers; signal: AbortSignal }>;

function run(client: CcxtProClient, { streams, options, settings }: Call): AsyncIterator<FeedEvent, undefined> {
  const { timers = systemTimers, seed = 1 } = settings;
  const stop = new AbortController();
  const buffer = onlyPossible(
    createEventBuffer(options.bufferEvents ?? defaultBufferEvents, timers.nowMs),
    timers.nowMs,
  );
  const context = { client, buffer, timers, signal: stop.signal };
  const end = () => {
    options.signal.removeEventListener('abort', end);
    stop.abort(new Error('the feed was stopped'));
    buffer.end();
  };
  options.signal.addEventListener('abort', end);
  if (options.signal.aborted) end();
  else for (const [index, stream] of streams.entries()) void keep(context, stream, seed * 100 + index);
  return {
    next: () => buffer.next(),
    return: () => {
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

/** Asks for the next of a stream again and again; ccxt's calls resolve with each update. */
async function keep(context: Context, stream: FeedStream, seed: number): Promise<void> {
  const { buffer, timers, signal } = context;
  const prng = createPrng(seed);
  const source = sourceOf(context, stream);
  const told = { stream: streamName(stream) };
  let losses = 0;
  let connected = false;
  while (!signal.aborted) {
    try {
      await source.next();
      if (signal.aborted) return;
      losses = 0;
      if (!connected) buffer.push(noticeEvent({ kind: 'connected', ...told, receivedMs: timers.nowMs() }));
      connected = true;
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.name : 'an unknown error'; // its words may hold addresses
      buffer.push(noticeEvent({ kind: 'disconnected', ...told, receivedMs: timers.nowMs(), reason }));
      connected = false;
      await sleep(timers, backoffMs(losses, prng), signal).catch(() => undefined);
      losses += 1;
      source.lost();
    }
  }
}

type Source = Readonly<{
  next(): Promise<void>;
  /** The next update may leave something out. */
  lost(): void;
}>;

const nothing = () => undefined;

function sourceOf(context: Context, stream: FeedStream): Source {
  const { client, buffer, timers } = context;
  if (stream.channel === 'candles') return candleSource(context, stream);
  if (stream.channel === 'trades') return tradeSource(context, stream.symbol);
  if (stream.channel === 'book') {
    const next = async () => {
      const book = await client.watchOrderBook(stream.symbol);
      const receivedMs = timers.nowMs();
      const levels = (rows: typeof book.bids) =>
        rows.slice(0, stream.depth).map(([price, amount]) => [Number(price), Number(amount)] as const);
      const sides = { bids: levels(book.bids), asks: levels(book.asks) };
      const at = { sequence: book.nonce ?? 0, venueMs: book.timestamp ?? receivedMs, receivedMs };
      if (sides.bids.length > 0 && sides.asks.length > 0 && sides.bids[0][0] < sides.asks[0][0]) {
        buffer.push({ type: 'book', book: { symbol: stream.symbol, ...at, ...sides } });
      }
    };
    return { next, lost: nothing };
  }
  if (stream.channel === 'own') return { next: () => Promise.resolve(), lost: nothing }; // refused before
  return { next: () => nextTicker(context, stream.symbol), lost: nothing };
}

/** Some venues' tickers have no best prices (Binance US): those of the book stand for them. */
async function nextTicker({ client, buffer, timers }: Context, symbol: string): Promise<void> {
  const ticker = await client.watchTicker(symbol);
  const { bids, asks } = ticker.bid === undefined ? await client.watchOrderBook(symbol) : { bids: [], asks: [] };
  const { bid = bids[0]?.[0], ask = asks[0]?.[0], last, timestamp } = ticker;
  const receivedMs = timers.nowMs();
  const prices = { bid: bid ?? 0, ask: ask ?? 0, last: last ?? 0 };
  if (!(prices.bid > 0 && prices.ask > prices.bid && prices.last > 0)) return;
  buffer.push({ type: 'ticker', ticker: { symbol, ...prices, venueMs: timestamp ?? receivedMs, receivedMs } });
}

function tradeSource({ client, buffer, timers }: Context, symbol: string): Source {
  const seen = new Set<string>();
  let lastMs: number | undefined;
  let isLost = false;
  const take = (rows: Awaited<ReturnType<CcxtProClient['watchTrades']>>) => {
    for (const { id, price, amount, side, timestamp } of rows) {
      if (id === undefined || seen.has(id) || (side !== 'buy' && side !== 'sell')) continue;
      seen.add(id);
      if (seen.size > rememberedTrades) seen.delete(seen.values().next().value ?? '');
      const venueMs = timestamp ?? timers.nowMs();
      lastMs = Math.max(lastMs ?? 0, venueMs);
      const figures = { price: Number(price), amount: Number(amount), venueMs, receivedMs: timers.nowMs() };
      const trade: PublicTrade = { symbol, tradeId: id, takerSide: side === 'buy' ? 'buy' : 'sell', ...figures };
      buffer.push({ type: 'trade', trade });
    }
  };
  return {
    next: async () => {
      const rows = await client.watchTrades(symbol);
      if (!isLost || lastMs === undefined) return take(rows);
      // Asked for after the stream runs again, so that nothing falls between, and told in the venue's order.
      const missed = await client.fetchTrades(symbol, lastMs - 1);
      isLost = false;
      take([...missed, ...rows].toSorted((a, b) => Number(a.timestamp) - Number(b.timestamp)));
    },
    lost: () => {
      isLost = true;
    },
  };
}

function candleSource({ client, buffer, timers, signal }: Context, { symbol, timeframe }: CandleSeries): Source {
  const candlesOf = (rows: Awaited<ReturnType<CcxtProClient['fetchOHLCV']>>, closed: (index: number) => boolean) =>
    rows.map(([openMs, open, high, low, close, volume], index): Candle => {
      const prices = { open: Number(open), high: Number(high), low: Number(low), close: Number(close) };
      const at = { openMs: Number(openMs), venueMs: Number(openMs), receivedMs: timers.nowMs() };
      return { symbol, timeframe, ...at, ...prices, volume: Number(volume), closed: closed(index) };
    });
  const rest = {
    tradesAfter: () => Promise.resolve([]),
    newest: () => Promise.resolve({ mark: '', isNewerThan: () => false }),
    candlesFrom: async (_: CandleSeries, fromMs: number) => {
      const rows = await client.fetchOHLCV(symbol, timeframe, fromMs);
      return candlesOf(rows, (index) => index < rows.length - 1); // a later one proves it
    },
  };
  const order = createCandleOrder({ symbol, timeframe }, { rest, nowMs: timers.nowMs, signal, deliver: buffer.push });
  return {
    next: async () => {
      const rows = await client.watchOHLCV(symbol, timeframe);
      for (const candle of candlesOf(rows.slice(-1), () => false)) order.take(candle);
    },
    lost: nothing, // a later candle shows that one is missing
  };
}
