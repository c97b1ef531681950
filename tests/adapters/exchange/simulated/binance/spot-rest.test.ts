import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../../adapters/exchange/simulated/start.ts';
import { binanceClient } from '../clients.ts';

let exchange: SimulatedExchange;
let client: Awaited<ReturnType<typeof binanceClient>>;

beforeAll(async () => {
  exchange = await startSimulatedExchange({ venues: ['binanceSpot'], historyMinutes: 1500, rateLimits: false });
  client = await binanceClient(exchange);
  client.options.fetchMarkets = { types: ['spot'] };
  await client.loadMarkets();
});

afterAll(async () => {
  await client.close();
  await exchange.close();
});

const symbol = 'BTC/USDT';

describe('stock ccxt reads the market', () => {
  test('markets with their rules', () => {
    expect(client.market(symbol)).toMatchObject({
      spot: true,
      active: true,
      precision: { amount: 0.00001, price: 0.01 },
      limits: { amount: { min: 0.00001 }, cost: { min: 5 } },
    });
  });

  test('ticker, best prices, book, trades and candles agree', async () => {
    const [ticker, tickers, book, bids] = await Promise.all([
      client.fetchTicker(symbol),
      client.fetchTickers([symbol]),
      client.fetchOrderBook(symbol, 20),
      client.fetchBidsAsks([symbol]),
    ]);
    expect(Object.keys(tickers)).toEqual([symbol]);
    expect(ticker.low).toBeLessThanOrEqual(ticker.last ?? 0);
    expect(ticker.high).toBeGreaterThanOrEqual(ticker.last ?? Infinity);
    expect(book.bids).toHaveLength(20);
    expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] ?? 0);
    expect(bids[symbol]?.bid).toBeLessThan(bids[symbol]?.ask ?? 0);
    const minutes = await client.fetchOHLCV(symbol, '1m', undefined, 121);
    const hours = await client.fetchOHLCV(symbol, '1h', undefined, 2);
    expect(minutes.at(-1)?.[0]).toBe((minutes.at(-2)?.[0] ?? 0) + 60_000);
    const [hour] = hours;
    const within = minutes.filter(([time]) => Math.floor((time ?? 0) / 3_600_000) * 3_600_000 === hour?.[0]);
    expect(within).toHaveLength(60);
    expect(Math.max(...within.map(([, , high]) => high ?? 0))).toBe(hour?.[2]);
    const trades = await client.fetchTrades(symbol);
    expect(trades.map(({ id }) => Number(id))).toEqual(trades.map(({ id }) => Number(id)).toSorted((a, b) => a - b));
  });

  test('pages of candles neither overlap nor leave a hole', async () => {
    const since = Math.floor(Date.now() / 60_000) * 60_000 - 1200 * 60_000;
    const first = await client.fetchOHLCV(symbol, '1m', since, 700);
    const second = await client.fetchOHLCV(symbol, '1m', (first.at(-1)?.[0] ?? 0) + 60_000, 700);
    const times = [...first, ...second].map(([time]) => time ?? 0);
    expect(times[0]).toBe(since);
    expect(times.every((time, index) => index === 0 || time - (times[index - 1] ?? 0) === 60_000)).toBe(true);
  });
});

