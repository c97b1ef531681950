import type { Charge, Meter } from './meters.ts';
import type { PricedCall, RateRules } from './rules.ts';

const minuteMs = 60_000;

/** Windows of orders an account: the header that tells their count, their length and limit. */
type OrderWindow = Readonly<{ header: string; meter: Meter }>;

const orderWindow = (header: string, windowMs: number, limit: number): OrderWindow => ({
  header,
  meter: { kind: 'window', name: header, windowMs, limit },
});

type BinanceLimits = Readonly<{
  weight: Meter;
  orders: readonly OrderWindow[];
  /** Weight of `METHOD path`; with and without a symbol (or order) where that matters. */
  weights: Readonly<Record<string, number | Readonly<{ with: number; without: number; by: string }>>>;
}>;

/** `rateLimits` of exchangeInfo and the weights of binance-spot-api-docs, July 2026. */
const spot: BinanceLimits = {
  weight: { kind: 'window', name: 'weight-1m', windowMs: minuteMs, limit: 6_000 },
  orders: [
    orderWindow('x-mbx-order-count-10s', 10_000, 100),
    orderWindow('x-mbx-order-count-1d', 24 * 3_600_000, 200_000),
  ],
  weights: {
    'POST order': 1,
    'DELETE order': 1,
    'GET order': 4,
    'GET openOrders': { with: 6, without: 80, by: 'symbol' },
    'DELETE openOrders': 1,
    'GET allOrders': 20,
    'GET myTrades': { with: 5, without: 20, by: 'orderId' },
    'GET account': 20,
    'GET exchangeInfo': 20,
    'GET time': 1,
    'GET ticker/bookTicker': { with: 2, without: 4, by: 'symbol' },
    'GET aggTrades': 4,
  },
};

/** After the USD-M documentation; algo orders cost what plain ones do. */
const usdm: BinanceLimits = {
  weight: { kind: 'window', name: 'weight-1m', windowMs: minuteMs, limit: 2_400 },
  orders: [orderWindow('x-mbx-order-count-10s', 10_000, 300), orderWindow('x-mbx-order-count-1m', minuteMs, 1_200)],
  weights: {
    'POST order': 0,
    'POST algoOrder': 0,
    'DELETE order': 1,
    'DELETE algoOrder': 1,
    'GET order': 1,
    'GET algoOrder': 1,
    'GET openOrders': { with: 1, without: 40, by: 'symbol' },
    'GET openAlgoOrders': { with: 1, without: 40, by: 'symbol' },
    'DELETE allOpenOrders': 1,
    'DELETE algoOpenOrders': 1,
    'GET allOrders': 5,
    'GET userTrades': 5,
    'GET income': 30,
    'GET balance': 5,
    'GET positionRisk': 5,
    'GET symbolConfig': 5,
    'GET accountConfig': 5,
    'GET exchangeInfo': 1,
    'GET time': 1,
    'GET premiumIndex': { with: 1, without: 10, by: 'symbol' },
    'GET aggTrades': 20,
    'POST countdownCancelAll': 10,
  },
};

/** Of what is not listed: more than most cost. */
const otherWeight = 20;

function weightOf({ weights }: BinanceLimits, { method, path, params }: PricedCall): number {
  const weight = weights[`${method} ${path}`] ?? otherWeight;
  if (typeof weight === 'number') return weight;
  return params[weight.by] === undefined ? weight.without : weight.with;
}

const rulesOf = (limits: BinanceLimits): RateRules => ({
  charges: (call, { address, key, shiftMs }) => {
    // The wallet's host counts apart, and far more than we ask of it.
    if (call.api === 'sapi') return [];
    const weight: Charge = {
      meter: limits.weight,
      scope: address,
      amount: call.weight ?? weightOf(limits, call),
      shiftMs,
    };
    if (call.purpose !== 'send') return [weight];
    return [weight, ...limits.orders.map(({ meter }) => ({ meter, scope: ordersOf(key), amount: 1, shiftMs }))];
  },
  corrections: (headers, { address, key, shiftMs }) =>
    [
      { meter: limits.weight, scope: address, used: headers['x-mbx-used-weight-1m'] },
      ...limits.orders.map(({ header, meter }) => ({ meter, scope: ordersOf(key), used: headers[header] })),
    ].flatMap(({ meter, scope, used = '' }) =>
      /^\d{1,9}$/.test(used) ? [{ charge: { meter, scope, shiftMs }, used: Number(used) }] : [],
    ),
  // -1015 counts the account's orders; everything else counts the address.
  pausedScope: ({ code }, _call, { address, key }) => (code === '-1015' ? ordersOf(key) : address),
});

/** After -1015 only orders keep still: looks and cancels go on. */
const ordersOf = (key: string) => `${key} orders`;

export const binanceSpotRates = rulesOf(spot);
export const binanceUsdmRates = rulesOf(usdm);
