import type { Candle, FeedEvent, FeedStream, PublicTrade, Ticker } from '../../../core/ports/market-feed.ts';
import { isTimeframe, timeframeMs } from '../../../core/market/timeframe.ts';
import { noticeEvent, type Session, type SessionHandle } from '../venue.ts';
import { createBinanceBook, type BinanceBook, type DepthSnapshot } from './book.ts';
import { parseBinanceFrame, type AggTrade, type BinanceEvent, type BookTicker, type Kline } from './messages.ts';
import { binanceId, binanceInterval, type BinanceSide } from './side.ts';

/** Names a SUBSCRIBE may carry: messages are few a second (5 on spot), pings among them. */
const namesAMessage = 400;

/** Best and last prices of a symbol, which come by different streams and, on USD-M, by different sockets. */
export type Prices = {
  readonly symbol: string;
  bid: number | undefined;
  ask: number | undefined;
  last: number | undefined;
  updateId: number;
  /** Venue time of the newest event: spot's best prices have none of their own. */
  newestMs: number | undefined;
};

/** What one socket is to hear. */
export type MarketLine = Readonly<{
  side: BinanceSide;
  streams: readonly FeedStream[];
  /** Stream names in Binance's words. */
  names: readonly string[];
  /** By Binance's symbol. */
  symbols: ReadonlyMap<string, string>;
  prices: ReadonlyMap<string, Prices>;
  snapshot(id: string, signal: AbortSignal): Promise<DepthSnapshot>;
}>;

/** Stream names of a feed stream on the socket for books or that for trades. */
export function streamNames(side: BinanceSide, stream: FeedStream): Readonly<{ book: string[]; trade: string[] }> {
  if (stream.channel === 'own') return { book: [], trade: [] };
  const id = binanceId(side, stream.symbol).toLowerCase();
  if (stream.channel === 'ticker') return { book: [`${id}@bookTicker`], trade: [`${id}@miniTicker`] };
  if (stream.channel === 'book') return { book: [`${id}@depth@100ms`], trade: [] };
  if (stream.channel === 'candles') return { book: [], trade: [`${id}@kline_${binanceInterval(stream.timeframe)}`] };
  return { book: [], trade: [`${id}@aggTrade`] };
}

/** Subscribes on an open socket and turns its frames into events. */
export function beginMarketSession(line: MarketLine, handle: SessionHandle): Session {
  const books = createBooks(line, handle);
  const asked = new Set<number>();
  for (let from = 0; from < line.names.length; from += namesAMessage) {
    const id = from / namesAMessage + 1;
    asked.add(id);
    handle.send({ method: 'SUBSCRIBE', params: line.names.slice(from, from + namesAMessage), id });
  }
  const confirmed = (id: unknown) => {
    if (typeof id !== 'number' || !asked.delete(id) || asked.size > 0) return;
    handle.ready();
    for (const book of books.byId.values()) book.start();
    if (books.byId.size === 0) handle.settled();
  };
  const strangers = new Set<string>();
  return {
    receive: (text, receivedMs) => {
      const bad = (reason: string) =>
        handle.emit(noticeEvent({ kind: 'badFrame', stream: 'market', receivedMs, reason }));
      let frame: ReturnType<typeof parseBinanceFrame>;
      try {
        frame = parseBinanceFrame(text);
      } catch (error) {
        bad(error instanceof SyntaxError ? 'no JSON' : `not the shape it has to be: ${text.slice(0, 100)}`);
        return handle.fail('a frame that cannot be read');
      }
      if (frame.kind === 'event') return take(frame.event, receivedMs);
      if (frame.kind === 'unknown') {
        if (strangers.size < 20 && !strangers.has(frame.name)) bad(`unknown: ${frame.name}`);
        strangers.add(frame.name);
        return undefined;
      }
      const { id, error } = frame.answer;
      if (error !== undefined) return handle.fail(`refused with ${error.code}: ${error.msg.slice(0, 100)}`);
      return confirmed(id);
    },
  };

  function take(event: BinanceEvent, receivedMs: number): void {
    if (event.e === 'serverShutdown') return handle.retire();
    if (!('s' in event)) return;
    const symbol = line.symbols.get(event.s);
    if (symbol === undefined) return;
    const prices = line.prices.get(event.s);
    if (prices !== undefined && event.E !== undefined) prices.newestMs = Math.max(prices.newestMs ?? 0, event.E);
    const arrival = { receivedMs, handle };
    if (event.e === 'depthUpdate') books.byId.get(event.s)?.take(event, receivedMs);
    else if (event.e === 'aggTrade') handle.emit({ type: 'trade', trade: tradeOf(event, { symbol, receivedMs }) });
    else if (event.e === 'kline') handle.emit({ type: 'candle', candle: candleOf(event, { symbol, receivedMs }) });
    else if (prices === undefined) return;
    else if (event.e === undefined || event.e === 'bookTicker') takeBest(prices, event, arrival);
    else if (event.e === '24hrMiniTicker') {
      prices.last = Number(event.c);
      emitTicker(prices, arrival);
    }
  }
}

