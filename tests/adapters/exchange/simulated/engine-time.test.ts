import { afterEach, describe, expect, test } from 'vitest';
import type { SimulationOptions } from '../../../../adapters/exchange/simulated/settings.ts';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { apiFrame, binance, control, kraken, listen } from './raw-client.ts';
import { truthOf } from './truth.ts';

const running: SimulatedExchange[] = [];

afterEach(async () => {
  for (const exchange of running.splice(0)) await exchange.close();
});

/** An exchange whose engine takes a fixed time, on a clock that moves by hand. */
async function start(medianMs: number, options: SimulationOptions = {}): Promise<SimulatedExchange> {
  const exchange = await startSimulatedExchange({
    historyMinutes: 60,
    clock: { mode: 'manual' },
    latency: { engine: { medianMs, sigma: 0 } },
    ...options,
  });
  running.push(exchange);
  return exchange;
}

const advance = (exchange: SimulatedExchange, ms: number) => control(exchange, '/advance', { ms });

/** Resolves when that many requests have come in: what they asked for is in the engine then. */
const received = (exchange: SimulatedExchange, count: number) =>
  expect.poll(() => exchange.simulation.log.entries.length, { interval: 5 }).toBe(count);

const spotOrder = 'POST /bspot/api/v3/order';
const usdmOrder = 'POST /bfut/fapi/v1/order';
const buy = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '60000' };
const krakenBuy = { pair: 'XBTUSD', type: 'buy', ordertype: 'limit', price: '40000', volume: '0.01' };

const ordersAt = async (exchange: SimulatedExchange, venue: string) =>
  (await truthOf(exchange)).venues[venue]?.accounts.main?.orders ?? [];

/** What each asks of the engine, with how its answers say yes. */
const orders = [
  ['binanceSpot', (exchange: SimulatedExchange) => binance(exchange, spotOrder, buy), { status: 200 }],
  ['binanceUsdm', (exchange: SimulatedExchange) => binance(exchange, usdmOrder, buy), { status: 200 }],
  ['krakenSpot', (exchange: SimulatedExchange) => kraken(exchange, 'AddOrder', krakenBuy), { error: [] }],
] as const;

describe.each(orders)('an order in the engine of %s', (venue, place, yes) => {
  test('is matched when its time is over, at that moment of both clocks, and answered then', async () => {
    const exchange = await start(50);
    const startMs = exchange.simulation.wireMs();
    const answer = place(exchange);
    await received(exchange, 1);
    await advance(exchange, 49);
    expect(await ordersAt(exchange, venue)).toEqual([]);
    await advance(exchange, 1_000);
    expect(await answer).toMatchObject(yes);
    expect(await ordersAt(exchange, venue)).toMatchObject([{ acceptedMs: startMs + 50, createdMs: startMs + 50 }]);
  });

  test('takes no time where none is set', async () => {
    const exchange = await start(0);
    expect(await place(exchange)).toMatchObject(yes);
    expect(await ordersAt(exchange, venue)).toHaveLength(1);
  });
});

