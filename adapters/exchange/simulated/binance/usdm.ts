import { closeOf, candlesOf, openOf } from '../../../../core/venue/candles.ts';
import { formatDecimal } from '../../../../core/venue/decimal.ts';
import { cancelOrder } from '../../../../core/venue/orders.ts';
import { accountOf, marketOf } from '../../../../core/venue/state.ts';
import { fundingRate, marketKey } from '../../../../core/venue/world.ts';
import type { SimulatedMarket } from '../markets.ts';
import { BinanceError } from './errors.ts';
import {
  marketNamed,
  marketsOf,
  needed,
  tapeOf,
  wholeNumber,
  type BinanceCall,
  type BinanceHost,
  type BinanceRoute,
  type BinanceRoutes,
} from './host.ts';
import { intervals, marketDataRoutes } from './market-data.ts';
import { usdmLimits } from './rate-limits.ts';
import { listedLimits } from './spot.ts';
import { styleOf } from './text.ts';
import { usdmAccountRoutes } from './usdm-account.ts';
import { usdmAlgoRoutes } from './usdm-algo.ts';
import { usdmOrderRoutes } from './usdm-orders.ts';

const none = { security: 'none', weight: 1 } as const;

function symbolInfo(host: BinanceHost, { market }: SimulatedMarket) {
  const { price, quantity } = styleOf(host, market);
  const lots = { minQty: quantity(market.minQuantity), stepSize: quantity(market.lot) };
  return {
    symbol: market.id,
    pair: market.id,
    contractType: 'PERPETUAL',
    deliveryDate: 4_133_404_800_000,
    onboardDate: 1_569_398_400_000,
    status: 'TRADING',
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: market.base,
    quoteAsset: market.quote,
    marginAsset: market.quote,
    pricePrecision: market.priceDecimals,
    quantityPrecision: market.quantityDecimals,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: ['PoW'],
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: price(market.minPrice),
        maxPrice: price(market.maxPrice),
        tickSize: price(market.tick),
      },
      { filterType: 'LOT_SIZE', maxQty: quantity(market.maxQuantity), ...lots },
      { filterType: 'MARKET_LOT_SIZE', maxQty: quantity(market.maxMarketQuantity), ...lots },
      { filterType: 'MAX_NUM_ORDERS', limit: 200 },
      {
        filterType: 'MIN_NOTIONAL',
        notional: String(market.minNotional / 10n ** BigInt(market.priceDecimals + market.quantityDecimals)),
      },
    ],
    orderTypes: ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET'],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
  };
}

const exchangeInfo = ({ host, wireMs }: BinanceCall): unknown => ({
  timezone: 'UTC',
  serverTime: wireMs,
  futuresType: 'U_MARGINED',
  rateLimits: listedLimits(usdmLimits),
  exchangeFilters: [],
  assets: [{ asset: 'USDT', marginAvailable: true, autoAssetExchange: '-10000' }],
  symbols: marketsOf(host).map((market) => symbolInfo(host, market)),
});

function premiumIndex(call: BinanceCall): unknown {
  const { host, nowMs, get } = call;
  const row = ({ market }: SimulatedMarket) => {
    const state = marketOf(host.venue, market.id);
    const mark = styleOf(host, market).price(state.markPrice);
    return {
      symbol: market.id,
      markPrice: mark,
      indexPrice: mark,
      estimatedSettlePrice: mark,
      lastFundingRate: formatDecimal(fundingRate(state), 8),
      interestRate: '0.00010000',
      nextFundingTime: host.simulation.world.clock.nextFundingMs,
      time: nowMs,
    };
  };
  const symbol = get('symbol');
  return symbol === undefined ? marketsOf(host).map(row) : row(marketNamed(host, symbol));
}

const fundingPeriodMs = 8 * 3_600_000;

/** Rates of the past minutes (the base rate, at the candle's price) and those that were paid since the start. */
function fundingRates(call: BinanceCall): unknown {
  const { host } = call;
  const symbol = call.get('symbol');
  const markets = symbol === undefined ? marketsOf(host) : [marketNamed(host, symbol)];
  const most = Number.MAX_SAFE_INTEGER;
  const fromMs = wholeNumber(call, 'startTime', { fallback: 0, most });
  const toMs = wholeNumber(call, 'endTime', { fallback: most, most });
  const limit = wholeNumber(call, 'limit', { fallback: 100, most: 1000 });
  const rows = markets.flatMap(({ market }) => {
    const style = styleOf(host, market);
    const paid = host.simulation.world.fundingRates.get(marketKey(host.name, market.id)) ?? [];
    const firstPaid = paid[0]?.timeMs ?? host.simulation.world.clock.nextFundingMs;
    const past = tapeOf(host, market.id).minutes.filter(
      ({ openMs }) => openMs % fundingPeriodMs === 0 && openMs < firstPaid,
    );
    return [
      ...past.map(({ openMs, open }) => ({
        symbol: market.id,
        fundingTime: openMs,
        fundingRate: '0.00010000',
        markPrice: style.price(open),
      })),
      ...paid.map(({ timeMs, ratePer1e8, markPrice }) => ({
        symbol: market.id,
        fundingTime: timeMs,
        fundingRate: formatDecimal(ratePer1e8, 8),
        markPrice: style.price(markPrice),
      })),
    ];
  });
  const within = rows.filter(({ fundingTime }) => fundingTime >= fromMs && fundingTime <= toMs);
  return fromMs > 0 ? within.slice(0, limit) : within.slice(-limit);
}

