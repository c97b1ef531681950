import { join } from 'node:path';
import { stateFolder } from '../../config/paths.ts';
import { loadSources, type SourceSettings } from '../../config/sources.ts';
import { createHttpClient, type HttpClient } from '../http/client.ts';
import { type Clock, systemClock } from '../http/clock.ts';
import { internet, type Network } from '../http/network.ts';
import type { FetchContext } from './fetch-half.ts';
import { keyOf, readKey } from './keys.ts';
import { openSnapshots } from './snapshots.ts';
import { sourceHalves } from './source-halves.ts';

/** What tests stand in for; everything is the real one by default. */
export type FetchOptions = Readonly<{
  network?: Network;
  clock?: Clock;
  environment?: Readonly<Record<string, string | undefined>>;
  settings?: SourceSettings;
  /** Where day-by-day snapshots are kept. */
  folder?: string;
}>;

/** Gets a payload: the query is the plugin's own, and the payload what the plugin takes as input. */
export type Fetch = (query: unknown, signal: AbortSignal) => Promise<unknown>;

/**
 * Fetch halves that share one client, so that the limits of a provider hold over all of them. Settings are read at the
 * first fetch: a desk that fetches nothing needs none.
 */
export function openFetchHalves(options: FetchOptions = {}): Readonly<Record<string, Fetch>> {
  let contextOf: ((signal: AbortSignal) => FetchContext) | undefined;
  return Object.fromEntries(
    Object.entries(sourceHalves).map(([id, half]) => [
      id,
      async (query: unknown, signal: AbortSignal) => {
        contextOf ??= prepare(options);
        return half.fetch(query, contextOf(signal));
      },
    ]),
  );
}

function prepare(options: FetchOptions): (signal: AbortSignal) => FetchContext {
  const { network = internet, clock = systemClock, environment = process.env, settings = loadSources() } = options;
  const { contact, timeout_seconds: timeout, max_wait_seconds: longestWait } = settings;
  const http = createHttpClient({
    network,
    clock,
    userAgent: `nightdesk${contact === undefined ? '' : ` (${contact})`}`,
    timeoutMs: timeout * 1_000,
    maxWaitMs: longestWait * 1_000,
  });
  const snapshots = openSnapshots(options.folder ?? join(stateFolder(), 'sources'));
  return (signal) => ({
    get: async (provider, request) => (await http.get(provider, request, signal)).text,
    cookiesOf: (provider, request) => cookiesOf(http, [provider, request, signal]),
    keyOf: (provider) => keyOf(provider, settings, environment),
    keyIn: (key) => readKey(key, environment),
    settings,
    snapshots,
    nowMs: clock.nowMs(),
  });
}

/** The cookies of a page, whatever else it says, as the next request sends them. */
async function cookiesOf(http: HttpClient, asked: Parameters<HttpClient['cookies']>): Promise<string> {
  const cookies = await http.cookies(...asked);
  const pairs = cookies.map((cookie) => cookie.split(';')[0].trim());
  const plain = pairs.filter((pair) => /^[\w-]+=[\x21-\x3a\x3c-\x7e]*$/.test(pair));
  return plain.join('; ').slice(0, 4_096);
}
