import { candlesOf, openOf, type Candle } from '../../../../core/venue/candles.ts';
import { toNumber } from '../../../../core/venue/decimal.ts';
import type { PublicTrade } from '../../../../core/venue/events.ts';
import { notionalDecimals } from '../../../../core/venue/market.ts';
import { marketOf } from '../../../../core/venue/state.ts';
import { day24 } from '../day-statistics.ts';
import type { SimulatedMarket } from '../markets.ts';
import { tapeOf, type KrakenHost } from './host.ts';
import { krakenNames, newAssetName } from './names.ts';
import { timeframeOf } from './public.ts';

/** Rows of the public channels, numbers as JSON numbers and times as RFC 3339. */

export const isoTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

export function tradeRow(
  simulated: SimulatedMarket,
  { price, quantity, takerSide, tradeId, timeMs }: PublicTrade,
): unknown {
  const { market } = simulated;
  return {
    symbol: krakenNames(simulated).symbol,
    side: takerSide,
    qty: toNumber(quantity, market.quantityDecimals),
    price: toNumber(price, market.priceDecimals),
    ord_type: 'market',
    trade_id: tradeId,
    timestamp: isoTime(timeMs),
  };
}

export function tickerRow(host: KrakenHost, simulated: SimulatedMarket, nowMs: number): unknown {
  const { market } = simulated;
  const stats = day24(tapeOf(host, market.id), nowMs);
  const { book } = marketOf(host.venue, market.id);
  const price = (value: bigint) => toNumber(value, market.priceDecimals);
  const quantity = (value: bigint) => toNumber(value, market.quantityDecimals);
  return {
    symbol: krakenNames(simulated).symbol,
    bid: price(book.bids.levels[0]?.price ?? 0n),
    bid_qty: quantity(book.bids.levels[0]?.total ?? 0n),
    ask: price(book.asks.levels[0]?.price ?? 0n),
    ask_qty: quantity(book.asks.levels[0]?.total ?? 0n),
    last: price(stats.close),
    volume: quantity(stats.volume),
    vwap: stats.volume === 0n ? 0 : price(stats.notional / stats.volume),
    low: price(stats.low),
    high: price(stats.high),
    change: price(stats.close - stats.open),
    change_pct: Math.round(stats.changePercent * 100) / 100,
    timestamp: isoTime(nowMs),
  };
}

function candleRow(
  simulated: SimulatedMarket,
  candle: Candle,
  { interval, nowMs }: Readonly<{ interval: number; nowMs: number }>,
): unknown {
  const { market } = simulated;
  const price = (value: bigint) => toNumber(value, market.priceDecimals);
  return {
    symbol: krakenNames(simulated).symbol,
    open: price(candle.open),
    high: price(candle.high),
    low: price(candle.low),
    close: price(candle.close),
    trades: candle.trades,
    volume: toNumber(candle.volume, market.quantityDecimals),
    vwap:
      candle.volume === 0n
        ? price(candle.close)
        : toNumber(candle.notional, notionalDecimals(market)) / toNumber(candle.volume, market.quantityDecimals),
    interval_begin: isoTime(candle.openMs),
    interval,
    timestamp: isoTime(Math.min(nowMs, candle.openMs + interval * 60_000)),
  };
}

/** The newest `count` candles, the running one last. */
export function candleRows(
  host: KrakenHost,
  simulated: SimulatedMarket,
  { interval, count, nowMs }: Readonly<{ interval: number; count: number; nowMs: number }>,
): unknown[] {
  const timeframe = timeframeOf(interval);
  const fromMs = openOf(timeframe, nowMs) - (count - 1) * timeframe.ms;
  const { minutes } = tapeOf(host, simulated.market.id);
  return candlesOf(minutes, timeframe, { fromMs, toMs: nowMs, limit: count }).map((candle) =>
    candleRow(simulated, candle, { interval, nowMs }),
  );
}

export function instrumentData(host: KrakenHost): unknown {
  return {
    assets: [...host.venue.assets.keys()].map((id) => ({
      id: newAssetName(id),
      status: 'enabled',
      precision: 10,
      precision_display: 5,
      borrowable: false,
      collateral_value: 0,
      margin_rate: 0,
    })),
    pairs: host.markets.map((simulated) => {
      const { market } = simulated;
      return {
        symbol: krakenNames(simulated).symbol,
        base: newAssetName(market.base),
        quote: newAssetName(market.quote),
        status: 'online',
        qty_precision: market.quantityDecimals,
        qty_increment: toNumber(market.lot, market.quantityDecimals),
        qty_min: toNumber(market.minQuantity, market.quantityDecimals),
        price_precision: market.priceDecimals,
        price_increment: toNumber(market.tick, market.priceDecimals),
        cost_precision: 5,
        cost_min: toNumber(market.minNotional, notionalDecimals(market)),
        marginable: false,
        has_index: false,
      };
    }),
  };
}
