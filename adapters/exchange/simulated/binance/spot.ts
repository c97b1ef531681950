import { formatDecimal, pow10 } from '../../../../core/venue/decimal.ts';
import { accountOf, assetOf } from '../../../../core/venue/state.ts';
import type { Simulation } from '../simulation.ts';
import type { SimulatedMarket } from '../markets.ts';
import { BinanceError } from './errors.ts';
import { marketsOf, type BinanceCall, type BinanceHost, type BinanceRoutes } from './host.ts';
import { marketDataRoutes } from './market-data.ts';
import { percentPriceFilter } from './percent-price.ts';
import { createRateLimiter, spotLimits, type BinanceLimits } from './rate-limits.ts';
import { spotTypeNames } from './read-order.ts';
import { spotOrderRoutes } from './spot-orders.ts';
import { styleOf } from './text.ts';

export const createSpotHost = (simulation: Simulation): BinanceHost => ({
  name: 'binanceSpot',
  simulation,
  venue: simulation.venue('binanceSpot'),
  limiter: createRateLimiter(spotLimits, simulation.options.rateLimits ?? true),
});

/** Limits as exchangeInfo lists them. */
export const listedLimits = ({ weightPerMinute, orderWindows }: BinanceLimits) => [
  { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: weightPerMinute },
  ...orderWindows.map(({ interval, intervalNum, limit }) => ({
    rateLimitType: 'ORDERS',
    interval,
    intervalNum,
    limit,
  })),
];

function symbolInfo(host: BinanceHost, { market }: SimulatedMarket) {
  const { price, quantity, notional } = styleOf(host, market);
  return {
    symbol: market.id,
    status: 'TRADING',
    baseAsset: market.base,
    baseAssetPrecision: 8,
    quoteAsset: market.quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: spotTypeNames,
    icebergAllowed: false,
    ocoAllowed: false,
    otoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: true,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: price(market.minPrice),
        maxPrice: price(market.maxPrice),
        tickSize: price(market.tick),
      },
      {
        filterType: 'LOT_SIZE',
        minQty: quantity(market.minQuantity),
        maxQty: quantity(market.maxQuantity),
        stepSize: quantity(market.lot),
      },
      {
        filterType: 'MARKET_LOT_SIZE',
        minQty: '0.00000000',
        maxQty: quantity(market.maxMarketQuantity),
        stepSize: '0.00000000',
      },
      {
        filterType: 'NOTIONAL',
        minNotional: notional(market.minNotional),
        applyMinToMarket: true,
        maxNotional: '9000000.00000000',
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
      percentPriceFilter,
      { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
    ],
    permissions: [],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: ['EXPIRE_MAKER'],
  };
}

function exchangeInfo(call: BinanceCall): unknown {
  const asked = askedSymbols(call);
  const markets = marketsOf(call.host).filter(({ market }) => asked === undefined || asked.includes(market.id));
  if (asked !== undefined && markets.length !== asked.length) throw new BinanceError(-1121, 'Invalid symbol.');
  return {
    timezone: 'UTC',
    serverTime: call.wireMs,
    rateLimits: listedLimits(spotLimits),
    exchangeFilters: [],
    symbols: markets.map((market) => symbolInfo(call.host, market)),
  };
}

function askedSymbols({ get }: BinanceCall): string[] | undefined {
  const symbol = get('symbol');
  if (symbol !== undefined) return [symbol];
  const symbols = get('symbols');
  return symbols === undefined ? undefined : [...symbols.matchAll(/[A-Z0-9]+/g)].map(([name]) => name);
}

/** Balances of an account as `account` and the user stream write them. */
export function spotBalances(host: BinanceHost, accountId: string, assets?: readonly string[]) {
  const { balances } = accountOf(host.venue, accountId);
  return [...balances]
    .filter(([asset]) => assets === undefined || assets.includes(asset))
    .map(([asset, { total, locked }]) => {
      const { decimals } = assetOf(host.venue, asset);
      return { asset, free: formatDecimal(total - locked, decimals), locked: formatDecimal(locked, decimals) };
    });
}

export const ppmText = (ppm: bigint) => formatDecimal((ppm * pow10(8)) / 1_000_000n, 8);

export function spotAccount({ host, account, nowMs }: Pick<BinanceCall, 'host' | 'account' | 'nowMs'>): unknown {
  const [first] = marketsOf(host);
  const makerFeePpm = first?.market.makerFeePpm ?? 0n;
  const takerFeePpm = first?.market.takerFeePpm ?? 0n;
  return {
    makerCommission: Number(makerFeePpm / 100n),
    takerCommission: Number(takerFeePpm / 100n),
    buyerCommission: 0,
    sellerCommission: 0,
    commissionRates: {
      maker: ppmText(makerFeePpm),
      taker: ppmText(takerFeePpm),
      buyer: '0.00000000',
      seller: '0.00000000',
    },
    canTrade: account.permissions.trade,
    canWithdraw: account.permissions.withdraw,
    canDeposit: true,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: false,
    updateTime: nowMs,
    accountType: 'SPOT',
    balances: spotBalances(host, account.id),
    permissions: ['SPOT'],
    uid: 1,
  };
}

function tradeFee({ host, get }: BinanceCall): unknown {
  const symbol = get('symbol');
  return marketsOf(host)
    .filter(({ market }) => symbol === undefined || market.id === symbol)
    .map(({ market }) => ({
      symbol: market.id,
      makerCommission: ppmText(market.makerFeePpm),
      takerCommission: ppmText(market.takerFeePpm),
    }));
}

/** What the key may do: the desk refuses to run with one that can withdraw. */
const apiRestrictions = ({ account, nowMs }: BinanceCall): unknown => ({
  ipRestrict: false,
  createTime: nowMs,
  enableReading: true,
  enableSpotAndMarginTrading: account.permissions.trade,
  enableFutures: account.permissions.trade,
  enableWithdrawals: account.permissions.withdraw,
  enableInternalTransfer: false,
  enableMargin: false,
  enableVanillaOptions: false,
  permitsUniversalTransfer: false,
  enablePortfolioMarginTrading: false,
});

const goneListenKey = {
  weight: 2,
  security: 'none',
  answer: () => {
    throw new BinanceError(
      -1000,
      'This endpoint has been removed. Use userDataStream.subscribe.signature of the WebSocket API.',
      410,
    );
  },
} as const;

const below = (prefix: string, routes: BinanceRoutes): BinanceRoutes =>
  Object.fromEntries(Object.entries(routes).map(([name, route]) => [name.replace(' ', ` ${prefix}`), route]));

/** `/bspot`: everything below it. */
export const spotRoutes: BinanceRoutes = {
  ...below('/api/v3/', marketDataRoutes),
  ...below('/api/v3/', spotOrderRoutes),
  'GET /api/v3/exchangeInfo': { weight: 20, security: 'none', answer: exchangeInfo },
  'GET /api/v3/account': { weight: 20, security: 'signed', answer: spotAccount },
  'GET /sapi/v1/asset/tradeFee': { weight: 1, security: 'signed', answer: tradeFee },
  'GET /sapi/v1/account/apiRestrictions': { weight: 1, security: 'signed', answer: apiRestrictions },
  'POST /api/v3/userDataStream': goneListenKey,
  'PUT /api/v3/userDataStream': goneListenKey,
  'DELETE /api/v3/userDataStream': goneListenKey,
};