function createBooks({ side, streams, snapshot }: MarketLine, handle: SessionHandle) {
  const byId = new Map<string, BinanceBook>();
  const unsynced = new Set<string>();
  for (const stream of streams) {
    if (stream.channel !== 'book') continue;
    const id = binanceId(side, stream.symbol);
    unsynced.add(id);
    const book = createBinanceBook({
      symbol: stream.symbol,
      depth: stream.depth,
      handle,
      snapshot: (signal) => snapshot(id, signal),
      onSynced: () => {
        if (unsynced.delete(id) && unsynced.size === 0) handle.settled();
      },
    });
    byId.set(id, book);
  }
  return { byId };
}

type Arrival = Readonly<{ receivedMs: number; handle: SessionHandle }>;

function takeBest(prices: Prices, { u, b, a }: BookTicker, arrival: Arrival): void {
  if (u <= prices.updateId) return;
  const bid = Number(b);
  const ask = Number(a);
  if (!(bid > 0 && ask > bid)) {
    const { receivedMs, handle } = arrival;
    const stream = `ticker ${prices.symbol}`;
    return handle.emit(noticeEvent({ kind: 'badFrame', stream, receivedMs, reason: `bid ${b}, ask ${a}` }));
  }
  prices.updateId = u;
  prices.bid = bid;
  prices.ask = ask;
  emitTicker(prices, arrival);
}

function emitTicker({ symbol, bid, ask, last, newestMs }: Prices, { receivedMs, handle }: Arrival): void {
  if (bid === undefined || ask === undefined || last === undefined || !(last > 0)) return;
  const ticker: Ticker = { symbol, bid, ask, last, venueMs: newestMs ?? receivedMs, receivedMs };
  const event: FeedEvent = { type: 'ticker', ticker };
  handle.emit(event);
}

type Place = Readonly<{ symbol: string; receivedMs: number }>;

/** An aggregate trade: its ids rise by one, so that a hole shows, and REST gives them back by id. */
export const tradeOf = (
  { a, p, q, T, m }: Pick<AggTrade, 'a' | 'p' | 'q' | 'T' | 'm'>,
  { symbol, receivedMs }: Place,
): PublicTrade => ({
  symbol,
  tradeId: String(a),
  price: Number(p),
  amount: Number(q),
  takerSide: m ? 'sell' : 'buy',
  venueMs: T,
  receivedMs,
});

const candleOf = ({ E, k }: Kline, { symbol, receivedMs }: Place): Candle => ({
  symbol,
  timeframe: k.i,
  openMs: k.t,
  open: Number(k.o),
  high: Number(k.h),
  low: Number(k.l),
  close: Number(k.c),
  volume: Number(k.v),
  closed: k.x,
  venueMs: E,
  receivedMs,
});

/** Milliseconds of a timeframe that Binance has. */
export const intervalMs = (timeframe: string): number => (isTimeframe(timeframe) ? timeframeMs[timeframe] : NaN);
