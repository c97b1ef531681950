import type { FeedStream } from '../../../core/ports/market-feed.ts';
import { noticeEvent, type Session, type SessionHandle } from '../venue.ts';
import { createKrakenBook, type BookDecimals, type KrakenBook } from './book.ts';
import {
  parseKrakenFrame,
  type BookData,
  type KrakenMessage,
  type OhlcData,
  type TickerData,
  type TradeData,
} from './messages.ts';
import { krakenDepth, krakenInterval, timeframeOfInterval } from './pairs.ts';

/** A book that was asked for anew and does not come within this time is a reason to reconnect. */
const resyncWithinMs = 10_000;

export type KrakenMarketLine = Readonly<{
  streams: readonly FeedStream[];
  decimalsOf(symbol: string): BookDecimals | undefined;
}>;

type Context = {
  readonly handle: SessionHandle;
  readonly books: Map<string, LocalBook>;
  /** Answers that are still to come before everything is confirmed. */
  unconfirmed: number;
  /** Newest venue time by symbol, for tickers that say none. */
  readonly newestMs: Map<string, number>;
  readonly strangers: Set<string>;
  requests: number;
};

type LocalBook = {
  readonly symbol: string;
  readonly depth: number;
  readonly wanted: number;
  readonly book: KrakenBook;
  synced: boolean;
  syncs: number;
  updates: number;
  cancelTimeout: (() => void) | undefined;
};

/** Subscribes on an open socket and turns its frames into events. */
export function beginKrakenSession({ streams, decimalsOf }: KrakenMarketLine, handle: SessionHandle): Session {
  const context: Context = {
    handle,
    books: new Map(),
    unconfirmed: 0,
    newestMs: new Map(),
    strangers: new Set(),
    requests: 0,
  };
  for (const stream of streams) {
    if (stream.channel !== 'book') continue;
    const decimals = decimalsOf(stream.symbol);
    if (decimals === undefined) {
      handle.fail(`Kraken has no pair ${stream.symbol}`);
      return { receive: () => undefined };
    }
    const depth = krakenDepth(stream.depth);
    context.books.set(stream.symbol, {
      symbol: stream.symbol,
      depth,
      wanted: stream.depth,
      book: createKrakenBook(depth, decimals),
      synced: false,
      syncs: 0,
      updates: 0,
      cancelTimeout: undefined,
    });
  }
  for (const [parameters, symbols] of subscriptions(streams)) {
    context.unconfirmed += symbols.length;
    request(context, 'subscribe', { ...parameters, symbol: symbols });
  }
  return { receive: (text, receivedMs) => receive(context, text, receivedMs) };
}

