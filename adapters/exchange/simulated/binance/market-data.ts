import { candlesOf, closeOf, type Candle, type Timeframe } from '../../../../core/venue/candles.ts';
import type { PublicTrade } from '../../../../core/venue/events.ts';
import { marketOf } from '../../../../core/venue/state.ts';
import type { SimulatedMarket } from '../markets.ts';
import { day24, type DayStatistics } from '../day-statistics.ts';
import { BinanceError, missing } from './errors.ts';
import {
  marketNamed,
  marketsOf,
  needed,
  tapeOf,
  wholeNumber,
  type BinanceCall,
  type BinanceHost,
  type BinanceRoute,
} from './host.ts';
import { styleOf } from './text.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

export const intervals: Readonly<Record<string, Timeframe>> = {
  '1m': { ms: minute },
  '3m': { ms: 3 * minute },
  '5m': { ms: 5 * minute },
  '15m': { ms: 15 * minute },
  '30m': { ms: 30 * minute },
  '1h': { ms: hour },
  '2h': { ms: 2 * hour },
  '4h': { ms: 4 * hour },
  '6h': { ms: 6 * hour },
  '8h': { ms: 8 * hour },
  '12h': { ms: 12 * hour },
  '1d': { ms: day },
  '3d': { ms: 3 * day },
  '1w': { ms: 7 * day },
  '1M': { ms: 31 * day, month: true },
};

const symbolMarket = (call: BinanceCall): SimulatedMarket => marketNamed(call.host, needed(call, 'symbol'));

/** One kline row: spot and USD-M write the same twelve columns. */
export function klineRow(host: BinanceHost, { market }: SimulatedMarket, candle: Candle, timeframe: Timeframe) {
  const style = styleOf(host, market);
  return [
    candle.openMs,
    style.price(candle.open),
    style.price(candle.high),
    style.price(candle.low),
    style.price(candle.close),
    style.quantity(candle.volume),
    closeOf(timeframe, candle.openMs),
    style.notional(candle.notional),
    candle.trades,
    style.quantity(candle.takerBuyVolume),
    style.notional(candle.takerBuyNotional),
    '0',
  ];
}

function klines(call: BinanceCall): unknown {
  const market = symbolMarket(call);
  const timeframe = intervals[needed(call, 'interval')];
  if (timeframe === undefined) throw new BinanceError(-1120, 'Invalid interval.');
  const limit = wholeNumber(call, 'limit', { fallback: 500, most: call.host.name === 'binanceSpot' ? 1000 : 1500 });
  const toMs = wholeNumber(call, 'endTime', { fallback: call.nowMs, most: Number.MAX_SAFE_INTEGER });
  const startTime = call.get('startTime');
  // Without a start the newest come; candles are cut generously and the last `limit` kept.
  const length = timeframe.month === true ? 31 * day : timeframe.ms;
  const fromMs =
    startTime === undefined
      ? toMs - length * (limit + 1)
      : wholeNumber(call, 'startTime', { fallback: 0, most: Number.MAX_SAFE_INTEGER });
  const { minutes } = tapeOf(call.host, market.market.id);
  const rows = candlesOf(minutes, timeframe, { fromMs, toMs, limit: startTime === undefined ? limit + 2 : limit });
  return rows.slice(-limit).map((candle) => klineRow(call.host, market, candle, timeframe));
}

function depth(call: BinanceCall): unknown {
  const { market } = symbolMarket(call);
  const spot = call.host.name === 'binanceSpot';
  const limit = wholeNumber(call, 'limit', { fallback: spot ? 100 : 500, most: spot ? 5000 : 1000 });
  const { book, updateId } = marketOf(call.host.venue, market.id);
  const style = styleOf(call.host, market);
  const side = (levels: typeof book.bids.levels) =>
    levels.slice(0, limit).map(({ price, total }) => [style.price(price), style.quantity(total)]);
  return {
    lastUpdateId: updateId,
    ...(!spot && { E: call.nowMs, T: call.nowMs }),
    bids: side(book.bids.levels),
    asks: side(book.asks.levels),
  };
}

export const depthWeight = (get: (name: string) => string | undefined): number => {
  const limit = Number(get('limit') ?? 100);
  return limit <= 100 ? 5 : limit <= 500 ? 25 : limit <= 1000 ? 50 : 250;
};

/** The newest trades that fit fromId, startTime and endTime. */
function pickTrades(call: BinanceCall, market: SimulatedMarket, idName: string): PublicTrade[] {
  const { trades } = tapeOf(call.host, market.market.id);
  const limit = wholeNumber(call, 'limit', { fallback: 500, most: 1000 });
  const most = Number.MAX_SAFE_INTEGER;
  const fromId = call.get(idName);
  if (fromId !== undefined) {
    const first = wholeNumber(call, idName, { fallback: 0, most });
    return trades.filter(({ tradeId }) => tradeId >= first).slice(0, limit);
  }
  const fromMs =
    call.get('startTime') === undefined ? undefined : wholeNumber(call, 'startTime', { fallback: 0, most });
  const toMs = wholeNumber(call, 'endTime', { fallback: most, most });
  const within = trades.filter(({ timeMs }) => timeMs >= (fromMs ?? 0) && timeMs <= toMs);
  return fromMs === undefined ? within.slice(-limit) : within.slice(0, limit);
}

