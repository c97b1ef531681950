import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../../adapters/exchange/simulated/start.ts';
import { binanceClient } from '../clients.ts';
import { until } from '../until.ts';

let exchange: SimulatedExchange;
let client: Awaited<ReturnType<typeof binanceClient>>;

beforeAll(async () => {
  exchange = await startSimulatedExchange({ rateLimits: false, takersPerSecond: 20 });
  client = await binanceClient(exchange);
  await client.loadMarkets();
});

afterAll(async () => {
  await client.close();
  await exchange.close();
});

const symbol = 'BTC/USDT:USDT';

test('no address of the client leads anywhere but to the simulator', () => {
  const hosts = (urls: unknown): string[] =>
    typeof urls === 'string' ? [new URL(urls).host] : Object.values(urls as object).flatMap(hosts);
  expect(new Set(hosts(client.urls.api))).toEqual(new Set([new URL(exchange.url).host]));
});

describe('stock ccxt on USD-M', () => {
  test('reads the market, mark prices, funding and open interest', async () => {
    expect(client.market(symbol)).toMatchObject({ swap: true, linear: true, precision: { amount: 0.001, price: 0.1 } });
    const [ticker, book, candles, mark, rate, rates, interest] = await Promise.all([
      client.fetchTicker(symbol),
      client.fetchOrderBook(symbol, 10),
      client.fetchOHLCV(symbol, '1h', undefined, 5),
      client.fetchMarkOHLCV(symbol, '1h', undefined, 5),
      client.fetchFundingRate(symbol),
      client.fetchFundingRateHistory(symbol),
      client.fetchOpenInterest(symbol),
    ]);
    expect(ticker.last).toBeGreaterThan(0);
    expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] ?? 0);
    expect([candles.length, mark.length]).toEqual([5, 5]);
    expect((rate.nextFundingTimestamp ?? rate.fundingTimestamp ?? 0) % (8 * 3_600_000)).toBe(0);
    expect(rates.length).toBeGreaterThanOrEqual(3);
    expect(interest.openInterestAmount).toBeGreaterThanOrEqual(0);
    await Promise.all([client.fetchTickers([symbol]), client.fetchBidsAsks([symbol]), client.fetchTrades(symbol)]);
  });

  test('orders one by one, in batches, amended and canceled', async () => {
    const order = await client.createOrder(symbol, 'limit', 'buy', 0.01, 60_000, { clientOrderId: 'u-1' });
    await expect(client.createOrder(symbol, 'limit', 'buy', 0.01, 60_000, { clientOrderId: 'u-1' })).rejects.toThrow(
      '-4116',
    );
    expect(await client.editOrder(order.id ?? '', symbol, 'limit', 'buy', 0.02, 60_001)).toMatchObject({
      amount: 0.02,
    });
    const one = (price: number, amount = 0.01) => ({
      symbol,
      type: 'limit' as const,
      side: 'buy' as const,
      amount,
      price,
    });
    const placed = await client.createOrders([one(60_002), one(60_003), one(60_004, 1000)]);
    expect(placed.map(({ status }) => status)).toEqual(['open', 'open', 'rejected']);
    await client.cancelOrders(
      placed.slice(0, 2).map(({ id }) => id ?? ''),
      symbol,
    );
    expect((await client.fetchOpenOrders(symbol)).map(({ id }) => id)).toEqual([order.id]);
    await client.cancelAllOrders(symbol);
    expect(await client.fetchOpenOrders(symbol)).toEqual([]);
    expect((await client.fetchOrders(symbol)).length).toBeGreaterThanOrEqual(3);
  });

  test('a position from open to closed, with margin, profit and fees that add up', async () => {
    await client.setLeverage(10, symbol);
    const before = (await client.fetchBalance({ type: 'future' })).USDT;
    await client.createOrder(symbol, 'market', 'buy', 0.1);
    const [position] = await client.fetchPositions([symbol]);
    expect(position).toMatchObject({ contracts: 0.1, side: 'long' });
    await expect(client.createOrder(symbol, 'market', 'buy', 0.1, undefined, { reduceOnly: true })).rejects.toThrow(
      '-2022',
    );
    await client.createOrder(symbol, 'market', 'sell', 0.1, undefined, { reduceOnly: true });
    expect(await client.fetchPositions([symbol])).toEqual([]);
    const fills = await client.fetchMyTrades(symbol);
    const earned = fills.reduce(
      (sum, { info, fee }) => sum + Number((info as { realizedPnl: string }).realizedPnl) - (fee?.cost ?? 0),
      0,
    );
    const after = (await client.fetchBalance({ type: 'future' })).USDT;
    expect((after?.total ?? 0) - (before?.total ?? 0)).toBeCloseTo(earned, 6);
  });

  test('what funding cost, once its hour has passed', async () => {
    const other = await startSimulatedExchange({ rateLimits: false, stepMs: 60_000 });
    const trader = await binanceClient(other);
    await trader.createOrder(symbol, 'market', 'buy', 0.1);
    await fetch(`${other.control}/advance`, { method: 'POST', body: JSON.stringify({ ms: 8 * 3_600_000 }) });
    await trader.loadTimeDifference();
    const [paid, ...more] = await trader.fetchFundingHistory(symbol);
    expect([paid?.symbol, paid?.code, more]).toEqual([symbol, 'USDT', []]);
    expect(paid?.amount).toBeLessThan(0);
    expect((paid?.timestamp ?? 1) % (8 * 3_600_000)).toBe(0);
    await trader.close();
    await other.close();
  });

  test('stop orders are algo orders and no plain ones', async () => {
    const stop = await client.createOrder(symbol, 'market', 'sell', 0.01, undefined, {
      stopLossPrice: 60_000,
      reduceOnly: true,
    });
    expect(await client.fetchOpenOrders(symbol)).toEqual([]);
    const open = await client.fetchOpenOrders(symbol, undefined, undefined, { trigger: true });
    expect(open.map(({ id }) => id)).toEqual([stop.id]);
    await client.cancelOrder(stop.id ?? '', symbol, { trigger: true });
    expect(await client.fetchOpenOrders(symbol, undefined, undefined, { trigger: true })).toEqual([]);
  });

  test('account settings and fees', async () => {
    expect(await client.fetchTradingFee(symbol)).toMatchObject({ maker: 0.0002, taker: 0.0005 });
    expect(await client.fetchPositionMode(symbol)).toMatchObject({ hedged: false });
    expect((await client.fetchMarginModes([symbol]))[symbol]).toMatchObject({ marginMode: 'cross' });
    expect((await client.fetchLeverages([symbol]))[symbol]).toMatchObject({ longLeverage: 10 });
  });
});

