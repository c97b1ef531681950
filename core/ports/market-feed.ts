import type { Fill, VenueOrder } from '../orders/types.ts';

/** When it happened by the venue's clock, and when it reached this process (epoch ms of the host, for ages only). */
export type Times = Readonly<{ venueMs: number; receivedMs: number }>;

/** Prices above zero, bid below ask. `venueMs` is that of the symbol's newest event where the venue's frame has no time. */
export type Ticker = Times & Readonly<{ symbol: string; bid: number; ask: number; last: number }>;

export type PublicTrade = Times &
  Readonly<{ symbol: string; tradeId: string; price: number; amount: number; takerSide: 'buy' | 'sell' }>;

/**
 * Levels best first, [price, amount], never crossed. `sequence` as the venue counts; where it does not (Kraken), how
 * many updates this connection has taken.
 */
export type OrderBook = Times &
  Readonly<{
    symbol: string;
    sequence: number;
    bids: readonly (readonly [number, number])[];
    asks: readonly (readonly [number, number])[];
  }>;

/** `closed` once and for all: only such candles decide. */
export type Candle = Times &
  Readonly<{
    symbol: string;
    timeframe: string;
    openMs: number;
    open: number;
    high: number;
    low: number;
    close: number;
    volume: number;
    closed: boolean;
  }>;

/** Money of the account after a change. `locked` (part of `total`) only where the venue's stream says it: Binance spot. */
export type OwnBalance = Readonly<{ asset: string; total: string; locked?: string }>;

/**
 * What a feed says of itself. `gap`: frames were lost; `backfilled` says whether REST gave them back, `missing` how many
 * there were (0 where the venue does not count).
 */
export type FeedNotice =
  | Readonly<{ kind: 'connected' | 'resynced'; stream: string; receivedMs: number }>
  | Readonly<{ kind: 'disconnected' | 'stale'; stream: string; receivedMs: number; reason: string }>
  | Readonly<{ kind: 'gap'; stream: string; receivedMs: number; missing: number; backfilled: boolean }>
  | Readonly<{ kind: 'dropped'; stream: string; receivedMs: number; count: number }>
  | Readonly<{ kind: 'badFrame'; stream: string; receivedMs: number; reason: string }>;

export type FeedEvent =
  | Readonly<{ type: 'ticker'; ticker: Ticker }>
  | Readonly<{ type: 'trade'; trade: PublicTrade }>
  | Readonly<{ type: 'book'; book: OrderBook }>
  | Readonly<{ type: 'candle'; candle: Candle }>
  | Readonly<{ type: 'order'; order: VenueOrder; receivedMs: number }>
  | Readonly<{ type: 'fill'; fill: Fill; receivedMs: number }>
  | Readonly<{ type: 'balance'; balance: OwnBalance; venueMs: number; receivedMs: number }>
  | Readonly<{ type: 'notice'; notice: FeedNotice }>;

/** `own` streams (orders, fills, balances of the account) have no symbol and want a key. */
export type FeedStream =
  | Readonly<{ channel: 'ticker' | 'trades'; symbol: string }>
  | Readonly<{ channel: 'book'; symbol: string; depth: number }>
  | Readonly<{ channel: 'candles'; symbol: string; timeframe: string }>
  | Readonly<{ channel: 'own' }>;

export type FeedOptions = Readonly<{ signal: AbortSignal; bufferEvents?: number }>;

/**
 * What a venue says as it happens: reconnects, checks sequences, takes a new snapshot after a gap, fills gaps of trades
 * and candles by REST, and says so in notices, which come in order with the rest. A reader that falls behind by more
 * than `bufferEvents` (10,000) loses the oldest tickers, books, open candles and notices of bad frames first, never
 * trades, closed candles or own events; past twice that the feed ends with ResourceExhausted. Trades and closed candles
 * come once and in order; own events may come again after a reconnect and are applied by their ids.
 */
export type MarketFeed = Readonly<{
  venue: string;
  /** Ends when the signal aborts. */
  stream(streams: readonly FeedStream[], options: FeedOptions): AsyncIterable<FeedEvent>;
}>;
