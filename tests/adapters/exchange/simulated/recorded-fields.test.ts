import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { krakenAnswer, spotAnswer, usdmAnswer } from '../recorded-venue.ts';
import { binance, kraken } from './raw-client.ts';

let exchange: SimulatedExchange;

beforeAll(async () => {
  exchange = await startSimulatedExchange({
    source: { kind: 'scripted' },
    takersPerSecond: 0,
    historyMinutes: 5,
    rateLimits: false,
  });
});
afterAll(async () => exchange.close());

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** The first row of a list, the first value of a record whose names are ids. */
const firstOf = (value: unknown): unknown => (isFields(value) ? Object.values(value)[0] : undefined);

/** Names of what was recorded and is missing or of another type here; `null` may be anything. */
function unlike(recorded: unknown, ours: unknown, path = ''): string[] {
  if (Array.isArray(recorded)) {
    if (!Array.isArray(ours)) return [path];
    if (recorded.length === 0) return [];
    return ours.length === 0 ? [`${path}: empty`] : unlike(recorded[0], ours[0], `${path}[]`);
  }
  if (recorded === null || ours === null) return [];
  if (!isFields(recorded)) return typeof recorded === typeof ours ? [] : [path];
  if (!isFields(ours)) return [path];
  return Object.entries(recorded).flatMap(([name, value]) =>
    Object.hasOwn(ours, name) ? unlike(value, ours[name], `${path}.${name}`) : [`${path}.${name}`],
  );
}

const at = (path: string, parameters: Readonly<Record<string, string>>) => async (): Promise<unknown> =>
  (await binance(exchange, path, parameters)).body;

const symbol = 'BTCUSDT';
const spotOrder = { symbol, side: 'BUY', newOrderRespType: 'FULL' };
const resting = { type: 'LIMIT', timeInForce: 'GTC', price: '60000', quantity: '0.01' };
const stop = { algoType: 'CONDITIONAL', type: 'STOP_MARKET', triggerPrice: '70000', workingType: 'CONTRACT_PRICE' };
const krakenOrder = { pair: 'XBTUSD', type: 'buy', volume: '0.01' };

/** A trade, an order that rests and one that ended at each venue; at USD-M a position and a stop that waits. */
beforeAll(async () => {
  const market = { type: 'MARKET', quantity: '0.01' };
  for (const order of [market, { ...resting, newClientOrderId: 'rests' }, { ...resting, newClientOrderId: 'ends' }]) {
    await at('POST /bspot/api/v3/order', { ...spotOrder, ...order })();
  }
  const usdmOrder = { symbol, side: 'BUY', quantity: '0.002' };
  await at('POST /bfut/fapi/v1/order', { ...usdmOrder, type: 'MARKET' })();
  await at('POST /bfut/fapi/v1/algoOrder', { ...usdmOrder, ...stop })();
  await kraken(exchange, 'AddOrder', { ...krakenOrder, ordertype: 'market' });
  await kraken(exchange, 'AddOrder', { ...krakenOrder, ordertype: 'limit', price: '60000' });
});

const named = (clientOrderId: string) => ({ symbol, origClientOrderId: clientOrderId });

test.each([
  ['new_order_full_response', at('POST /bspot/api/v3/order', { ...spotOrder, type: 'MARKET', quantity: '0.01' })],
  ['account_response', at('GET /bspot/api/v3/account', {})],
  ['account_trades_response', at('GET /bspot/api/v3/myTrades', { symbol })],
  ['open_orders_response', at('GET /bspot/api/v3/openOrders', { symbol })],
  ['all_orders_response', at('GET /bspot/api/v3/allOrders', { symbol })],
  ['order_response', at('GET /bspot/api/v3/order', named('rests'))],
  ['cancel_order_response', at('DELETE /bspot/api/v3/order', named('ends'))],
  ['book_ticker_response', at('GET /bspot/api/v3/ticker/bookTicker', { symbol })],
] as const)('Binance spot %s: the simulator tells all that was recorded', async (name, ask) => {
  expect(unlike(spotAnswer(name), await ask())).toEqual([]);
});

test.each([
  ['order_response', at('POST /bfut/fapi/v1/order', { symbol, side: 'BUY', ...resting }), []],
  ['balance', at('GET /bfut/fapi/v3/balance', {}), []],
  ['position_risk', at('GET /bfut/fapi/v2/positionRisk', {}), []],
  // Binance's documents call it `orderType`, and so does the simulator.
  ['open_algo_orders', at('GET /bfut/fapi/v1/openAlgoOrders', {}), ['[].type']],
] as const)('Binance USD-M %s: the simulator tells all that was recorded', async (name, ask, left) => {
  expect(unlike(usdmAnswer(name), await ask())).toEqual(left);
});

// In docs.kraken.com the answer to a new order describes it in words alone.
const wordsAlone = ['pair', 'type', 'ordertype', 'price', 'price2', 'leverage'].map((name) => `.descr.${name}`);

test.each([
  ['add_order_spot', 'AddOrder', { ...krakenOrder, ordertype: 'limit', price: '60000' }, wordsAlone],
  ['open_orders', 'OpenOrders', {}, []],
  ['trades_history', 'TradesHistory', {}, ['.ledgers']], // told where a request asks for them
  ['closed_orders', 'ClosedOrders', {}, []],
  ['cancel_order_spot', 'CancelAll', {}, []],
] as const)('Kraken %s: the simulator tells all that was recorded', async (name, method, parameters, left) => {
  const recorded = krakenAnswer(name) as Readonly<{ result: Fields }>;
  const ours = (await kraken(exchange, method, parameters)) as typeof recorded;
  const [list] = ['open', 'closed', 'trades'].filter((each) => Object.hasOwn(recorded.result, each));
  const row = ({ result }: typeof recorded) => (list === undefined ? result : firstOf(result[list]));
  expect(unlike(row(recorded), row(ours))).toEqual(left);
});
