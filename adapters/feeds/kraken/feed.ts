import type { FeedStream, MarketFeed } from '../../../core/ports/market-feed.ts';
import { createMarketFeed, type FeedSettings } from '../market-feed.ts';
import { createOwnAccount, keyWanted, type OwnAccess } from '../own-account.ts';
import { createJsonClient } from '../rest.ts';
import { systemTimers } from '../timers.ts';
import type { LinePlan } from '../venue.ts';
import type { BookDecimals } from './book.ts';
import { beginKrakenSession } from './market-session.ts';
import { krakenOwnPlan } from './own-session.ts';
import { checkKrakenSymbol, krakenDepth, krakenInterval } from './pairs.ts';
import { createKrakenRequests, type KrakenRequests } from './requests.ts';
import { createKrakenRest } from './rest.ts';

/** Where Kraken is reached; a simulator's addresses take the place of all of them. */
export type KrakenAddresses = Readonly<{ rest: string; socket: string; userSocket: string }>;

export const krakenAddresses: KrakenAddresses = {
  rest: 'https://api.kraken.com',
  socket: 'wss://ws.kraken.com/v2',
  userSocket: 'wss://ws-auth.kraken.com/v2',
};

/** Kraken lets an address ask for public data about once a second. */
const budget = { requests: 60, perMs: 60_000, burst: 10 };

export type KrakenFeedOptions = FeedSettings &
  Readonly<{
    addresses?: KrakenAddresses;
    /** Only the account's own streams want it. */
    own?: OwnAccess;
  }>;

export function createKrakenFeed({
  addresses = krakenAddresses,
  own,
  ...settings
}: KrakenFeedOptions = {}): MarketFeed {
  const { timers = systemTimers } = settings;
  const ask = createJsonClient(addresses.rest, budget, timers, settings.rates);
  const requests = createKrakenRequests(ask, timers.nowMs);
  const rest = createKrakenRest(requests);
  const ownPlan = (): LinePlan => {
    if (own === undefined) throw keyWanted('kraken');
    const account = createOwnAccount(own, timers.nowMs);
    const turns = settings.rates === undefined ? {} : { takeTurn: settings.rates.takeTurn };
    return krakenOwnPlan({ addresses, ask, access: own, account, ...turns });
  };
  const plan = (streams: readonly FeedStream[]) => [
    ...marketPlans(streams, addresses, requests),
    ...(streams.some(({ channel }) => channel === 'own') ? [ownPlan()] : []),
  ];
  return createMarketFeed({ venue: 'kraken', rest, plan }, settings);
}

function marketPlans(
  streams: readonly FeedStream[],
  { socket }: KrakenAddresses,
  requests: KrakenRequests,
): LinePlan[] {
  for (const stream of streams) {
    if (stream.channel === 'own') continue;
    checkKrakenSymbol(stream.symbol);
    if (stream.channel === 'book') krakenDepth(stream.depth);
    if (stream.channel === 'candles') krakenInterval(stream.timeframe);
  }
  const heard = streams.filter(({ channel }) => channel !== 'own');
  if (heard.length === 0) return [];
  let decimals: ReadonlyMap<string, BookDecimals> = new Map();
  return [
    {
      name: 'kraken',
      streams: heard,
      address: async (signal) => {
        // Checksums are made of figures with a pair's decimals.
        if (heard.some(({ channel }) => channel === 'book')) decimals = await requests.pairs(signal);
        return socket;
      },
      begin: (handle) => beginKrakenSession({ streams: heard, decimalsOf: (symbol) => decimals.get(symbol) }, handle),
    },
  ];
}
