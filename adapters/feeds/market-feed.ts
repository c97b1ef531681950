import { DeskError } from '../../core/errors.ts';
import { createPrng } from '../../core/math/prng.ts';
import type { FeedEvent, FeedOptions, FeedStream, MarketFeed } from '../../core/ports/market-feed.ts';
import { createAttemptGate, type AttemptGate } from './backoff.ts';
import { createCandleOrder, type CandleOrder } from './candle-order.ts';
import { createEventBuffer } from './event-buffer.ts';
import { keepLine } from './line.ts';
import { onlyPossible } from './only-possible.ts';
import { watchSilence } from './quiet-watch.ts';
import type { SharedRates } from './shared-rates.ts';
import { systemTimers, type Timers } from './timers.ts';
import { createTradeOrder, type TradeOrder } from './trade-order.ts';
import { noticeEvent, streamName, type FeedVenue, type LinePlan } from './venue.ts';

/** Streams of one call: what one connection of any venue we know carries. */
const streamsLimit = 1_000;

const defaultBufferEvents = 10_000;

export type FeedSettings = Readonly<{
  timers?: Timers;
  /** What its REST shares with orders and reads of the same address; without it, it counts for itself only. */
  rates?: SharedRates;
  /** Of the chance in waits and lives; default 1. */
  seed?: number;
  /** After this long a connection is replaced, before the venue cuts it; default 23 h 40 min. */
  connectionLifeMs?: number;
}>;

/** Venues cut every connection after 24 hours. */
const defaultLifeMs = (24 * 60 - 20) * 60_000;

/** The port over a venue's own sockets: what is common to all venues stands here, what is theirs in `FeedVenue`. */
export function createMarketFeed(venue: FeedVenue, settings: FeedSettings = {}): MarketFeed {
  const { timers = systemTimers, seed = 1, connectionLifeMs: lifeMs = defaultLifeMs } = settings;
  const gate = createAttemptGate(timers);
  let calls = 0;
  return {
    venue: venue.venue,
    stream: (streams, options) => {
      const plans = venue.plan(checkStreams(streams)); // refused here and now, not at the first event
      calls += 1;
      const call = { venue, streams, plans, options, timers, gate, lifeMs, seed: seed * 1_000 + calls };
      return { [Symbol.asyncIterator]: () => run(call) };
    },
  };
}

function checkStreams(streams: readonly FeedStream[]): readonly FeedStream[] {
  const names = new Set(streams.map(streamName));
  if (names.size !== streams.length) {
    throw new DeskError('BadInput', 'a stream is asked for twice', { path: 'streams', expected: 'each once' });
  }
  if (streams.length > 0 && streams.length <= streamsLimit) return streams;
  throw new DeskError('BadInput', 'too many or no streams', {
    path: 'streams',
    expected: `1 to ${streamsLimit}`,
    found: `${streams.length}`,
  });
}

type Call = Readonly<{
  venue: FeedVenue;
  streams: readonly FeedStream[];
  plans: readonly LinePlan[];
  options: FeedOptions;
  timers: Timers;
  gate: AttemptGate;
  lifeMs: number;
  seed: number;
}>;

const readersBuffer = ({ bufferEvents = defaultBufferEvents }: FeedOptions, { nowMs }: Timers) =>
  onlyPossible(createEventBuffer(bufferEvents, nowMs), nowMs);

function run({
  venue,
  streams,
  plans,
  options,
  timers,
  gate,
  lifeMs,
  seed,
}: Call): AsyncIterator<FeedEvent, undefined> {
  const stop = new AbortController();
  const { signal } = stop;
  const buffer = readersBuffer(options, timers);
  const end = () => {
    options.signal.removeEventListener('abort', end);
    stop.abort(new Error('the feed was stopped'));
    buffer.end();
  };
  options.signal.addEventListener('abort', end);

  const context = { rest: venue.rest, nowMs: timers.nowMs, signal, deliver: buffer.push };
  const trades = new Map<string, TradeOrder>();
  const candles = new Map<string, CandleOrder>();
  for (const stream of streams) {
    if (stream.channel === 'trades') trades.set(stream.symbol, createTradeOrder(stream.symbol, context));
    if (stream.channel === 'candles') candles.set(streamName(stream), createCandleOrder(stream, context));
  }
  const catchUp = (stream: FeedStream) => {
    if (stream.channel === 'trades') trades.get(stream.symbol)?.catchUp();
    if (stream.channel === 'candles') candles.get(streamName(stream))?.catchUp();
  };
  const watch = watchSilence(streams, {
    rest: venue.rest,
    timers,
    signal,
    stale: (stream, reason) => {
      const receivedMs = timers.nowMs();
      buffer.push(noticeEvent({ kind: 'stale', stream: streamName(stream), receivedMs, reason }));
      for (const line of lines) if (line.plan.streams.includes(stream)) line.fail(reason);
    },
  });
  const deliver = (event: FeedEvent) => {
    watch.heard(event);
    if (event.type === 'trade') trades.get(event.trade.symbol)?.take(event.trade);
    else if (event.type === 'candle') {
      candles.get(`candles ${event.candle.symbol} ${event.candle.timeframe}`)?.take(event.candle);
    } else buffer.push(event);
  };
  const lines = options.signal.aborted
    ? []
    : plans.map((plan, index) =>
        keepLine(plan, {
          timers,
          prng: createPrng(seed * 100 + index),
          gate,
          lifeMs,
          signal,
          deliver,
          reconnected: ({ streams: heard }) => heard.forEach(catchUp),
        }),
      );
  if (options.signal.aborted) end();
  return {
    next: () => buffer.next(),
    return: () => {
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}
