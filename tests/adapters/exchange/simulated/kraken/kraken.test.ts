import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { crc32 } from 'node:zlib';
import { WebSocket } from 'ws';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../../adapters/exchange/simulated/start.ts';
import { krakenClient } from '../clients.ts';
import { until } from '../until.ts';

let exchange: SimulatedExchange;
let client: Awaited<ReturnType<typeof krakenClient>>;

beforeAll(async () => {
  exchange = await startSimulatedExchange({
    venues: ['krakenSpot'],
    historyMinutes: 1500,
    rateLimits: false,
    takersPerSecond: 20,
  });
  client = await krakenClient(exchange);
  await client.loadMarkets();
});

afterAll(async () => {
  await client.close();
  await exchange.close();
});

const symbol = 'BTC/USD';

describe('stock ccxt', () => {
  test('reads the market', async () => {
    expect(client.market(symbol)).toMatchObject({
      precision: { amount: 1e-8, price: 0.1 },
      limits: { amount: { min: 0.00005 } },
    });
    expect(await client.fetchStatus()).toMatchObject({ status: 'ok' });
    expect((await client.fetchTime()) ?? 0).toBeLessThanOrEqual(exchange.simulation.wireMs());
    const [ticker, tickers, book, candles] = await Promise.all([
      client.fetchTicker(symbol),
      client.fetchTickers([symbol, 'ETH/USD']),
      client.fetchOrderBook(symbol, 10),
      client.fetchOHLCV(symbol, '1m'),
    ]);
    expect(ticker.bid).toBeLessThan(ticker.ask ?? 0);
    expect(Object.keys(tickers)).toHaveLength(2);
    expect(book.asks).toHaveLength(10);
    expect(candles).toHaveLength(720);
    const times = candles.map(([time]) => time ?? 0);
    expect(times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) === 60_000)).toBe(true);
    await client.fetchTrades(symbol);
  });

  test('places, finds by client id, amends, cancels', async () => {
    const order = await client.createOrder(symbol, 'limit', 'buy', 0.01, 60_000, { clientOrderId: 'desk-1' });
    const id = order.id ?? '';
    expect(
      (await client.fetchOpenOrders(symbol, undefined, undefined, { cl_ord_id: 'desk-1' })).map((open) => open.id),
    ).toEqual([id]);
    await client.editOrder(id, symbol, 'limit', 'buy', 0.02, 60_001);
    expect(await client.fetchOrder(id, symbol)).toMatchObject({ amount: 0.02, price: 60_001, status: 'open' });
    // With the fee that buying would cost at most.
    expect((await client.fetchBalance()).USD).toMatchObject({ used: expect.closeTo(0.02 * 60_001 * 1.004, 6) });
    await client.cancelOrder(id, symbol);
    const closed = await client.fetchClosedOrders(symbol, undefined, undefined, { cl_ord_id: 'desk-1' });
    expect(closed.map(({ status }) => status)).toEqual(['canceled']);
    await expect(client.cancelOrder(id, symbol)).rejects.toThrow('EOrder:Unknown order');
  });

  test("cancels several at once, and arms and disarms the dead man's switch", async () => {
    const place = (price: number) => client.createOrder(symbol, 'limit', 'buy', 0.01, price);
    const ids = [(await place(60_000)).id ?? '', (await place(60_001)).id ?? ''];
    await client.cancelOrders(ids);
    expect(await client.fetchOpenOrders(symbol)).toEqual([]);
    const armed = (await client.cancelAllOrdersAfter(60_000)) as { result: Record<string, string> };
    const { currentTime = '', triggerTime = '' } = armed.result;
    expect(Date.parse(triggerTime) - Date.parse(currentTime)).toBe(60_000);
    const disarmed = (await client.cancelAllOrdersAfter(0)) as { result: Record<string, string> };
    expect(disarmed.result.triggerTime).toBe('0');
  });

  test('market orders by amount and by cost; fills, fees in quote, ledger', async () => {
    const order = await client.createOrder(symbol, 'market', 'buy', 0.01);
    const [fill] = (await client.fetchMyTrades(symbol)).filter((trade) => trade.order === order.id);
    expect(fill?.fee).toMatchObject({ currency: 'USD', cost: expect.closeTo((fill?.cost ?? 0) * 0.004, 8) });
    const byCost = await client.createMarketBuyOrderWithCost(symbol, 500);
    const bought = await client.fetchOrder(byCost.id ?? '', symbol);
    expect(bought.cost).toBeLessThanOrEqual(500);
    expect(bought.cost).toBeGreaterThan(499);
    expect((await client.fetchLedger()).length).toBeGreaterThanOrEqual(4);
    expect(await client.fetchTradingFee(symbol)).toMatchObject({ maker: 0.0025, taker: 0.004 });
  });

  test('a batch: invalid refuses all, an engine failure stands alone', async () => {
    const one = (price: number, amount = 0.01) => ({
      symbol,
      type: 'limit' as const,
      side: 'buy' as const,
      amount,
      price,
    });
    expect(await client.createOrders([one(60_000), one(60_002)])).toHaveLength(2);
    await client.cancelAllOrders(symbol);
    await expect(client.createOrders([one(60_000), one(60_002, 0.00001)])).rejects.toThrow('Order minimum not met');
    expect(await client.fetchOpenOrders(symbol)).toEqual([]);
    await expect(client.createOrders([one(60_000), one(60_002, 1000)])).rejects.toThrow('Insufficient funds');
    // The first of them stands although ccxt threw for the whole call.
    expect(await client.fetchOpenOrders(symbol)).toHaveLength(1);
    await client.cancelAllOrders(symbol);
  });

  test.each([
    ['a deadline that passed', { deadline: new Date(Date.now() - 1000).toISOString() }, 'EService:Deadline elapsed'],
    [
      'a deadline too far',
      { deadline: new Date(Date.now() + 600_000).toISOString() },
      'EGeneral:Invalid arguments:deadline',
    ],
    ['an unknown pair', { pair: 'FOOBAR' }, 'EQuery:Unknown asset pair'],
    ['too little', { volume: '0.00001' }, 'EOrder:Order minimum not met'],
    ['a price too fine', { price: '60000.01' }, 'EOrder:Invalid price'],
    ['no funds', { volume: '1000' }, 'EOrder:Insufficient funds'],
    ['post-only that would take', { price: '90000', oflags: 'post' }, 'EOrder:Post only order'],
    ['a client id of 19 letters', { cl_ord_id: 'x'.repeat(19) }, 'EGeneral:Invalid arguments:cl_ord_id'],
    ['client id and userref', { cl_ord_id: 'a', userref: 1 }, 'EGeneral:Invalid arguments'],
  ])('%s: %s', async (_, change, message) => {
    const order = { pair: 'XBTUSD', type: 'buy', ordertype: 'limit', price: '60000', volume: '0.01' };
    await expect(client.privatePostAddOrder({ ...order, ...change })).rejects.toThrow(message);
  });

  test('wrong keys, signatures and nonces', async () => {
    const other = await krakenClient(exchange);
    other.secret = Buffer.from('wrong').toString('base64');
    await expect(other.fetchBalance()).rejects.toThrow('EAPI:Invalid signature');
    other.apiKey = 'nobody';
    await expect(other.fetchBalance()).rejects.toThrow('EAPI:Invalid key');
    await expect(client.privatePostBalance()).resolves.toMatchObject({ error: [] });
    const last = Date.now() - 3_600_000;
    Object.assign(other, { apiKey: client.apiKey, secret: client.secret, nonce: () => last });
    await expect(other.privatePostBalance()).rejects.toThrow('EAPI:Invalid nonce');
    await other.close();
  });
});

