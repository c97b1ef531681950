import type { Candle, FeedEvent, FeedNotice, FeedStream, PublicTrade } from '../../core/ports/market-feed.ts';
import type { Timers } from './timers.ts';

/** What a session can do to its connection and say of it. */
export type SessionHandle = Readonly<{
  send(message: unknown): void;
  emit(event: FeedEvent): void;
  /** The venue has confirmed everything that was asked for. */
  ready(): void;
  /** Books and snapshots are there too: a successor may take over from here on. */
  settled(): void;
  /** This connection cannot be trusted any more: it is cut and another one opened. */
  fail(reason: string): void;
  /** The venue will close this connection: another one is opened before. */
  retire(): void;
  /** Aborts when the connection is gone. */
  signal: AbortSignal;
  timers: Timers;
}>;

/** One connection's own state: subscriptions asked for, books as far as they were told on it. */
export type Session = Readonly<{ receive(text: string, receivedMs: number): void }>;

/** One connection of a feed and what is heard on it. */
export type LinePlan = Readonly<{
  /** As notices name it. */
  name: string;
  streams: readonly FeedStream[];
  /** Asked before each connect: a key or token in it may have to be fetched. */
  address(signal: AbortSignal): Promise<string>;
  begin(handle: SessionHandle): Session;
}>;

/** What a venue's REST says, to fill gaps and to judge silence. Public data only. */
export type FeedRest = Readonly<{
  /** Trades after the given one and, where `beforeId` is given, before that; oldest first. */
  tradesAfter(after: PublicTrade, beforeId: number | undefined, signal: AbortSignal): Promise<readonly PublicTrade[]>;
  /** Candles that opened at or after `fromMs`, oldest first; one that may still be open says so. */
  candlesFrom(series: CandleSeries, fromMs: number, signal: AbortSignal): Promise<readonly Candle[]>;
  /** What the venue has newest of a public stream. */
  newest(stream: FeedStream, signal: AbortSignal): Promise<Newest>;
}>;

/** `mark` is another text when the venue has something newer. */
export type Newest = Readonly<{ mark: string; isNewerThan(seen: FeedEvent): boolean }>;

export type CandleSeries = Readonly<{ symbol: string; timeframe: string }>;

/** Everything that is a venue's own about a feed. */
export type FeedVenue = Readonly<{
  venue: string;
  /** Throws DeskError (BadInput) for what the venue has not. */
  plan(streams: readonly FeedStream[]): readonly LinePlan[];
  rest: FeedRest;
}>;

export const streamName = (stream: FeedStream): string => {
  if (stream.channel === 'own') return 'own';
  return stream.channel === 'candles'
    ? `candles ${stream.symbol} ${stream.timeframe}`
    : `${stream.channel} ${stream.symbol}`;
};

/** The name of the stream that an event is of, as notices say it. */
export function streamOfEvent(event: FeedEvent): string {
  if (event.type === 'ticker') return `ticker ${event.ticker.symbol}`;
  if (event.type === 'trade') return `trades ${event.trade.symbol}`;
  if (event.type === 'book') return `book ${event.book.symbol}`;
  if (event.type === 'candle') return `candles ${event.candle.symbol} ${event.candle.timeframe}`;
  return event.type === 'notice' ? event.notice.stream : 'own';
}

export const noticeEvent = (notice: FeedNotice): FeedEvent => ({ type: 'notice', notice });