describe('the time that a client allows', () => {
  test.each([
    ['spot', spotOrder, 'binanceSpot'],
    ['USD-M', usdmOrder, 'binanceUsdm'],
  ])('recvWindow counts again just before matching, %s', async (_, route, venue) => {
    const exchange = await start(3_000);
    const answers = [2_999, 3_000].map((recvWindow) => binance(exchange, route, { ...buy, recvWindow }));
    await received(exchange, 2);
    await advance(exchange, 3_000);
    const sent = await Promise.all(answers);
    expect(sent.map(({ status, body }) => [status, body.code])).toEqual([
      [400, -1021],
      [200, undefined],
    ]);
    expect(await ordersAt(exchange, venue)).toHaveLength(1);
  });

  test('a cancel is refused too, and what it meant stands', async () => {
    const exchange = await start(3_000);
    const ask = async (route: string, parameters: Readonly<Record<string, string | number>>) => {
      const { length } = exchange.simulation.log.entries;
      const answer = binance(exchange, route, parameters);
      await received(exchange, length + 1);
      await advance(exchange, 3_000);
      return answer;
    };
    await ask(spotOrder, { ...buy, newClientOrderId: 'stays' });
    const cancel = { symbol: 'BTCUSDT', origClientOrderId: 'stays' };
    expect((await ask('DELETE /bspot/api/v3/order', { ...cancel, recvWindow: 1_000 })).body.code).toBe(-1021);
    expect(await ordersAt(exchange, 'binanceSpot')).toMatchObject([{ status: 'open' }]);
    expect((await ask('DELETE /bspot/api/v3/order', cancel)).status).toBe(200);
    expect(await ordersAt(exchange, 'binanceSpot')).toMatchObject([{ status: 'canceled' }]);
  });

  test("Kraken's deadline: over when the engine comes to it", async () => {
    const exchange = await start(3_000);
    const within = (ms: number) => new Date(exchange.simulation.wireMs() + ms).toISOString();
    const answers = [];
    for (const [index, deadline] of [within(2_500), within(3_500)].entries()) {
      answers.push(kraken(exchange, 'AddOrder', { ...krakenBuy, deadline, cl_ord_id: `d-${index}` }));
      await received(exchange, index + 1);
    }
    await advance(exchange, 3_000);
    const errors = (await Promise.all(answers)).map(({ error }) => error);
    expect(errors).toEqual([['EService:Deadline elapsed'], []]);
    expect(await ordersAt(exchange, 'krakenSpot')).toHaveLength(1);
  });

  test.each([
    [60_000, 1],
    [5_000, 0],
  ])('longer than 10 s: 408 and -1007; with recvWindow %d it becomes %d order', async (recvWindow, count) => {
    const exchange = await start(12_000);
    const answer = binance(exchange, spotOrder, { ...buy, recvWindow });
    await received(exchange, 1);
    await advance(exchange, 10_000);
    expect(await answer).toMatchObject({ status: 408, body: { code: -1007 } });
    expect(await ordersAt(exchange, 'binanceSpot')).toEqual([]);
    await advance(exchange, 2_000);
    const { orderRequests } = await truthOf(exchange);
    expect(await ordersAt(exchange, 'binanceSpot')).toHaveLength(count);
    expect(orderRequests).toMatchObject([{ status: 408, refusal: '-1007' }]);
  });
});

describe('order of arrival', () => {
  test("an account's requests do not overtake each other, whatever time each takes", async () => {
    const exchange = await start(0, { latency: { engine: { medianMs: 40, sigma: 2 } } });
    const ids = Array.from({ length: 12 }, (_, index) => `n-${index}`);
    const answers = [];
    for (const [index, newClientOrderId] of ids.entries()) {
      answers.push(binance(exchange, spotOrder, { ...buy, newClientOrderId, recvWindow: 60_000 }));
      await received(exchange, index + 1);
    }
    await advance(exchange, 20_000);
    await Promise.all(answers);
    const placed = await ordersAt(exchange, 'binanceSpot');
    expect(placed.map(({ clientOrderId }) => clientOrderId)).toEqual(ids);
    expect(new Set(placed.map(({ acceptedMs }) => acceptedMs)).size).toBeGreaterThan(1);
  });

  test('a query asks no engine: an order that waits is not known yet', async () => {
    const exchange = await start(100);
    const placed = binance(exchange, spotOrder, { ...buy, newClientOrderId: 'soon' });
    await received(exchange, 1);
    const query = () => binance(exchange, 'GET /bspot/api/v3/order', { symbol: 'BTCUSDT', origClientOrderId: 'soon' });
    expect((await query()).body.code).toBe(-2013);
    await advance(exchange, 100);
    await placed;
    expect((await query()).status).toBe(200);
  });
});