describe('stock ccxt.pro', () => {
  test('watches ticker, trades, candles, book and best prices', async () => {
    const [ticker, trades, candles, book, best] = await Promise.all([
      client.watchTicker(symbol),
      client.watchTrades(symbol),
      client.watchOHLCV(symbol, '1m'),
      client.watchOrderBook(symbol),
      client.watchBidsAsks([symbol]),
    ]);
    expect(ticker.last).toBeGreaterThan(0);
    expect(trades[0]?.symbol).toBe(symbol);
    expect(candles[0]).toHaveLength(6);
    expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] ?? 0);
    expect(best[symbol]?.bid).toBeLessThan(best[symbol]?.ask ?? 0);
  });

  test('watches own orders, fills and balances; trades on the socket', async () => {
    const buy = () => client.createOrder(symbol, 'market', 'buy', 0.001);
    // Fetches the socket's token first: two signed calls at once may arrive in the wrong order of their nonces.
    await client.authenticate();
    expect((await until(client.watchOrders(symbol), buy))[0]).toMatchObject({ symbol });
    expect((await until(client.watchMyTrades(symbol), buy))[0]).toMatchObject({ symbol, takerOrMaker: 'taker' });
    expect(await client.watchBalance()).toMatchObject({ total: { BTC: expect.any(Number) } });
    const order = await client.createOrderWs(symbol, 'limit', 'buy', 0.01, 60_000);
    expect((await client.fetchOpenOrders(symbol)).map(({ id }) => id)).toContain(order.id);
    await client.cancelOrderWs(order.id ?? '');
    expect(await client.fetchOpenOrders(symbol)).toEqual([]);
  });
});

type Level = Readonly<{ price: number; qty: number }>;
type BookMessage = Readonly<{ channel?: string; data: readonly [{ bids: Level[]; asks: Level[]; checksum: number }] }>;

test("a raw client's book keeps Kraken's checksum", async () => {
  const socket = new WebSocket(`${exchange.ws}/kr/ws/v2`);
  const first: unknown[] = [];
  await new Promise<void>((resolve) =>
    socket.once('message', (data: Buffer) => {
      first.push(JSON.parse(data.toString()));
      resolve();
    }),
  );
  expect(first[0]).toMatchObject({ channel: 'status', data: [{ system: 'online', api_version: 'v2' }] });
  const sides = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  const sums: [given: number, own: number][] = [];
  const sorted = (side: 'bids' | 'asks') => {
    const sign = side === 'bids' ? -1 : 1;
    return [...sides[side]].toSorted(([a], [b]) => sign * (a - b)).slice(0, 10);
  };
  const digits = (value: number, decimals: number) => value.toFixed(decimals).replace('.', '').replace(/^0+/, '');
  const own = () =>
    crc32([...sorted('asks'), ...sorted('bids')].map(([price, qty]) => digits(price, 1) + digits(qty, 8)).join(''));
  const enough = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as BookMessage;
      if (message.channel !== 'book') return;
      const [{ checksum, ...rows }] = message.data;
      for (const side of ['bids', 'asks'] as const) {
        for (const { price, qty } of rows[side]) {
          if (qty === 0) sides[side].delete(price);
          else sides[side].set(price, qty);
        }
        sides[side] = new Map(sorted(side));
      }
      sums.push([checksum, own()]);
      if (sums.length === 30) resolve();
    });
  });
  socket.send(
    JSON.stringify({ method: 'subscribe', params: { channel: 'book', symbol: [symbol], depth: 10 }, req_id: 1 }),
  );
  await enough;
  expect(sums.filter(([given, mine]) => given !== mine)).toEqual([]);
  socket.close();
});
