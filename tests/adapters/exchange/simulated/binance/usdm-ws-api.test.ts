import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../../adapters/exchange/simulated/start.ts';
import { binanceClient } from '../clients.ts';
import { apiFrame, listen } from '../raw-client.ts';
import { truthOf } from '../truth.ts';

let exchange: SimulatedExchange;

beforeAll(async () => {
  exchange = await startSimulatedExchange({ venues: ['binanceUsdm'], historyMinutes: 60, rateLimits: false });
});

afterAll(() => exchange.close());

const symbol = 'BTC/USDT:USDT';
const swap = { type: 'swap' };

test('stock ccxt.pro trades and asks on the USD-M socket', async () => {
  const client = await binanceClient(exchange);
  client.options.fetchMarkets = { types: ['linear'] };
  await client.loadMarkets();
  const order = await client.createOrderWs(symbol, 'limit', 'buy', 0.01, 60_000);
  expect(order).toMatchObject({ status: 'open', symbol, amount: 0.01 });
  const id = order.id ?? '';
  expect(await client.fetchOrderWs(id, symbol)).toMatchObject({ id, price: 60_000 });
  expect(await client.editOrderWs(id, symbol, 'limit', 'buy', 0.02, 60_001)).toMatchObject({ id, amount: 0.02 });
  expect(await client.cancelOrderWs(id, symbol)).toMatchObject({ id, status: 'canceled' });
  await client.createOrderWs(symbol, 'market', 'buy', 0.01);
  expect(await client.fetchPositionsWs([symbol])).toMatchObject([{ symbol, contracts: 0.01 }]);
  expect((await client.fetchBalanceWs(swap)).USDT).toMatchObject({ total: expect.any(Number) as number });
  expect((await client.fetchTickerWs(symbol)).bid).toBeGreaterThan(0);
  expect((await client.fetchOrderBookWs(symbol, 10)).bids).toHaveLength(10);
  await expect(client.createOrderWs(symbol, 'limit', 'buy', 100, 60_000)).rejects.toThrow('Margin is insufficient');
  await client.close();
});

describe('raw', () => {
  const ask = async (method: string, parameters: Readonly<Record<string, string>>) => {
    const client = await listen(exchange, '/bfut/ws-fapi/v1', apiFrame(exchange, 5, method, parameters));
    client.close();
    return JSON.parse(client.frames[0] ?? 'null') as Record<string, unknown>;
  };

  test('a listen key lives and dies here too', async () => {
    expect(await ask('userDataStream.ping', {})).toMatchObject({ id: 5, status: 400, error: { code: -1125 } });
    const { result } = await ask('userDataStream.start', {});
    expect(result).toEqual({ listenKey: expect.stringMatching(/^\w{64}$/) as string });
    expect(await ask('userDataStream.ping', {})).toMatchObject({ status: 200 });
    expect(await ask('userDataStream.stop', {})).toMatchObject({ status: 200 });
  });

  test('stops go by their own methods, and /truth knows the request', async () => {
    const stop = { symbol: 'BTCUSDT', side: 'SELL', algoType: 'CONDITIONAL', type: 'STOP_MARKET', quantity: '0.01' };
    const placed = await ask('algoOrder.place', { ...stop, triggerPrice: '50000', clientAlgoId: 'stop-1' });
    expect(placed).toMatchObject({ status: 200, result: { algoStatus: 'NEW', clientAlgoId: 'stop-1' } });
    expect((await truthOf(exchange)).orderRequests.at(-1)).toMatchObject({
      venue: 'binanceUsdm',
      account: 'main',
      clientOrderId: 'stop-1',
      status: 200,
    });
    expect(await ask('algoOrder.cancel', { clientAlgoId: 'stop-1' })).toMatchObject({ status: 200 });
  });

  test.each(['order.cancelReplace', 'userDataStream.subscribe.signature', 'session.logon'])(
    '%s is unknown',
    async (method) => {
      expect(await ask(method, {})).toMatchObject({ status: 404, error: { code: -1000 } });
    },
  );
});