describe('over sockets', () => {
  test('order.place and add_order wait as well; the event says the moment of matching', async () => {
    const exchange = await start(70, { pushFirst: 1 });
    const startMs = exchange.simulation.wireMs();
    const { result } = await kraken(exchange, 'GetWebSocketsToken');
    const { token } = result as { token: string };
    const spot = await listen(
      exchange,
      '/bspot/ws-api/v3',
      apiFrame(exchange, 1, 'userDataStream.subscribe.signature', {}),
    );
    const own = await listen(exchange, '/kr/ws-auth/v2', {
      method: 'subscribe',
      params: { channel: 'executions', token },
    });
    spot.socket.send(JSON.stringify(apiFrame(exchange, 7, 'order.place', buy)));
    const params = { order_type: 'limit', side: 'buy', symbol: 'BTC/USD', order_qty: 0.01, limit_price: 60_000, token };
    own.socket.send(JSON.stringify({ method: 'add_order', params, req_id: 7 }));
    await Promise.all([spot.settled(), own.settled()]);
    const answers = () => [...spot.frames, ...own.frames].filter((frame) => /"(id|req_id)":7\b/.test(frame));
    expect(answers()).toEqual([]);
    await advance(exchange, 500);
    await Promise.all([spot.settled(), own.settled()]);
    expect(answers()).toHaveLength(2);
    const event = spot.frames.find((frame) => frame.includes('executionReport')) ?? '{}';
    expect(JSON.parse(event)).toMatchObject({ event: { x: 'NEW', E: startMs + 70 } });
    expect(own.frames.join('\n')).toContain(new Date(startMs + 70).toISOString().slice(0, -1));
  });

  test("an order's later events never come before its first, also where the answer has to come first", async () => {
    const exchange = await start(50, { pushFirst: 0, fillChunks: 1 });
    const { body } = await binance(exchange, 'POST /bfut/fapi/v1/listenKey');
    const user = await listen(exchange, `/bfut/private/ws?listenKey=${String(body.listenKey)}`);
    const answer = binance(exchange, usdmOrder, { ...buy, price: '60000' });
    await received(exchange, 2);
    await control(exchange, '/price', { symbol: 'BTC', price: 59_000 });
    await advance(exchange, 3_000);
    await answer;
    const kinds = () => user.frames.flatMap((frame) => (JSON.parse(frame) as { o?: { x?: string } }).o?.x ?? []);
    await expect.poll(kinds).toEqual(['NEW', 'TRADE']);
  });
});

describe('determinism', () => {
  /** Orders and cancels at both Binance venues, hidden in beats of 100 ms; every frame of two streams. */
  async function streams(seed: number): Promise<readonly string[]> {
    const exchange = await start(0, {
      seed,
      takersPerSecond: 50,
      pushFirst: 1,
      latency: { engine: { medianMs: 120, sigma: 1 } },
    });
    const { body } = await binance(exchange, 'POST /bfut/fapi/v1/listenKey');
    const user = await listen(exchange, `/bfut/private/ws?listenKey=${String(body.listenKey)}`);
    const depth = await listen(exchange, '/bfut/public/ws/btcusdt@depth@100ms');
    const answers = [];
    for (let beat = 0; beat < 8; beat += 1) {
      const newClientOrderId = `b-${beat}`;
      const { length } = exchange.simulation.log.entries;
      answers.push(binance(exchange, usdmOrder, { ...buy, price: '70000', newClientOrderId, recvWindow: 60_000 }));
      await received(exchange, length + 1);
      await advance(exchange, 100);
    }
    await advance(exchange, 9_000);
    await Promise.all(answers);
    await Promise.all([user.settled(), depth.settled()]);
    return [...user.frames, ...depth.frames];
  }

  test('the same seed and requests give byte-identical streams', async () => {
    const [first, second, other] = [await streams(7), await streams(7), await streams(8)];
    expect(first.length).toBeGreaterThan(50);
    expect(second).toEqual(first);
    expect(other).not.toEqual(first);
  });
});

test('on a clock that runs by itself an order takes its time, and a jump of the clock ends it', async () => {
  const real = await start(60, { clock: { mode: 'real' } });
  expect((await binance(real, spotOrder, buy)).status).toBe(200);
  const [order] = await ordersAt(real, 'binanceSpot');
  const [request] = (await truthOf(real)).orderRequests;
  expect(order?.acceptedMs).toBeGreaterThanOrEqual((request?.receivedMs ?? Infinity) + 50);

  const slow = await start(9_000, { clock: { mode: 'real' } });
  const answer = binance(slow, spotOrder, { ...buy, recvWindow: 60_000 });
  await received(slow, 1);
  await advance(slow, 9_000);
  expect((await answer).status).toBe(200);
});
