import type { Exchange as CcxtExchange } from 'ccxt';
import { z } from 'zod';
import type { Exchange, VenueTraits } from '../../core/ports/exchange.ts';
import { createBinanceApi, type BinanceDialect } from './binance/api.ts';
import { readBinanceMarket } from './binance/markets.ts';
import { createBinanceSpot } from './binance/spot.ts';
import { createBinanceUsdm } from './binance/usdm.ts';
import type { InTurn, Session } from './ccxt/session.ts';
import { binanceErrors } from './errors/binance.ts';
import type { ErrorTable } from './errors/failure.ts';
import { krakenErrors } from './errors/kraken.ts';
import { otherErrors } from './errors/other.ts';
import { createKrakenApi } from './kraken/api.ts';
import { readKrakenMarket } from './kraken/markets.ts';
import { krakenTurns, type TakeTurn } from './kraken/nonce-gate.ts';
import { createKrakenSpot, krakenTraits } from './kraken/spot.ts';
import { createMarketTable } from './market-table.ts';
import { createOtherExchange } from './other/exchange.ts';
import { inTime } from './other/in-time.ts';
import { readOtherMarket } from './other/read.ts';
import { binanceSpotRates, binanceUsdmRates } from './rate-budget/binance.ts';
import { krakenRates, type KrakenTier } from './rate-budget/kraken.ts';
import { otherRates } from './rate-budget/other.ts';
import type { RateRules } from './rate-budget/rules.ts';
import { readAnswer } from './read-answer.ts';
import type { ClockSource, VenueClock } from './venue-clock.ts';

type Parts = Readonly<{
  session: Session;
  clock: VenueClock;
  /** It talks to a simulated exchange or test net. */
  standIn: boolean;
  traits: Partial<VenueTraits>;
}>;

/** All that is a venue's own. */
type Venue = Readonly<{
  ccxtOptions: Readonly<Record<string, unknown>>;
  /** ccxt is to read figures as text: where its unified forms are used. */
  textNumbers: boolean;
  errors: ErrorTable;
  rates(ccxt: CcxtExchange, tier: KrakenTier): RateRules;
  /** What holds for keys of a tier only. */
  tierTraits?(tier: KrakenTier): Partial<VenueTraits>;
  /** Where requests have to arrive in the order of their nonces. */
  inTurn?(ccxt: CcxtExchange, takeTurn: TakeTurn): InTurn;
  clock(session: Session): ClockSource;
  exchange(parts: Parts): Omit<Exchange, 'close'>;
}>;

const spotDialect: BinanceDialect = {
  venue: 'binance',
  publicApi: 'public',
  privateApi: 'private',
  tradesPath: 'myTrades',
  tradesSpanMs: 24 * 3_600_000,
};

const usdmDialect: BinanceDialect = {
  venue: 'binanceusdm',
  publicApi: 'fapiPublic',
  privateApi: 'fapiPrivate',
  tradesPath: 'userTrades',
  tradesSpanMs: 7 * 24 * 3_600_000,
};

const binanceTime = z.object({ serverTime: z.number() });
const krakenTime = z.object({ result: z.object({ unixtime: z.number() }) });

const binanceClock =
  ({ publicApi }: BinanceDialect) =>
  (session: Session): ClockSource => ({
    resolutionMs: 1,
    askMs: async (signal) => {
      const call = { api: publicApi, method: 'GET', path: 'time', purpose: 'look', signal } as const;
      return readAnswer(binanceTime, await session.request(call), 'time').serverTime;
    },
  });

const binanceApi = (dialect: BinanceDialect, { session, clock }: Parts) =>
  createBinanceApi({ dialect, session, clock, markets: createMarketTable(session, readBinanceMarket) });

const binanceOptions = (market: 'spot' | 'linear') => ({
  fetchMarkets: { types: [market] },
  fetchCurrencies: false,
  fetchMargins: false,
});

const venues: Readonly<Record<string, Venue>> = {
  binance: {
    ccxtOptions: binanceOptions('spot'),
    textNumbers: false,
    errors: binanceErrors,
    rates: () => binanceSpotRates,
    clock: binanceClock(spotDialect),
    exchange: (parts) => createBinanceSpot(binanceApi(spotDialect, parts)),
  },
  binanceusdm: {
    ccxtOptions: binanceOptions('linear'),
    textNumbers: false,
    errors: binanceErrors,
    rates: () => binanceUsdmRates,
    clock: binanceClock(usdmDialect),
    exchange: (parts) => createBinanceUsdm(binanceApi(usdmDialect, parts), parts.standIn),
  },
  kraken: {
    ccxtOptions: {},
    textNumbers: false,
    errors: krakenErrors,
    rates: (_ccxt, tier) => krakenRates(tier),
    inTurn: krakenTurns,
    // A key of the lowest tier gets a call back each 3 s, and a look for one order takes three.
    tierTraits: (tier) => (tier === 'starter' ? { leastPollMs: 10_000 } : {}),
    clock: (session) => ({
      resolutionMs: 1000,
      askMs: async (signal) => {
        const call = { api: 'public', method: 'GET', path: 'Time', purpose: 'look', signal } as const;
        return readAnswer(krakenTime, await session.request(call), 'Time').result.unixtime * 1000;
      },
    }),
    exchange: ({ session, clock, traits }) => {
      const markets = createMarketTable(session, readKrakenMarket);
      return createKrakenSpot(createKrakenApi({ session, clock, markets }), { ...krakenTraits, ...traits });
    },
  },
};

const other: Venue = {
  ccxtOptions: {
    fetchCurrencies: false,
    fetchMargins: false,
    // Both are the same question under names of several years: open orders of all symbols are asked for knowingly.
    warnOnFetchOpenOrdersWithoutSymbol: false,
    fetchOpenOrders: { warnWithoutSymbol: false },
  },
  textNumbers: true,
  errors: otherErrors,
  rates: ({ rateLimit }) => otherRates(rateLimit ?? 1000),
  clock: ({ client: { ccxt }, unified }) => ({
    resolutionMs: 1,
    // Two venues in five tell no time: this host's then stands in, which no deadline hangs on there.
    askMs: async (signal) =>
      ccxt.has['fetchTime'] === true ? Number(await unified('look', () => ccxt.fetchTime(), signal)) : Date.now(),
  }),
  exchange: ({ session, clock }) => {
    const markets = createMarketTable(session, readOtherMarket(session.client.ccxt.precisionMode ?? 4));
    return createOtherExchange({ session: inTime(session, clock), clock, markets });
  },
};

/** A venue that we know ourselves, or what ccxt knows of it. */
export const venueNamed = (name: string): Venue => (Object.hasOwn(venues, name) ? (venues[name] ?? other) : other);
