import { DeskError } from '../../core/errors.ts';
import type { MarketFeed } from '../../core/ports/market-feed.ts';
import { createBinanceSpotFeed, createBinanceUsdmFeed } from './binance/feed.ts';
import { createKrakenFeed } from './kraken/feed.ts';
import type { FeedSettings } from './market-feed.ts';
import type { OwnAccess } from './own-account.ts';

export type OpenFeedOptions = FeedSettings &
  Readonly<{
    /** Root of a simulated exchange, as `http://127.0.0.1:7711/bspot`; left out: the venue itself. */
    baseUrl?: string;
    /** Only the account's own streams want it. */
    own?: OwnAccess;
  }>;

type Opener = (options: OpenFeedOptions) => MarketFeed;

const socketRoot = (baseUrl: string): string => baseUrl.replace(/^http/, 'ws');

const binanceRoot = (rest: string) => ({ rest, socket: socketRoot(rest), userSocket: socketRoot(rest) });

const krakenRoot = (rest: string) => ({
  rest,
  socket: `${socketRoot(rest)}/ws/v2`,
  userSocket: `${socketRoot(rest)}/ws-auth/v2`,
});

/** Venues whose sockets we speak ourselves, by ccxt's names. */
const venues: Readonly<Record<string, Opener>> = {
  binance: ({ baseUrl, ...rest }) =>
    createBinanceSpotFeed({ ...rest, ...(baseUrl !== undefined && { addresses: binanceRoot(baseUrl) }) }),
  binanceusdm: ({ baseUrl, ...rest }) =>
    createBinanceUsdmFeed({ ...rest, ...(baseUrl !== undefined && { addresses: binanceRoot(baseUrl) }) }),
  kraken: ({ baseUrl, ...rest }) =>
    createKrakenFeed({ ...rest, ...(baseUrl !== undefined && { addresses: krakenRoot(baseUrl) }) }),
};

/** Whether we speak the venue's sockets. */
export const hasFeed = (venue: string): boolean => Object.hasOwn(venues, venue);

/** The feed of a venue by ccxt's name. Nothing is connected before the first stream is read. */
export function openFeed(venue: string, options: OpenFeedOptions = {}): MarketFeed {
  const open = hasFeed(venue) ? venues[venue] : undefined;
  if (open !== undefined) return open(options);
  throw new DeskError('BadInput', 'no feed of this venue', {
    path: 'venue',
    expected: Object.keys(venues).join(', '),
    found: venue,
  });
}