describe('stock ccxt trades', () => {
  test('a limit order from new to canceled', async () => {
    const order = await client.createOrder(symbol, 'limit', 'buy', 0.01, 60_000, { clientOrderId: 'rest-1' });
    expect(order).toMatchObject({ status: 'open', filled: 0, clientOrderId: 'rest-1', price: 60_000 });
    expect((await client.fetchBalance()).USDT).toMatchObject({ used: 600 });
    const byClientId = await client.fetchOrder(undefined as unknown as string, symbol, { clientOrderId: 'rest-1' });
    expect(byClientId.id).toBe(order.id);
    expect((await client.fetchOpenOrders(symbol)).map(({ id }) => id)).toEqual([order.id]);
    const edited = await client.editOrder(order.id ?? '', symbol, 'limit', 'buy', 0.02, 60_001);
    expect(edited).toMatchObject({ status: 'open', amount: 0.02 });
    expect(await client.cancelAllOrders(symbol)).toHaveLength(1);
    expect((await client.fetchOrders(symbol)).map(({ status }) => status)).toEqual(['canceled', 'canceled']);
    expect((await client.fetchBalance()).USDT).toMatchObject({ used: 0 });
  });

  test('market orders by amount and by cost, with their fills and fees in what is received', async () => {
    const bought = await client.createOrder(symbol, 'market', 'buy', 0.5);
    expect(bought).toMatchObject({ status: 'closed', filled: 0.5 });
    const byCost = await client.createMarketBuyOrderWithCost(symbol, 1_000);
    expect(byCost.cost).toBeLessThanOrEqual(1_000);
    expect(byCost.cost).toBeGreaterThan(999);
    const fills = await client.fetchMyTrades(symbol);
    const ofFirst = fills.filter(({ order }) => order === bought.id);
    expect(ofFirst.reduce((sum, { amount }) => sum + (amount ?? 0), 0)).toBeCloseTo(0.5, 10);
    expect(
      ofFirst.every(
        ({ fee, amount }) => fee?.currency === 'BTC' && Math.abs((fee.cost ?? 0) - (amount ?? 0) / 1000) < 1e-8,
      ),
    ).toBe(true);
  });

  test('a client id is unique among open orders only', async () => {
    const send = () => client.createOrder(symbol, 'limit', 'sell', 0.01, 90_000, { clientOrderId: 'once' });
    const first = await send();
    await expect(send()).rejects.toThrow('Duplicate order sent');
    await client.cancelOrder(first.id ?? '', symbol);
    expect((await send()).id).not.toBe(first.id);
    await client.cancelAllOrders(symbol);
  });

  test('fees of the account', async () => {
    expect((await client.fetchTradingFees())[symbol]).toMatchObject({ maker: 0.001, taker: 0.001 });
  });
});

/** Sends a signed request of ccxt's own making and gives Binance's code. */
async function codeOf(send: () => Promise<unknown>): Promise<number> {
  try {
    await send();
  } catch (error) {
    return Number(/"code":(-?\d+)/.exec(String(client.last_http_response))?.[1] ?? String(error));
  }
  return 0;
}

describe('refusals, by code', () => {
  const order = (change: Record<string, unknown>) =>
    codeOf(() =>
      client.privatePostOrder({
        symbol: 'BTCUSDT',
        side: 'BUY',
        type: 'LIMIT',
        timeInForce: 'GTC',
        quantity: '0.01',
        price: '60000',
        ...change,
      }),
    );

  test.each([
    ['an unknown symbol', { symbol: 'FOOUSDT' }, -1121],
    ['a value below the smallest', { quantity: '0.00001' }, -1013],
    ['a price off the tick', { price: '60000.001' }, -1013],
    ['a price too fine for anything', { price: '60000.0000000001' }, -1111],
    ['a quantity off the lot', { quantity: '0.0100001' }, -1013],
    ['no quantity', { quantity: '' }, -1102],
    ['no funds', { quantity: '100' }, -2010],
    ['post-only that would take', { type: 'LIMIT_MAKER', price: '90000', timeInForce: undefined }, -2010],
    ['an unknown type', { type: 'ICEBERG' }, -1116],
    ['an unknown side', { side: 'HOLD' }, -1117],
    ['an unknown time in force', { timeInForce: 'DAY' }, -1115],
    ['a client id with a space', { newClientOrderId: 'a b' }, -1100],
    ['a client id of 37 letters', { newClientOrderId: 'x'.repeat(37) }, -1100],
    ['a window above a minute', { recvWindow: 60_001 }, -1131],
    ['a stop that would trigger at once', { type: 'STOP_LOSS_LIMIT', stopPrice: '1000' }, -2010],
  ])('%s', async (_, change, code) => {
    expect(await order(change)).toBe(code);
  });

  test('an order that nobody knows', async () => {
    expect(await codeOf(() => client.privateGetOrder({ symbol: 'BTCUSDT', origClientOrderId: 'nobody' }))).toBe(-2013);
    expect(await codeOf(() => client.privateDeleteOrder({ symbol: 'BTCUSDT', orderId: 1 }))).toBe(-2011);
  });

  test('a wrong secret, an unknown key, a late timestamp', async () => {
    const [account] = exchange.accounts;
    const codeWith = async (apiKey: string, secret: string) => {
      const other = await binanceClient(exchange);
      Object.assign(other, { apiKey, secret });
      await other.privateGetAccount().catch(() => {});
      const code = Number(/"code":(-?\d+)/.exec(String(other.last_http_response))?.[1] ?? 0);
      await other.close();
      return code;
    };
    expect(await codeWith(account?.apiKey ?? '', 'wrong')).toBe(-1022);
    expect(await codeWith('0'.repeat(64), 'wrong')).toBe(-2015);
    expect(await codeWith('short', 'wrong')).toBe(-2014);
    expect(await codeOf(() => client.privateGetAccount({ timestamp: Date.now() - 20_000 }))).toBe(-1021);
  });
});