test('stock ccxt.pro watches market, orders, fills, balance and positions', async () => {
  const [ticker, trades, candles, book, best, mark] = await Promise.all([
    client.watchTicker(symbol),
    client.watchTrades(symbol),
    client.watchOHLCV(symbol, '1m'),
    client.watchOrderBook(symbol),
    client.watchBidsAsks([symbol]),
    client.watchMarkPrice(symbol),
  ]);
  expect([ticker.last, mark.markPrice].every((price) => (price ?? 0) > 0)).toBe(true);
  expect(trades[0]?.symbol).toBe(symbol);
  expect(candles[0]).toHaveLength(6);
  expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] ?? 0);
  expect(best[symbol]?.bid).toBeLessThan(best[symbol]?.ask ?? 0);
  const buy = () => client.createOrder(symbol, 'market', 'buy', 0.002);
  expect((await until(client.watchOrders(symbol), buy))[0]).toMatchObject({ symbol });
  expect((await until(client.watchMyTrades(symbol), buy))[0]).toMatchObject({ symbol, takerOrMaker: 'taker' });
  expect(await until(client.watchBalance({ type: 'future' }), buy)).toMatchObject({
    USDT: { total: expect.any(Number) },
  });
  expect((await until(client.watchPositions([symbol]), buy))[0]).toMatchObject({ symbol });
});
