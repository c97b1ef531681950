import type { MarketFeed } from '../../core/ports/market-feed.ts';
import { checkBaseUrl } from './base-url.ts';
import { hasFeed, openFeed } from './open-feed.ts';
import { openSharedRates } from './shared-rates.ts';

export type PublicFeedOptions = Readonly<{
  /** Root of a simulated exchange; left out: the venue itself. */
  baseUrl?: string;
  /** Where the desk keeps the rate budget that its processes share. */
  stateFolder: string;
}>;

export type PublicFeed = Readonly<{ feed: MarketFeed; close(): Promise<void> }>;

/** What any venue says to everybody: over sockets of our own where we speak them, else through ccxt.pro. No key is needed. */
export async function openPublicFeed(venue: string, options: PublicFeedOptions): Promise<PublicFeed> {
  const { baseUrl, stateFolder } = options;
  const at = baseUrl === undefined ? {} : { baseUrl: checkBaseUrl(baseUrl) };
  if (!hasFeed(venue)) return (await import('./ccxt/open.ts')).openCcxtFeed(venue, { ...at, stateFolder });
  const rates = openSharedRates({ venue, ...at }, stateFolder);
  return { feed: openFeed(venue, { ...at, rates }), close: async () => rates.close() };
}
