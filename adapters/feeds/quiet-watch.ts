import { isTimeframe, timeframeMs } from '../../core/market/timeframe.ts';
import type { FeedEvent, FeedStream } from '../../core/ports/market-feed.ts';
import { every, type Timers } from './timers.ts';
import { streamName, streamOfEvent, type FeedRest, type Newest } from './venue.ts';

const lookEveryMs = 1_000;

/** Books and tickers are asked about after this long; trades and candles after their timeframe and this. */
const quietMs = 5_000;
const tradesFrameMs = 60_000;

/** What REST shows first has a moment to come by the stream, too. */
const graceMs = 1_000;

/** A market where REST shows nothing new either is asked about less and less often. */
const longestWaitMs = 60_000;

type Watched = {
  readonly stream: FeedStream;
  heardMs: number;
  askAfterMs: number;
  seen: FeedEvent | undefined;
  /** What REST showed before, where the stream has said nothing at all. */
  mark: string | undefined;
};

export type QuietWatch = Readonly<{ heard(event: FeedEvent): void }>;

export type WatchContext = Readonly<{
  rest: FeedRest;
  timers: Timers;
  signal: AbortSignal;
  /** REST shows something newer than a silent stream. */
  stale(stream: FeedStream, reason: string): void;
}>;

/**
 * Silence alone proves nothing (most markets are quiet for seconds): a stream is stale when it is silent *and* REST
 * shows something newer. At most one question a second for the whole feed. Own streams are never judged by silence.
 */
export function watchSilence(
  streams: readonly FeedStream[],
  { rest, timers, signal, stale }: WatchContext,
): QuietWatch {
  const now = () => timers.monotonicMs();
  const watched = new Map<string, Watched>();
  for (const stream of streams) {
    if (stream.channel === 'own') continue;
    watched.set(streamName(stream), {
      stream,
      heardMs: now(),
      askAfterMs: limitOf(stream),
      seen: undefined,
      mark: undefined,
    });
  }
  let asking = false;
  const ask = async (each: Watched): Promise<void> => {
    const { heardMs, seen } = each;
    const newest = await rest.newest(each.stream, signal).catch(() => undefined); // REST is down: that judges nothing
    const newer = newest !== undefined && isNewer(newest, each);
    each.mark = newest?.mark ?? each.mark;
    if (signal.aborted || each.heardMs !== heardMs) return;
    if (!newer) {
      each.askAfterMs = now() - each.heardMs + Math.min(longestWaitMs, now() - each.heardMs);
      return;
    }
    timers.after(graceMs, () => {
      if (signal.aborted || each.heardMs !== heardMs) return;
      const seconds = Math.round((now() - heardMs) / 1000);
      hear(each, seen);
      stale(each.stream, `silent for ${seconds} s while REST shows something newer`);
    });
  };
  const hear = (each: Watched, event: FeedEvent | undefined) => {
    each.heardMs = now();
    each.askAfterMs = limitOf(each.stream);
    each.seen = event;
  };
  const stop = every(timers, lookEveryMs, () => {
    if (asking) return;
    const due = [...watched.values()].find((each) => now() - each.heardMs >= each.askAfterMs);
    if (due === undefined) return;
    asking = true;
    void ask(due).finally(() => {
      asking = false;
    });
  });
  signal.addEventListener('abort', stop, { once: true });
  return {
    heard: (event) => {
      if (event.type === 'notice') return;
      const each = watched.get(streamOfEvent(event));
      if (each !== undefined) hear(each, event);
    },
  };
}

const isNewer = ({ mark, isNewerThan }: Newest, { seen, mark: before }: Watched): boolean =>
  seen === undefined ? before !== undefined && before !== mark : isNewerThan(seen);

function limitOf(stream: FeedStream): number {
  if (stream.channel === 'trades') return tradesFrameMs + quietMs;
  if (stream.channel !== 'candles') return quietMs;
  return (isTimeframe(stream.timeframe) ? timeframeMs[stream.timeframe] : tradesFrameMs) + quietMs;
}
