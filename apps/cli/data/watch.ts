import { once } from 'node:events';
import { openPublicFeed } from '../../../adapters/feeds/open-public-feed.ts';
import { streamName, streamOfEvent } from '../../../adapters/feeds/venue.ts';
import { stateFolder } from '../../../config/paths.ts';
import { errorRules } from '../../../core/errors.ts';
import type { FeedEvent } from '../../../core/ports/market-feed.ts';
import { print, printJson } from '../output.ts';
import { stopSignal } from '../stop-signal.ts';
import { counted, countsText, marketEvents, noCounts } from './watch-counts.ts';
import { watchedStreams } from './watch-streams.ts';
import { eventText } from './watch-text.ts';

export type WatchFlags = Readonly<{
  venue: string;
  symbols: string;
  channels: string;
  seconds?: number;
  events?: number;
  baseUrl?: string;
  json?: boolean;
}>;

/** `nightdesk data watch`: 3 is the exit code where no connection ever stood. */
export async function runWatch(flags: WatchFlags): Promise<void> {
  const streams = watchedStreams(flags.symbols, flags.channels);
  const at = { stateFolder: stateFolder(), ...(flags.baseUrl !== undefined && { baseUrl: flags.baseUrl }) };
  const { feed, close } = await openPublicFeed(flags.venue, at);
  const stop = stopSignal();
  const ends = flags.seconds === undefined ? [] : [AbortSignal.timeout(flags.seconds * 1_000)];
  const signal = AbortSignal.any([stop.signal, ...ends]);
  try {
    await watch(feed.stream(streams, { signal }), { flags, signal, silent: new Set(streams.map(streamName)) });
  } finally {
    stop.release();
    await close();
  }
}

type Watch = Readonly<{ flags: WatchFlags; signal: AbortSignal; silent: Set<string> }>;

async function watch(events: AsyncIterable<FeedEvent>, { flags, signal, silent }: Watch): Promise<void> {
  let counts = noCounts;
  try {
    for await (const event of events) {
      counts = counted(counts, event);
      if (event.type !== 'notice') silent.delete(streamOfEvent(event));
      await show(event, flags, signal);
      if (flags.events !== undefined && marketEvents(counts) >= flags.events) break;
    }
  } finally {
    if (flags.json === true) printJson({ type: 'counts', ...counts, silent: [...silent] });
    else print(countsText(counts, [...silent]));
  }
  if (counts.connected === 0) process.exitCode = errorRules.NotReachable.exitCode;
}

/** Waits for whoever reads our output: what they are too slow for, the feed lets go and counts. */
async function show(event: FeedEvent, { json }: WatchFlags, signal: AbortSignal): Promise<void> {
  const line = json === true ? JSON.stringify(event) : eventText(event);
  if (process.stdout.write(`${line}\n`)) return;
  await once(process.stdout, 'drain', { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