function aggregateTrades(call: BinanceCall): unknown {
  const market = symbolMarket(call);
  const style = styleOf(call.host, market.market);
  return pickTrades(call, market, 'fromId').map(({ tradeId, price, quantity, timeMs, takerSide }) => ({
    a: tradeId,
    p: style.price(price),
    q: style.quantity(quantity),
    f: tradeId,
    l: tradeId,
    T: timeMs,
    m: takerSide === 'sell',
    ...(call.host.name === 'binanceSpot' && { M: true }),
  }));
}

function recentTrades(call: BinanceCall): unknown {
  const market = symbolMarket(call);
  const style = styleOf(call.host, market.market);
  return pickTrades(call, market, 'fromId').map(({ tradeId, price, quantity, timeMs, takerSide }) => ({
    id: tradeId,
    price: style.price(price),
    qty: style.quantity(quantity),
    quoteQty: style.notional(price * quantity),
    time: timeMs,
    isBuyerMaker: takerSide === 'sell',
    ...(call.host.name === 'binanceSpot' && { isBestMatch: true }),
  }));
}

/** The markets that `symbol`, `symbols` or nothing asks for; one symbol gives an object, else an array. */
function forSymbols(call: BinanceCall, describe: (market: SimulatedMarket) => unknown): unknown {
  const symbol = call.get('symbol');
  if (symbol !== undefined) return describe(marketNamed(call.host, symbol));
  const symbols = call.get('symbols');
  if (symbols === undefined) return marketsOf(call.host).map(describe);
  let names: unknown;
  try {
    names = JSON.parse(symbols);
  } catch {
    throw missing('symbols');
  }
  if (!Array.isArray(names)) throw missing('symbols');
  return names.map((name) => describe(marketNamed(call.host, String(name))));
}

export function best(host: BinanceHost, { market }: SimulatedMarket) {
  const { book } = marketOf(host.venue, market.id);
  const style = styleOf(host, market);
  const [bid] = book.bids.levels;
  const [ask] = book.asks.levels;
  return {
    bidPrice: style.price(bid?.price ?? 0n),
    bidQty: style.quantity(bid?.total ?? 0n),
    askPrice: style.price(ask?.price ?? 0n),
    askQty: style.quantity(ask?.total ?? 0n),
  };
}

const bookTicker = (call: BinanceCall): unknown =>
  forSymbols(call, (market) => ({
    symbol: market.market.id,
    ...best(call.host, market),
    ...(call.host.name === 'binanceUsdm' && {
      time: call.nowMs,
      lastUpdateId: marketOf(call.host.venue, market.market.id).updateId,
    }),
  }));

const lastPrice = (call: BinanceCall): unknown =>
  forSymbols(call, ({ market }) => ({
    symbol: market.id,
    price: styleOf(call.host, market).price(marketOf(call.host.venue, market.id).lastPrice),
    ...(call.host.name === 'binanceUsdm' && { time: call.nowMs }),
  }));

/** 24 hours of a market in Binance's long names. */
function ticker24(call: BinanceCall): unknown {
  return forSymbols(call, (simulated) => {
    const { market } = simulated;
    const style = styleOf(call.host, market);
    const stats: DayStatistics = day24(tapeOf(call.host, market.id), call.nowMs);
    const spot = call.host.name === 'binanceSpot';
    return {
      symbol: market.id,
      priceChange: style.price(stats.close - stats.open),
      priceChangePercent: stats.changePercent.toFixed(3),
      weightedAvgPrice: style.average(stats.notional, stats.volume),
      ...(spot && { prevClosePrice: style.price(stats.open) }),
      lastPrice: style.price(stats.close),
      lastQty: style.quantity(stats.lastQuantity),
      ...(spot && best(call.host, simulated)),
      openPrice: style.price(stats.open),
      highPrice: style.price(stats.high),
      lowPrice: style.price(stats.low),
      volume: style.quantity(stats.volume),
      quoteVolume: style.notional(stats.notional),
      openTime: stats.openMs,
      closeTime: call.nowMs,
      firstId: stats.firstTradeId,
      lastId: stats.lastTradeId,
      count: stats.trades,
    };
  });
}

const open = { security: 'none' } as const;

/** Market data that spot and USD-M share, by name below `/api/v3` or `/fapi/v1`. */
export const marketDataRoutes: Readonly<Record<string, BinanceRoute>> = {
  'GET ping': { ...open, weight: 1, answer: () => ({}) },
  'GET time': { ...open, weight: 1, answer: ({ wireMs }) => ({ serverTime: wireMs }) },
  'GET depth': { ...open, weight: depthWeight, answer: depth },
  'GET klines': { ...open, weight: 2, answer: klines },
  'GET aggTrades': { ...open, weight: 4, answer: aggregateTrades },
  'GET trades': { ...open, weight: 25, answer: recentTrades },
  'GET historicalTrades': { ...open, weight: 25, answer: recentTrades },
  'GET ticker/24hr': { ...open, weight: (get) => (get('symbol') === undefined ? 80 : 2), answer: ticker24 },
  'GET ticker/bookTicker': { ...open, weight: (get) => (get('symbol') === undefined ? 4 : 2), answer: bookTicker },
  'GET ticker/price': { ...open, weight: (get) => (get('symbol') === undefined ? 4 : 2), answer: lastPrice },
};
