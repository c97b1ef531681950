import { timeframeMs, type Timeframe } from '../../core/market/timeframe.ts';
import { checkBaseUrl } from '../feeds/base-url.ts';
import { spotAddresses, usdmAddresses } from '../feeds/binance/feed.ts';
import { serverTime } from '../feeds/binance/messages.ts';
import { createBinanceRest } from '../feeds/binance/rest.ts';
import { binanceId, binanceInterval, spotSide, usdmSide, type BinanceSide } from '../feeds/binance/side.ts';
import { krakenAddresses } from '../feeds/kraken/feed.ts';
import { timeAnswer } from '../feeds/kraken/messages.ts';
import { checkKrakenSymbol, krakenInterval } from '../feeds/kraken/pairs.ts';
import { createKrakenRequests, krakenResult } from '../feeds/kraken/requests.ts';
import { createJsonClient } from '../feeds/rest.ts';
import { systemTimers, type Timers } from '../feeds/timers.ts';

export type HistorySeries = Readonly<{ symbol: string; timeframe: Timeframe }>;

export type HistoryBar = Readonly<{
  openMs: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}>;

/** Candles of the past, as a venue's public REST gives them. */
export type CandleHistory = Readonly<{
  /** By ccxt's name; that of a simulated exchange ends with `-simulated`, as its prices are no market's. */
  venue: string;
  /** Throws DeskError (BadInput) for what the venue has not. */
  check(series: HistorySeries): void;
  /** By the venue's clock, which decides which candle is closed. */
  nowMs(signal: AbortSignal): Promise<number>;
  /** Candles from `fromMs` on, oldest first, as many as one answer holds; none where there are no more. */
  page(series: HistorySeries, fromMs: number, signal: AbortSignal): Promise<readonly HistoryBar[]>;
  /** How many candles back it goes at most; undefined where it goes back to the listing. */
  newestOnly?: number;
  close(): Promise<void>;
}>;

export type HistoryOptions = Readonly<{ baseUrl?: string; timers?: Timers }>;

/**
 * A download has a budget of its own, below what the venue allows an address, so that a feed and orders beside it
 * always get through: spot 1,800 of 6,000 a minute, USD-M 720 of 2,400, Kraken 48 of about 60 requests.
 */
const budgets = {
  spot: { requests: 1_800, perMs: 60_000, burst: 40 },
  usdm: { requests: 720, perMs: 60_000, burst: 40 },
  kraken: { requests: 48, perMs: 60_000, burst: 2 },
} as const;

/** Candles of Kraken's OHLC, whatever `since` says. */
const krakenCandles = 720;

const nothing = (): Promise<void> => Promise.resolve();

function binanceHistory(side: BinanceSide, root: string, timers: Timers): CandleHistory {
  const ask = createJsonClient(root, budgets[side.kind], timers);
  const rest = createBinanceRest(side, ask, timers.nowMs);
  return {
    venue: side.venue,
    check: ({ symbol, timeframe }) => {
      binanceId(side, symbol);
      binanceInterval(timeframe);
    },
    nowMs: async (signal) => serverTime.parse(await ask({ path: `${side.api}/time` }, signal)).serverTime,
    page: (series, fromMs, signal) => rest.candlesFrom(series, fromMs, signal),
    close: nothing,
  };
}

function krakenHistory(root: string, timers: Timers): CandleHistory {
  const ask = createJsonClient(root, budgets.kraken, timers);
  const requests = createKrakenRequests(ask, timers.nowMs);
  const path = '/0/public/Time';
  return {
    venue: 'kraken',
    check: ({ symbol, timeframe }) => {
      checkKrakenSymbol(symbol);
      krakenInterval(timeframe);
    },
    nowMs: async (signal) => krakenResult(timeAnswer.parse(await ask({ path }, signal)), path).unixtime * 1000,
    page: (series, fromMs, signal) => requests.candles(series, fromMs, signal),
    newestOnly: krakenCandles,
    close: nothing,
  };
}

type Opener = (options: HistoryOptions & Readonly<{ timers: Timers }>) => CandleHistory;

const venues: Readonly<Record<string, Opener>> = {
  binance: ({ baseUrl = spotAddresses.rest, timers }) => binanceHistory(spotSide, baseUrl, timers),
  binanceusdm: ({ baseUrl = usdmAddresses.rest, timers }) => binanceHistory(usdmSide, baseUrl, timers),
  kraken: ({ baseUrl = krakenAddresses.rest, timers }) => krakenHistory(baseUrl, timers),
};

/** The history of a venue by ccxt's name; of venues that we do not speak ourselves through ccxt. No key is needed. */
export async function openHistory(
  venue: string,
  { baseUrl, timers = systemTimers }: HistoryOptions = {},
): Promise<CandleHistory> {
  const options = { timers, ...(baseUrl !== undefined && { baseUrl: checkBaseUrl(baseUrl) }) };
  const open = Object.hasOwn(venues, venue) ? venues[venue] : undefined;
  const history = open?.(options) ?? (await (await import('./ccxt-history.ts')).openCcxtHistory(venue, options));
  return baseUrl === undefined ? history : { ...history, venue: `${venue}-simulated` };
}

/** The first open time from `ms` on. */
export const openFrom = (timeframe: Timeframe, ms: number): number =>
  Math.ceil(ms / timeframeMs[timeframe]) * timeframeMs[timeframe];
