import { createHash } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { binanceSignature } from '../../../../adapters/exchange/simulated/binance/signature.ts';
import type { SimulationOptions } from '../../../../adapters/exchange/simulated/settings.ts';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { binanceClient, krakenClient } from './clients.ts';
import { binance, control, kraken, listen } from './raw-client.ts';
import { truthOf } from './truth.ts';

const running: SimulatedExchange[] = [];

afterEach(async () => {
  for (const exchange of running.splice(0)) await exchange.close();
});

async function start(options: SimulationOptions = {}): Promise<SimulatedExchange> {
  const exchange = await startSimulatedExchange({ historyMinutes: 120, ...options });
  running.push(exchange);
  return exchange;
}

const manual = (options: SimulationOptions = {}) => start({ clock: { mode: 'manual' }, ...options });

const buy = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '60000' };

describe('manual clock', () => {
  /** Three sockets, the same requests, the same advances; every frame in one hash. */
  async function play(seed: number): Promise<string> {
    const exchange = await manual({ seed, takersPerSecond: 50 });
    const [account] = exchange.accounts;
    const params = { apiKey: account?.apiKey ?? '', timestamp: exchange.simulation.wireMs() };
    const signature = binanceSignature(`apiKey=${params.apiKey}&timestamp=${params.timestamp}`, account?.secret ?? '');
    const sockets = [
      await listen(
        exchange,
        '/bspot/stream?streams=btcusdt@depth@100ms/btcusdt@trade/btcusdt@kline_1m/ethusdt@bookTicker/!ticker@arr',
      ),
      await listen(exchange, '/kr/ws/v2', {
        method: 'subscribe',
        params: { channel: 'book', symbol: ['BTC/USD', 'ETH/USDT'], depth: 25 },
      }),
      await listen(exchange, '/bspot/ws-api/v3', {
        id: 1,
        method: 'userDataStream.subscribe.signature',
        params: { ...params, signature },
      }),
    ];
    for (let round = 0; round < 4; round += 1) {
      await control(exchange, '/advance', { ms: 700 });
      await binance(exchange, 'POST /bspot/api/v3/order', { ...buy, type: 'MARKET', price: '', timeInForce: '' });
      await binance(exchange, 'POST /bspot/api/v3/order', buy);
      for (const socket of sockets) await socket.settled();
    }
    const hash = createHash('sha256');
    for (const { frames, close } of sockets) {
      expect(frames.length).toBeGreaterThan(4);
      hash.update(frames.join('\n'));
      close();
    }
    return hash.digest('hex');
  }

  test('the same seed and requests give byte-identical streams, another seed does not', async () => {
    const first = await play(5);
    expect(await play(5)).toBe(first);
    expect(await play(6)).not.toBe(first);
  });

  test('funding is paid at 16:00 UTC, a listen key lives an hour, the market sees it all', async () => {
    const exchange = await manual({ stepMs: 60_000 });
    const { body } = await binance(exchange, 'POST /bfut/fapi/v1/listenKey');
    const user = await listen(exchange, `/bfut/private/ws?listenKey=${String(body.listenKey)}`);
    await binance(exchange, 'POST /bfut/fapi/v1/order', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.1',
    });
    await control(exchange, '/advance', { ms: 30 * 60_000 });
    expect((await binance(exchange, 'PUT /bfut/fapi/v1/listenKey')).status).toBe(200);
    await control(exchange, '/advance', { ms: 3.5 * 3_600_000 });
    await user.settled();
    const events = user.frames.map((frame) => (JSON.parse(frame) as { e: string }).e);
    expect(events).toEqual(expect.arrayContaining(['ORDER_TRADE_UPDATE', 'ACCOUNT_UPDATE', 'listenKeyExpired']));
    expect((await binance(exchange, 'PUT /bfut/fapi/v1/listenKey')).body.code).toBe(-1125);
    const income = (await binance(exchange, 'GET /bfut/fapi/v1/income', { incomeType: 'FUNDING_FEE' }))
      .body as unknown as { income: string; time: number }[];
    expect(income.map(({ time }) => time)).toEqual([Date.UTC(2026, 0, 5, 16)]);
    expect(Number(income[0]?.income)).toBeLessThan(0);
    expect((await truthOf(exchange)).venues.binanceUsdm?.brokenInvariants).toEqual([]);
    user.close();
  });

  test("dead man's switches cancel what rests, and only when nobody renews", async () => {
    const exchange = await manual();
    const futures = {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '0.01',
      price: '60000',
    };
    const openCount = async () => {
      const rows = (await binance(exchange, 'GET /bfut/fapi/v1/openOrders')).body as unknown as unknown[];
      const { result } = (await kraken(exchange, 'OpenOrders')) as { result: { open: object } };
      return [rows.length, Object.keys(result.open).length];
    };
    await binance(exchange, 'POST /bfut/fapi/v1/order', futures);
    await kraken(exchange, 'AddOrder', {
      pair: 'XBTUSD',
      type: 'buy',
      ordertype: 'limit',
      price: '60000',
      volume: '0.01',
    });
    const arm = async () => {
      await binance(exchange, 'POST /bfut/fapi/v1/countdownCancelAll', { symbol: 'BTCUSDT', countdownTime: 60_000 });
      await kraken(exchange, 'CancelAllOrdersAfter', { timeout: '60' });
    };
    await arm();
    await control(exchange, '/advance', { ms: 45_000 });
    await arm();
    await control(exchange, '/advance', { ms: 45_000 });
    expect(await openCount()).toEqual([1, 1]);
    await control(exchange, '/advance', { ms: 20_000 });
    expect(await openCount()).toEqual([0, 0]);
    const { venues } = await truthOf(exchange);
    const reasons = ['binanceUsdm', 'krakenSpot'].map((venue) => venues[venue]?.accounts['main']?.orders[0]?.reason);
    expect(reasons).toEqual(['deadManSwitch', 'deadManSwitch']);
  });

  test('weights: 429 with Retry-After, then 418 twice as long each time; over with the ban', async () => {
    const exchange = await manual();
    const ask = () => binance(exchange, 'GET /bspot/api/v3/openOrders');
    const statuses: number[] = [];
    for (let call = 0; call < 90; call += 1) statuses.push((await ask()).status);
    expect([...new Set(statuses)]).toEqual([200, 429, 418]);
    expect((await ask()).headers.get('retry-after')).toBe('120');
    await control(exchange, '/advance', { ms: 121_000 });
    expect((await ask()).status).toBe(200);
  });

  test('orders: more than 100 in ten seconds are -1015', async () => {
    const exchange = await manual();
    const codes: unknown[] = [];
    for (let order = 0; order < 101; order += 1)
      codes.push((await binance(exchange, 'POST /bspot/api/v3/order', buy)).body.code);
    expect(codes.slice(0, 100).every((code) => code === undefined)).toBe(true);
    expect(codes[100]).toBe(-1015);
  });
});