function openInterest(call: BinanceCall): unknown {
  const { market } = marketNamed(call.host, needed(call, 'symbol'));
  let total = 0n;
  for (const { positions } of call.host.venue.accounts.values()) {
    const size = positions.get(market.id)?.size ?? 0n;
    if (size > 0n) total += size;
  }
  return { openInterest: styleOf(call.host, market).quantity(total), symbol: market.id, time: call.nowMs };
}

/** Candles of the mark price: the traded ones without volume. */
function markPriceKlines(call: BinanceCall): unknown {
  const { market } = marketNamed(call.host, call.get('symbol') ?? needed(call, 'pair'));
  const timeframe = intervals[needed(call, 'interval')];
  if (timeframe === undefined) throw new BinanceError(-1120, 'Invalid interval.');
  const limit = wholeNumber(call, 'limit', { fallback: 500, most: 1500 });
  const most = Number.MAX_SAFE_INTEGER;
  const toMs = wholeNumber(call, 'endTime', { fallback: call.nowMs, most });
  const fromMs = wholeNumber(call, 'startTime', {
    fallback: openOf(timeframe, toMs) - timeframe.ms * (limit - 1),
    most,
  });
  const style = styleOf(call.host, market);
  return candlesOf(tapeOf(call.host, market.id).minutes, timeframe, { fromMs, toMs, limit }).map((candle) => [
    candle.openMs,
    ...[candle.open, candle.high, candle.low, candle.close].map((price) => style.price(price)),
    '0',
    closeOf(timeframe, candle.openMs),
    '0',
    60,
    '0',
    '0',
    '0',
  ]);
}

/** Dead man's switches of USD-M: by account and symbol, on the wire clock. */
export type Countdowns = Map<string, Readonly<{ account: string; symbol: string; atMs: number }>>;

function countdownRoute(countdowns: Countdowns): BinanceRoute {
  return {
    security: 'signed',
    trades: true,
    weight: 10,
    answer: (call) => {
      const { market } = marketNamed(call.host, needed(call, 'symbol'));
      const countdownTime = wholeNumber({ get: (name) => needed(call, name) }, 'countdownTime', {
        fallback: 0,
        most: 86_400_000,
      });
      const key = `${call.account.id} ${market.id}`;
      if (countdownTime === 0) countdowns.delete(key);
      else countdowns.set(key, { account: call.account.id, symbol: market.id, atMs: call.wireMs + countdownTime });
      return { symbol: market.id, countdownTime: String(countdownTime) };
    },
  };
}

/** Cancels what is due; protective stops of the symbol, which wait as algo orders, go too, as at the venue. */
export function strikeCountdowns(host: BinanceHost, countdowns: Countdowns): void {
  const wireMs = host.simulation.wireMs();
  for (const [key, { account, symbol, atMs }] of countdowns) {
    if (wireMs < atMs) continue;
    countdowns.delete(key);
    const open = [...accountOf(host.venue, account).open.values()];
    for (const order of open.filter(({ market }) => market === symbol)) cancelOrder(host.venue, order, 'deadManSwitch');
  }
}

const below = (prefix: string, routes: BinanceRoutes): BinanceRoutes =>
  Object.fromEntries(Object.entries(routes).map(([name, route]) => [name.replace(' ', ` ${prefix}`), route]));

/** `/bfut`: everything below it but listen keys, which belong to a gateway's sockets. */
export const usdmRoutes = (countdowns: Countdowns): BinanceRoutes => ({
  ...below('/fapi/v1/', marketDataRoutes),
  ...below('/fapi/v1/', usdmOrderRoutes),
  ...below('/fapi/v1/', usdmAlgoRoutes),
  ...below('/fapi/', usdmAccountRoutes),
  'GET /fapi/v2/ticker/price': marketDataRoutes['GET ticker/price'] ?? { ...none, answer: () => [] },
  'GET /fapi/v1/exchangeInfo': { ...none, answer: exchangeInfo },
  'GET /fapi/v1/premiumIndex': { ...none, answer: premiumIndex },
  'GET /fapi/v1/fundingRate': { ...none, answer: fundingRates },
  'GET /fapi/v1/fundingInfo': { ...none, answer: () => [] },
  'GET /fapi/v1/openInterest': { ...none, answer: openInterest },
  'GET /fapi/v1/markPriceKlines': { ...none, answer: markPriceKlines },
  'GET /fapi/v1/indexPriceKlines': { ...none, answer: markPriceKlines },
  'POST /fapi/v1/countdownCancelAll': countdownRoute(countdowns),
});
