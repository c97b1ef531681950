import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { binanceSignature } from '../../../../adapters/exchange/simulated/binance/signature.ts';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { binance, kraken, listen } from './raw-client.ts';
import { truthOf } from './truth.ts';

/** What a venue refuses must not pass here: a bot that works on the simulator would fail there. */

let exchange: SimulatedExchange;

beforeAll(async () => {
  exchange = await startSimulatedExchange({ historyMinutes: 60, clock: { mode: 'manual' }, rateLimits: false });
});

afterAll(() => exchange.close());

const ordersAt = async (venue: string) => (await truthOf(exchange)).venues[venue]?.accounts.main?.orders.length ?? 0;

type Change = Readonly<Record<string, string | undefined>>;

const changed = (fields: Readonly<Record<string, string>>, change: Change) =>
  Object.fromEntries(
    Object.entries({ ...fields, ...change }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

const limit = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '60000' };
const asMarket = { type: 'MARKET', timeInForce: undefined, price: undefined };

describe('Binance spot', () => {
  test.each<[Change, number, string]>([
    [{ foo: '1' }, -1104, "read '8' parameter(s) but was sent '9'"],
    [{ quantity: '1e-2' }, -1100, "'quantity'"],
    [{ quantity: '-0.01' }, -1100, "'quantity'"],
    [{ quantity: '+0.01' }, -1100, "'quantity'"],
    [{ price: ' 60000' }, -1100, "'price'"],
    [{ recvWindow: 'abc' }, -1100, "'recvWindow'"],
    [{ recvWindow: '60001' }, -1131, 'recvWindow'],
    [{ ...asMarket, price: '60000' }, -1106, "'price'"],
    [{ ...asMarket, timeInForce: 'GTC' }, -1106, "'timeInForce'"],
    [{ ...asMarket, quoteOrderQty: '600' }, -1128, 'Combination'],
    [{ quoteOrderQty: '600' }, -1106, "'quoteOrderQty'"],
    [{ stopPrice: '60000' }, -1106, "'stopPrice'"],
    [{ type: 'LIMIT_MAKER' }, -1106, "'timeInForce'"],
    [{ type: 'STOP_LOSS', stopPrice: '50000', timeInForce: undefined }, -1106, "'price'"],
    [{ icebergQty: '0.001' }, -2010, 'Iceberg orders are not supported'],
    [{ type: 'STOP_LOSS_LIMIT', side: 'SELL', trailingDelta: '100' }, -2010, 'Trailing stop orders are not supported'],
    [{ pegPriceType: 'MARKET_PEG' }, -2010, 'Pegged orders are not supported'],
    [{ selfTradePreventionMode: 'EXPIRE_TAKER' }, -1013, 'self-trade prevention mode'],
    [{ newOrderRespType: 'SHORT' }, -1136, 'newOrderRespType'],
  ])('%j: %d', async (change, code, message) => {
    const before = await ordersAt('binanceSpot');
    const { status, body } = await binance(exchange, 'POST /bspot/api/v3/order', changed(limit, change));
    expect([status, body]).toEqual([400, { code, msg: expect.stringContaining(message) as string }]);
    expect(await ordersAt('binanceSpot')).toBe(before);
  });

  test('a parameter sent twice', async () => {
    const [account] = exchange.accounts;
    const query = `${new URLSearchParams(limit).toString()}&quantity=0.01&timestamp=${exchange.simulation.wireMs()}`;
    const signature = binanceSignature(query, account?.secret ?? '');
    const response = await fetch(`${exchange.url}/bspot/api/v3/order?${query}&signature=${signature}`, {
      method: 'POST',
      headers: { 'x-mbx-apikey': account?.apiKey ?? '' },
    });
    expect(await response.json()).toMatchObject({ code: -1101 });
  });

  test('what changes nothing passes', async () => {
    const harmless = {
      icebergQty: '0',
      selfTradePreventionMode: 'EXPIRE_MAKER',
      newOrderRespType: 'RESULT',
      strategyId: '1',
      recvWindow: '5000.5',
    };
    const { status, body } = await binance(exchange, 'POST /bspot/api/v3/order', { ...limit, ...harmless });
    expect([status, body.status]).toEqual([200, 'NEW']);
  });

  test('cancel and replace: modes and restrictions', async () => {
    const { body } = await binance(exchange, 'POST /bspot/api/v3/order', limit);
    const name = { symbol: 'BTCUSDT', orderId: String(body.orderId) };
    const cancel = (change: Change) => binance(exchange, 'DELETE /bspot/api/v3/order', changed(name, change));
    expect((await cancel({ cancelRestrictions: 'NEVER' })).body.code).toBe(-1145);
    expect((await cancel({ cancelRestrictions: 'ONLY_PARTIALLY_FILLED' })).body).toMatchObject({
      code: -2011,
      msg: 'Order was not canceled due to cancel restrictions.',
    });
    const replace = { ...limit, cancelOrderId: String(body.orderId), cancelNewClientOrderId: 'gone-1' };
    const route = 'POST /bspot/api/v3/order/cancelReplace';
    expect((await binance(exchange, route, { ...replace, cancelReplaceMode: 'BAD' })).body.code).toBe(-1130);
    expect((await binance(exchange, route, { ...replace, cancelReplaceMode: 'STOP_ON_FAILURE' })).body).toMatchObject({
      cancelResponse: { clientOrderId: 'gone-1' },
      newOrderResult: 'SUCCESS',
    });
  });
});

describe('Binance USD-M', () => {
  test.each<[string, Change, number]>([
    ['order', { foo: '1' }, -1104],
    ['order', { quantity: '-0.01' }, -1100],
    ['order', { workingType: 'MARK_PRICE' }, -1020],
    ['order', { priceMatch: 'QUEUE' }, -1020],
    ['order', { selfTradePreventionMode: 'EXPIRE_BOTH' }, -1020],
    ['order', { timeInForce: 'GTD', goodTillDate: '1800000000000' }, -1020],
    ['order', { ...asMarket, price: '60000' }, -1106],
    ['order', { ...asMarket, timeInForce: 'GTC' }, -1106],
    ['algoOrder', { workingType: 'MARK_PRICE' }, -1020],
    ['algoOrder', { priceProtect: 'TRUE' }, -1020],
    ['algoOrder', { callbackRate: '1' }, -1020],
    ['algoOrder', { foo: '1' }, -1104],
  ])('%s %j: %d', async (route, change, code) => {
    const before = await ordersAt('binanceUsdm');
    const stop = { ...asMarket, type: 'STOP_MARKET', algoType: 'CONDITIONAL', triggerPrice: '50000', side: 'SELL' };
    const fields = changed(limit, route === 'order' ? change : { ...stop, ...change });
    expect((await binance(exchange, `POST /bfut/fapi/v1/${route}`, fields)).body.code).toBe(code);
    expect(await ordersAt('binanceUsdm')).toBe(before);
  });

  test('what changes nothing passes', async () => {
    const harmless = { workingType: 'CONTRACT_PRICE', priceMatch: 'NONE', selfTradePreventionMode: 'EXPIRE_MAKER' };
    expect((await binance(exchange, 'POST /bfut/fapi/v1/order', { ...limit, ...harmless })).status).toBe(200);
  });
});

describe('limits of Binance that a bot has to know', () => {
  const hour = 3_600_000;

  test.each([
    ['/bspot/api/v3/myTrades', 24],
    ['/bspot/api/v3/allOrders', 24],
    ['/bfut/fapi/v1/userTrades', 168],
    ['/bfut/fapi/v1/allOrders', 168],
  ])('%s spans %d hours at most', async (path, hours) => {
    const endTime = exchange.simulation.wireMs();
    const span = (ms: number) =>
      binance(exchange, `GET ${path}`, { symbol: 'BTCUSDT', startTime: endTime - ms, endTime });
    expect((await span(hours * hour)).status).toBe(200);
    expect((await span(hours * hour + 1)).body).toEqual({
      code: -1127,
      msg: `More than ${hours} hours between startTime and endTime.`,
    });
  });

  test('PERCENT_PRICE_BY_SIDE: a limit from a fifth of the average price to five times it', async () => {
    const average = Number((await binance(exchange, 'GET /bspot/api/v3/avgPrice', { symbol: 'BTCUSDT' })).body.price);
    const info = await fetch(`${exchange.url}/bspot/api/v3/exchangeInfo`);
    const { symbols } = (await info.json()) as { symbols: { filters: Record<string, unknown>[] }[] };
    const filter = symbols[0]?.filters.find(({ filterType }) => filterType === 'PERCENT_PRICE_BY_SIDE');
    expect(filter).toMatchObject({ bidMultiplierUp: '5', askMultiplierDown: '0.2' });
    const codeAt = async (side: string, factor: number) => {
      const price = (average * factor).toFixed(2);
      const order = { ...limit, side, quantity: '0.001', price };
      return (await binance(exchange, 'POST /bspot/api/v3/order/test', order)).body;
    };
    const refusal = { code: -1013, msg: 'Filter failure: PERCENT_PRICE_BY_SIDE' };
    expect(await codeAt('BUY', 0.201)).toEqual({});
    expect(await codeAt('SELL', 4.99)).toEqual({});
    for (const factor of [0.199, 5.01])
      for (const side of ['BUY', 'SELL']) expect(await codeAt(side, factor)).toEqual(refusal);
  });
});

describe('Kraken', () => {
  const order = { pair: 'XBTUSD', type: 'buy', ordertype: 'limit', price: '60000', volume: '0.01' };

  test.each<[Change, string]>([
    [{ leverage: '2' }, 'leverage'],
    [{ reduce_only: 'true' }, 'reduce_only'],
    [{ starttm: '+60' }, 'starttm'],
    [{ expiretm: '+60' }, 'expiretm'],
    [{ displayvol: '0.001' }, 'displayvol'],
    [{ 'close[ordertype]': 'limit' }, 'close[ordertype]'],
    [{ oflags: 'post,fcib' }, 'oflags'],
    [{ oflags: 'sometimes' }, 'oflags'],
    [{ trigger: 'index' }, 'trigger'],
    [{ stptype: 'cancel-newest' }, 'stptype'],
    [{ price: '+50' }, 'price'],
    [{ price: '#50' }, 'price'],
  ])('%j: EGeneral:Invalid arguments:%s', async (change, name) => {
    const before = await ordersAt('krakenSpot');
    const { error } = await kraken(exchange, 'AddOrder', changed(order, change));
    expect(error).toEqual([`EGeneral:Invalid arguments:${name}`]);
    expect(await ordersAt('krakenSpot')).toBe(before);
  });

  test('what changes nothing passes', async () => {
    const harmless = { leverage: 'none', reduce_only: 'false', oflags: 'fciq,nompp', starttm: '0', expiretm: '0' };
    expect((await kraken(exchange, 'AddOrder', { ...order, ...harmless })).error).toEqual([]);
  });

  test.each([
    [{ margin: true }, 'leverage'],
    [{ reduce_only: true }, 'reduce_only'],
    [{ display_qty: 0.001 }, 'displayvol'],
    [{ conditional: { order_type: 'limit', limit_price: 70_000 } }, 'close'],
    [{ fee_preference: 'base' }, 'oflags'],
    [{ stp_type: 'cancel_both' }, 'stptype'],
    [{ order_type: 'stop-loss', triggers: { price: 50_000, reference: 'index' } }, 'trigger'],
    [{ order_type: 'stop-loss', triggers: { price: 5, price_type: 'pct' } }, 'triggers.price_type'],
  ])('on the socket, %j: EGeneral:Invalid arguments:%s', async (change, name) => {
    const { result } = await kraken(exchange, 'GetWebSocketsToken');
    const { token } = result as { token: string };
    const fields = { order_type: 'limit', side: 'buy', symbol: 'BTC/USD', order_qty: 0.01, limit_price: 60_000, token };
    const client = await listen(exchange, '/kr/ws-auth/v2', { method: 'add_order', params: { ...fields, ...change } });
    const answer = client.frames.map((text) => JSON.parse(text) as Record<string, unknown>).at(-1);
    expect(answer).toMatchObject({ success: false, error: `EGeneral:Invalid arguments:${name}` });
    client.close();
  });

  test.each([
    ['a second ahead', 1_000, 'EGeneral:Invalid arguments:deadline', undefined],
    ['just short of two', 1_999, 'EGeneral:Invalid arguments:deadline', undefined],
    ['two', 2_000, undefined, undefined],
    ['half a second', 500, 'EGeneral:Invalid arguments:deadline', undefined],
    ['just short of half', 499, 'EGeneral:Invalid arguments:deadline', 'EGeneral:Invalid arguments:deadline'],
    ['a minute', 60_000, undefined, undefined],
    ['more than a minute', 60_001, 'EGeneral:Invalid arguments:deadline', 'EGeneral:Invalid arguments:deadline'],
    ['over', -1, 'EService:Deadline elapsed', 'EService:Deadline elapsed'],
  ])('a deadline %s: REST from 2 s, sockets from 0.5 s', async (_, aheadMs, rest, socket) => {
    const deadline = new Date(exchange.simulation.wireMs() + aheadMs).toISOString();
    expect((await kraken(exchange, 'AddOrder', { ...order, deadline })).error).toEqual(
      rest === undefined ? [] : [rest],
    );
    const { result } = await kraken(exchange, 'GetWebSocketsToken');
    const { token } = result as { token: string };
    const fields = { order_type: 'limit', side: 'buy', symbol: 'BTC/USD', order_qty: 0.01, limit_price: 60_000 };
    const message = { method: 'add_order', params: { ...fields, token, deadline } };
    const client = await listen(exchange, '/kr/ws-auth/v2', message);
    const answer = client.frames.map((text) => JSON.parse(text) as Record<string, unknown>).at(-1);
    expect(answer).toMatchObject(socket === undefined ? { success: true } : { error: socket });
    client.close();
  });
});