describe('an answer that is lost', () => {
  const ordersOf = async (exchange: SimulatedExchange) =>
    (await truthOf(exchange)).venues.binanceSpot?.accounts.main?.orders;

  test.each(['accept-then-hang', 'accept-then-reset', 'accept-then-5xx', 'accept-then-1007', 'bad-json'] as const)(
    '%s: the order stands',
    async (kind) => {
      const exchange = await manual();
      await control(exchange, '/fault', { kind, count: 1, match: { path: '/order', method: 'POST' } });
      const given = new AbortController();
      const order = { ...buy, newClientOrderId: 'lost' };
      const answered = binance(exchange, 'POST /bspot/api/v3/order', order, given.signal).then(
        ({ status, body }) => ({ status, code: body.code }),
        () => 'no answer',
      );
      await expect.poll(() => ordersOf(exchange)).toHaveLength(1);
      if (kind === 'accept-then-hang') given.abort();
      expect(await answered).not.toMatchObject({ status: 200 });
      const { body } = await binance(exchange, 'GET /bspot/api/v3/order', {
        symbol: 'BTCUSDT',
        origClientOrderId: 'lost',
      });
      expect(body).toMatchObject({ status: 'NEW', clientOrderId: 'lost' });
      expect(await ordersOf(exchange)).toHaveLength(1);
    },
  );

  test.each(['reset-before', 'hang-before', 'http'] as const)('%s: the order never was', async (kind) => {
    const exchange = await manual();
    await control(exchange, '/fault', {
      kind,
      count: 1,
      match: { path: '/order' },
      ...(kind === 'http' && { args: { status: 503 } }),
    });
    await binance(
      exchange,
      'POST /bspot/api/v3/order',
      { ...buy, newClientOrderId: 'never' },
      AbortSignal.timeout(300),
    ).catch(() => {});
    expect(await ordersOf(exchange)).toEqual([]);
  });

  test('rows of a list come twice, or the last one not at all', async () => {
    const exchange = await manual({ fillChunks: 3 });
    await binance(exchange, 'POST /bspot/api/v3/order', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '1',
    });
    await kraken(exchange, 'AddOrder', { pair: 'XBTUSD', type: 'buy', ordertype: 'market', volume: '1' });
    const spot = async () => {
      const { body } = await binance(exchange, 'GET /bspot/api/v3/myTrades', { symbol: 'BTCUSDT' });
      return (body as unknown as readonly { id: number }[]).map(({ id }) => id);
    };
    const atKraken = async () => {
      const { result } = (await kraken(exchange, 'TradesHistory')) as { result: { trades: object } };
      return Object.keys(result.trades);
    };
    const [ids, names] = [await spot(), await atKraken()];
    expect([ids.length > 1, names.length > 1]).toEqual([true, true]);
    const fault = (kind: string) => control(exchange, '/fault', { kind, count: 2, match: { path: 'rades' } });
    await fault('dup-rows');
    expect([await spot(), await atKraken()]).toEqual([ids.flatMap((id) => [id, id]), names]);
    await fault('short-rows');
    expect([await spot(), await atKraken()]).toEqual([ids.slice(0, -1), names.slice(0, -1)]);
    expect([await spot(), await atKraken()]).toEqual([ids, names]);
  });

  test('what is seen late, and ids that are forgotten once filled', async () => {
    const exchange = await manual({ readLagMs: 3000, forgetsFilledIds: true });
    await binance(exchange, 'POST /bspot/api/v3/order', { ...buy, newClientOrderId: 'late' });
    const look = async (id: string) =>
      (await binance(exchange, 'GET /bspot/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: id })).body;
    expect(await look('late')).toMatchObject({ code: -2013 });
    const market = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01', newClientOrderId: 'filled' };
    const first = (await binance(exchange, 'POST /bspot/api/v3/order', market)).body;
    const second = (await binance(exchange, 'POST /bspot/api/v3/order', market)).body;
    expect(first.orderId).not.toBe(second.orderId);
    await control(exchange, '/advance', { ms: 3100 });
    expect(await look('late')).toMatchObject({ status: 'NEW' });
    expect(await look('filled')).toMatchObject({ code: -2013 });
  });
});

describe('user streams', () => {
  test.each([
    ['dup-fill', 2],
    ['lost-fill', 0],
  ] as const)('%s: REST knows the fill, the stream tells it %d times', async (kind, times) => {
    const exchange = await manual({ fillChunks: 1 });
    const { body } = await binance(exchange, 'POST /bfut/fapi/v1/listenKey');
    const user = await listen(exchange, `/bfut/private/ws?listenKey=${String(body.listenKey)}`);
    await control(exchange, '/fault', { kind, match: { stream: 'user' } });
    await binance(exchange, 'POST /bfut/fapi/v1/order', {
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: '0.01',
    });
    await binance(exchange, 'GET /bfut/fapi/v1/openOrders');
    await user.settled();
    const trades = user.frames
      .map((frame) => JSON.parse(frame) as { o?: { x?: string; t?: number } })
      .filter(({ o }) => o?.x === 'TRADE');
    expect(trades).toHaveLength(times);
    const fills = (await binance(exchange, 'GET /bfut/fapi/v1/userTrades', { symbol: 'BTCUSDT' })).body;
    expect(fills).toHaveLength(1);
    user.close();
  });

  test('a spot subscription whose key expires says so and ends', async () => {
    const exchange = await manual();
    const [account] = exchange.accounts;
    const params = { apiKey: account?.apiKey ?? '', timestamp: exchange.simulation.wireMs() };
    const signature = binanceSignature(`apiKey=${params.apiKey}&timestamp=${params.timestamp}`, account?.secret ?? '');
    const subscribe = { id: 1, method: 'userDataStream.subscribe.signature', params: { ...params, signature } };
    const user = await listen(exchange, '/bspot/ws-api/v3', subscribe);
    await control(exchange, '/fault', { kind: 'expire-key', count: 1, match: { venue: 'binanceSpot' } });
    await control(exchange, '/advance', { ms: 200 });
    await binance(exchange, 'POST /bspot/api/v3/order', buy);
    await binance(exchange, 'GET /bspot/api/v3/openOrders');
    await user.settled();
    expect(user.frames.map((frame) => JSON.parse(frame) as unknown)).toMatchObject([
      { id: 1, status: 200, result: { subscriptionId: 0 } },
      { subscriptionId: 0, event: { e: 'eventStreamTerminated' } },
    ]);
    user.close();
  });
});

describe('control', () => {
  test('a skewed clock, a price by hand, a counterparty, a mode, a route that does not exist', async () => {
    const exchange = await manual({ source: { kind: 'scripted' } });
    await control(exchange, '/price', { symbol: 'BTC', price: 50_000 });
    const { body: ticker } = await binance(exchange, 'GET /bspot/api/v3/ticker/bookTicker', { symbol: 'BTCUSDT' });
    expect(Math.abs(Number(ticker.bidPrice) - 50_000)).toBeLessThan(10);
    await binance(exchange, 'POST /bspot/api/v3/order', { ...buy, price: '49999.99', newClientOrderId: 'mine' });
    await control(exchange, '/order-as', {
      venue: 'binanceSpot',
      symbol: 'BTCUSDT',
      side: 'sell',
      quantity: '50',
      price: '49999.99',
    });
    expect((await truthOf(exchange)).venues.binanceSpot?.accounts.main?.orders).toMatchObject([
      { clientOrderId: 'mine', status: 'filled' },
    ]);
    await control(exchange, '/fault', { kind: 'maintenance', args: { mode: 'cancel_only' } });
    await control(exchange, '/advance', { ms: 100 });
    const add = { pair: 'XBTUSD', type: 'buy', ordertype: 'limit', price: '40000', volume: '0.01' };
    expect((await kraken(exchange, 'AddOrder', add)).error).toEqual(['EService:Market in cancel_only mode']);
    await control(exchange, '/faults/clear', {});
    await control(exchange, '/advance', { ms: 100 });
    expect((await kraken(exchange, 'AddOrder', add)).error).toEqual([]);
    expect((await binance(exchange, 'GET /bspot/api/v3/nothing')).status).toBe(404);
    expect((await truthOf(exchange)).unknownRoutes).toEqual(['binanceSpot GET /api/v3/nothing']);
    const timestamp = exchange.simulation.wireMs();
    await control(exchange, '/fault', { kind: 'clock-skew', args: { ms: 20_000 } });
    expect((await binance(exchange, 'GET /bspot/api/v3/account', { timestamp })).body.code).toBe(-1021);
  });
});

test('after a disconnect stock ccxt.pro goes on at both venues', async () => {
  const exchange = await start({ takersPerSecond: 20 });
  const clients = [await binanceClient(exchange), await krakenClient(exchange)];
  const symbols = ['BTC/USDT', 'BTC/USD'];
  for (const [index, client] of clients.entries()) {
    const symbol = symbols[index] ?? '';
    await client.watchOrderBook(symbol);
    expect(await control(exchange, '/disconnect', {})).toMatchObject({ closed: expect.any(Number) });
    // The watch that was waiting fails or not; the next one works on a new socket.
    await client.watchOrderBook(symbol).catch(() => {});
    const book = await client.watchOrderBook(symbol);
    expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] ?? 0);
    await client.close();
  }
});
