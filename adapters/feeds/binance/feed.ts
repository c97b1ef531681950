import { DeskError } from '../../../core/errors.ts';
import type { FeedStream, MarketFeed } from '../../../core/ports/market-feed.ts';
import { createOwnAccount, keyWanted, type OwnAccess } from '../own-account.ts';
import { createMarketFeed, type FeedSettings } from '../market-feed.ts';
import { createJsonClient } from '../rest.ts';
import { systemTimers } from '../timers.ts';
import type { LinePlan } from '../venue.ts';
import { beginMarketSession, streamNames, type MarketLine, type Prices } from './market-session.ts';
import { spotOwnPlan, usdmOwnPlan } from './own-session.ts';
import { createBinanceRest, type BinanceRest } from './rest.ts';
import { binanceId, spotSide, usdmSide, type BinanceSide } from './side.ts';
import { createSymbolTable } from './symbols.ts';

/** Where Binance is reached; a simulator's addresses take the place of all of them. */
export type BinanceAddresses = Readonly<{ rest: string; socket: string; userSocket: string }>;

export const spotAddresses: BinanceAddresses = {
  rest: 'https://api.binance.com',
  socket: 'wss://stream.binance.com:9443',
  userSocket: 'wss://ws-api.binance.com:443',
};

export const usdmAddresses: BinanceAddresses = {
  rest: 'https://fapi.binance.com',
  socket: 'wss://fstream.binance.com',
  userSocket: 'wss://fstream.binance.com',
};

/** Books deeper than this would need more levels than a snapshot has. */
const deepestBook = 500;

/**
 * Weight a minute that a feed spends at most, of 6,000 (spot) and 2,400 (USD-M) that an address has. Twenty books of spot
 * begin at once.
 */
const budget = { requests: 1_200, perMs: 60_000, burst: 1_000 };

export type BinanceFeedOptions = FeedSettings &
  Readonly<{
    addresses?: BinanceAddresses;
    /** Only the account's own streams want it. */
    own?: OwnAccess;
  }>;

export const createBinanceSpotFeed = (options: BinanceFeedOptions = {}): MarketFeed =>
  createFeed(spotSide, { addresses: spotAddresses, ...options });

export const createBinanceUsdmFeed = (options: BinanceFeedOptions = {}): MarketFeed =>
  createFeed(usdmSide, { addresses: usdmAddresses, ...options });

type Settled = BinanceFeedOptions & Readonly<{ addresses: BinanceAddresses }>;

function createFeed(side: BinanceSide, { addresses, own, ...settings }: Settled): MarketFeed {
  const { timers = systemTimers } = settings;
  const ask = createJsonClient(addresses.rest, budget, timers, settings.rates);
  const rest = createBinanceRest(side, ask, timers.nowMs);
  const symbolOf = createSymbolTable(side, ask);
  const ownPlan = (): LinePlan => {
    if (own === undefined) throw keyWanted(side.venue);
    const account = createOwnAccount(own, timers.nowMs);
    const means = { side, addresses, ask, symbolOf, access: own, account, timers };
    return side.kind === 'spot' ? spotOwnPlan(means) : usdmOwnPlan(means);
  };
  const plan = (streams: readonly FeedStream[]) => [
    ...marketPlans(side, streams, { addresses, rest }),
    ...(streams.some(({ channel }) => channel === 'own') ? [ownPlan()] : []),
  ];
  return createMarketFeed({ venue: side.venue, rest, plan }, settings);
}

type Means = Readonly<{ addresses: BinanceAddresses; rest: BinanceRest }>;

/** One socket on spot; on USD-M one for books and best prices and one for trades and candles. */
function marketPlans(side: BinanceSide, streams: readonly FeedStream[], { addresses, rest }: Means): LinePlan[] {
  const symbols = new Map<string, string>();
  const prices = new Map<string, Prices>();
  const byPath = new Map<string, { names: string[]; streams: FeedStream[] }>();
  for (const stream of streams) {
    if (stream.channel === 'own') continue;
    checkDepth(stream);
    const id = binanceId(side, stream.symbol);
    symbols.set(id, stream.symbol);
    if (stream.channel === 'ticker') prices.set(id, noPrices(stream.symbol));
    const { book, trade } = streamNames(side, stream);
    for (const [path, names] of [
      [side.bookPath, book],
      [side.tradePath, trade],
    ] as const) {
      if (names.length === 0) continue;
      const line = byPath.get(path) ?? { names: [], streams: [] };
      line.names.push(...names);
      if (!line.streams.includes(stream)) line.streams.push(stream);
      byPath.set(path, line);
    }
  }
  return [...byPath].map(([path, line]) => {
    const market: MarketLine = { side, ...line, symbols, prices, snapshot: rest.snapshot };
    return {
      name: `${side.venue}${path}`,
      streams: line.streams,
      address: () => Promise.resolve(`${addresses.socket}${path}`),
      begin: (handle) => beginMarketSession(market, handle),
    };
  });
}

const noPrices = (symbol: string): Prices => ({
  symbol,
  bid: undefined,
  ask: undefined,
  last: undefined,
  updateId: -1,
  newestMs: undefined,
});

function checkDepth(stream: FeedStream): void {
  if (stream.channel !== 'book') return;
  if (Number.isInteger(stream.depth) && stream.depth >= 1 && stream.depth <= deepestBook) return;
  throw new DeskError('BadInput', 'no depth of a book', {
    path: 'depth',
    expected: `1 to ${deepestBook} levels`,
    found: `${stream.depth}`,
  });
}