/** One request for all symbols of the same channel and detail. */
function subscriptions(streams: readonly FeedStream[]): [Readonly<Record<string, unknown>>, string[]][] {
  const groups = new Map<string, [Readonly<Record<string, unknown>>, string[]]>();
  for (const stream of streams) {
    if (stream.channel === 'own') continue;
    const parameters = parametersOf(stream);
    const key = JSON.stringify(parameters);
    const group = groups.get(key) ?? [parameters, []];
    group[1].push(stream.symbol);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function parametersOf(stream: Exclude<FeedStream, { channel: 'own' }>): Readonly<Record<string, unknown>> {
  if (stream.channel === 'ticker') return { channel: 'ticker', event_trigger: 'bbo', snapshot: true };
  if (stream.channel === 'book') return { channel: 'book', depth: krakenDepth(stream.depth), snapshot: true };
  if (stream.channel === 'candles') {
    return { channel: 'ohlc', interval: krakenInterval(stream.timeframe), snapshot: true };
  }
  return { channel: 'trade', snapshot: false }; // old trades are no news; what was missed comes by REST
}

function request(context: Context, method: string, params: Readonly<Record<string, unknown>>): void {
  context.requests += 1;
  context.handle.send({ method, params, req_id: context.requests });
}

function receive(context: Context, text: string, receivedMs: number): void {
  const { handle, strangers } = context;
  const bad = (reason: string) => handle.emit(noticeEvent({ kind: 'badFrame', stream: 'market', receivedMs, reason }));
  let frame: ReturnType<typeof parseKrakenFrame>;
  try {
    frame = parseKrakenFrame(text);
  } catch (error) {
    bad(error instanceof SyntaxError ? 'no JSON' : `not the shape it has to be: ${text.slice(0, 100)}`);
    return handle.fail('a frame that cannot be read');
  }
  if (frame.kind === 'message') return take(context, frame.message, receivedMs);
  if (frame.kind === 'unknown') {
    if (strangers.size < 20 && !strangers.has(frame.name)) bad(`unknown: ${frame.name}`);
    strangers.add(frame.name);
    return;
  }
  const { method, success, error = 'no reason' } = frame.answer;
  if (success === false) return handle.fail(`${method} refused: ${error.slice(0, 100)}`);
  if (method !== 'subscribe' || context.unconfirmed === 0) return;
  context.unconfirmed -= 1;
  if (context.unconfirmed > 0) return;
  handle.ready();
  settle(context);
}

function settle({ handle, books, unconfirmed }: Context): void {
  if (unconfirmed === 0 && [...books.values()].every(({ synced }) => synced)) handle.settled();
}

function take(context: Context, message: KrakenMessage, receivedMs: number): void {
  switch (message.channel) {
    case 'book':
      for (const row of message.data) takeBook(context, row, { snapshot: message.type === 'snapshot', receivedMs });
      return;
    case 'ticker':
      for (const row of message.data) takeTicker(context, row, receivedMs);
      return;
    case 'trade':
      for (const row of message.data) takeTrade(context, row, receivedMs);
      return;
    case 'ohlc':
      // Older rows of a snapshot are history; what was missed of it comes by REST.
      for (const row of message.type === 'snapshot' ? message.data.slice(-1) : message.data) {
        takeCandle(context, row, receivedMs);
      }
      return;
    case 'status':
    case 'heartbeat':
    case 'instrument':
    case 'executions':
    case 'balances':
  }
}

function timeOf(context: Context, symbol: string, timestamp: string | undefined): number | undefined {
  if (timestamp !== undefined) {
    const ms = Date.parse(timestamp);
    context.newestMs.set(symbol, Math.max(ms, context.newestMs.get(symbol) ?? 0));
    return ms;
  }
  return context.newestMs.get(symbol);
}

const levels = (rows: BookData['bids']) => rows.map(({ price, qty }) => [price, qty] as const);

function takeBook(
  context: Context,
  { symbol, bids, asks, checksum, timestamp }: BookData,
  { snapshot, receivedMs }: Readonly<{ snapshot: boolean; receivedMs: number }>,
): void {
  const local = context.books.get(symbol);
  if (local === undefined || (!snapshot && !local.synced)) return;
  local.book.apply({ bids: levels(bids), asks: levels(asks) }, snapshot);
  local.updates = snapshot ? 0 : local.updates + 1;
  const stream = `book ${symbol}`;
  const { handle } = context;
  if (local.book.isCrossed()) {
    handle.emit(noticeEvent({ kind: 'badFrame', stream, receivedMs, reason: 'a crossed book' }));
    return resync(context, local);
  }
  if (local.book.checksum() !== checksum) {
    handle.emit(noticeEvent({ kind: 'gap', stream, receivedMs, missing: 0, backfilled: false }));
    return resync(context, local);
  }
  const venueMs = timeOf(context, symbol, timestamp) ?? receivedMs;
  if (snapshot) hasSynced(context, local, receivedMs);
  const { wanted, updates: sequence, book } = local;
  const sides = { bids: book.bids.slice(0, wanted), asks: book.asks.slice(0, wanted) };
  handle.emit({ type: 'book', book: { symbol, sequence, venueMs, receivedMs, ...sides } });
}

function hasSynced(context: Context, local: LocalBook, receivedMs: number): void {
  local.synced = true;
  local.cancelTimeout?.();
  local.syncs += 1;
  if (local.syncs > 1) {
    context.handle.emit(noticeEvent({ kind: 'resynced', stream: `book ${local.symbol}`, receivedMs }));
  }
  settle(context);
}

/** Kraken gives a new snapshot to who subscribes anew; until it comes there is no book. */
function resync(context: Context, local: LocalBook): void {
  local.synced = false;
  const params = { channel: 'book', symbol: [local.symbol], depth: local.depth };
  request(context, 'unsubscribe', params);
  request(context, 'subscribe', { ...params, snapshot: true });
  const { handle } = context;
  local.cancelTimeout?.();
  const cancel = handle.timers.after(resyncWithinMs, () => handle.fail(`no snapshot of ${local.symbol}`));
  handle.signal.addEventListener('abort', cancel, { once: true });
  local.cancelTimeout = cancel;
}

function takeTicker(context: Context, { symbol, bid, ask, last, timestamp }: TickerData, receivedMs: number): void {
  const venueMs = timeOf(context, symbol, timestamp) ?? receivedMs;
  if (bid > 0 && ask > bid && last > 0) {
    return context.handle.emit({ type: 'ticker', ticker: { symbol, bid, ask, last, venueMs, receivedMs } });
  }
  const reason = `bid ${bid}, ask ${ask}, last ${last}`;
  context.handle.emit(noticeEvent({ kind: 'badFrame', stream: `ticker ${symbol}`, receivedMs, reason }));
}

function takeTrade(context: Context, row: TradeData, receivedMs: number): void {
  const { symbol, trade_id: id, price, qty: amount, side: takerSide, timestamp } = row;
  const venueMs = timeOf(context, symbol, timestamp) ?? receivedMs;
  const trade = { symbol, tradeId: String(id), price, amount, takerSide, venueMs, receivedMs };
  context.handle.emit({ type: 'trade', trade });
}

function takeCandle(context: Context, row: OhlcData, receivedMs: number): void {
  const { symbol, interval, interval_begin: begin, open, high, low, close, volume } = row;
  const timeframe = timeframeOfInterval(interval);
  if (timeframe === undefined) return;
  // Kraken says no time of the update itself: the newest of the symbol stands for it.
  const openMs = Date.parse(begin);
  const venueMs = Math.max(openMs, context.newestMs.get(symbol) ?? 0);
  const candle = { symbol, timeframe, openMs, open, high, low, close, volume, closed: false, venueMs, receivedMs };
  context.handle.emit({ type: 'candle', candle });
}
