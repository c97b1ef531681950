import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SimulationOptions } from '../../../../adapters/exchange/simulated/settings.ts';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { binance, control, kraken, listen } from './raw-client.ts';
import { truthOf } from './truth.ts';

const running: SimulatedExchange[] = [];

afterEach(async () => {
  for (const exchange of running.splice(0)) await exchange.close();
});

async function start(options: SimulationOptions = {}): Promise<SimulatedExchange> {
  const exchange = await startSimulatedExchange({ historyMinutes: 120, clock: { mode: 'manual' }, ...options });
  running.push(exchange);
  return exchange;
}

const fault = (exchange: SimulatedExchange, body: object) => control(exchange, '/fault', body);
const advance = (exchange: SimulatedExchange, ms: number) => control(exchange, '/advance', { ms });

const buy = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '60000' };
const market = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' };
const krakenBuy = { pair: 'XBTUSD', type: 'buy', ordertype: 'limit', price: '40000', volume: '0.01' };

const json = (frame: string) => JSON.parse(frame) as Record<string, unknown>;

/** Eight beats of depth differences; `strike` is called after the second. Same seed, same events. */
async function eightBeats(path: string, strike?: (exchange: SimulatedExchange) => Promise<unknown>) {
  const exchange = await start({ takersPerSecond: 200 });
  const stream = await listen(exchange, path);
  stream.frames.length = 0;
  for (let beat = 0; beat < 8; beat += 1) {
    if (beat === 2) await strike?.(exchange);
    await advance(exchange, 100);
  }
  await stream.settled();
  return { ...stream, exchange, strikes: (await truthOf(exchange)).faults.strikes };
}

const depth = '/bspot/ws/btcusdt@depth@100ms';

describe('market streams', () => {
  test.each([
    ['gap', [0, 1, 3, 4, 5, 6, 7]],
    ['reorder', [0, 1, 3, 2, 4, 5, 6, 7]],
    ['duplicate', [0, 1, 2, 2, 3, 4, 5, 6, 7]],
  ] as const)('%s: of the events of an undisturbed run come %j', async (kind, order) => {
    const { frames: undisturbed } = await eightBeats(depth);
    const { frames, strikes } = await eightBeats(depth, (exchange) =>
      fault(exchange, { kind, count: 1, match: { stream: 'depth' } }),
    );
    expect(undisturbed).toHaveLength(8);
    expect(frames).toEqual(order.map((index) => undisturbed[index]));
    expect(strikes).toMatchObject([{ kind, at: 'binanceSpot btcusdt@depth@100ms BTCUSDT' }]);
  });

  test('stale: an event comes after those that were sent later, and is not lost', async () => {
    const { frames: undisturbed } = await eightBeats(depth);
    const { frames } = await eightBeats(depth, (exchange) =>
      fault(exchange, { kind: 'stale', count: 1, args: { ms: 300 } }),
    );
    await expect.poll(() => frames.length).toBe(8);
    expect(frames.toSorted()).toEqual(undisturbed.toSorted());
  });

  test('crossed-book: one update whose best bid stands at the best ask, at both venues', async () => {
    const cross = (exchange: SimulatedExchange) => fault(exchange, { kind: 'crossed-book', count: 1 });
    const best = (frame: string) => {
      const { b } = json(frame) as { b: string[][] };
      return Math.max(...b.map(([price]) => Number(price)));
    };
    const [calm, crossed] = [await eightBeats(depth), await eightBeats(depth, cross)];
    const book = (await binance(crossed.exchange, 'GET /bspot/api/v3/depth', { symbol: 'BTCUSDT', limit: 5 })).body;
    expect(calm.frames.map(best)[2]).toBeLessThan(crossed.frames.map(best)[2] ?? 0);
    expect(Math.abs((crossed.frames.map(best)[2] ?? 0) - Number((book.asks as string[][])[0]?.[0]))).toBeLessThan(50);

    const exchange = await start({ takersPerSecond: 200 });
    const socket = await listen(exchange, '/kr/ws/v2', {
      method: 'subscribe',
      params: { channel: 'book', symbol: ['BTC/USD'], depth: 10 },
    });
    await cross(exchange);
    await advance(exchange, 100);
    await socket.settled();
    type Rows = { data: [{ bids: { price: number }[]; asks: { price: number }[] }] };
    const [snapshot, update] = socket.frames.filter((frame) => json(frame).channel === 'book').map(json) as Rows[];
    const asks = snapshot?.data[0].asks.map(({ price }) => price) ?? [];
    expect(Math.max(...(update?.data[0].bids.map(({ price }) => price) ?? []))).toBeGreaterThanOrEqual(
      Math.min(...asks) - 50,
    );
  });

  test('ws-close: the socket closes with the given code', async () => {
    const exchange = await start();
    const { socket } = await listen(exchange, depth);
    await fault(exchange, { kind: 'ws-close', args: { code: 1008 } });
    const closed = once(socket, 'close');
    await advance(exchange, 200);
    expect((await closed)[0]).toBe(1008);
  });

  test('ws-half-open: the socket stays open, and nothing comes out of it any more, pongs neither', async () => {
    const exchange = await start({ takersPerSecond: 200 });
    const { socket, frames, settled } = await listen(exchange, depth);
    const healthy = await listen(exchange, depth);
    await fault(exchange, { kind: 'ws-half-open', count: 1 });
    frames.length = 0;
    let pongs = 0;
    socket.on('pong', () => (pongs += 1));
    for (let beat = 0; beat < 5; beat += 1) await advance(exchange, 100);
    void settled();
    await healthy.settled();
    expect([frames.length, pongs, socket.readyState]).toEqual([0, 0, WebSocket.OPEN]);
    expect(healthy.frames.length).toBeGreaterThan(4);
  });
});

describe('user streams and sessions', () => {
  async function usdmUser(exchange: SimulatedExchange) {
    const { body } = await binance(exchange, 'POST /bfut/fapi/v1/listenKey');
    return listen(exchange, `/bfut/private/ws?listenKey=${String(body.listenKey)}`);
  }

  const trades = (frames: readonly string[]) =>
    frames.filter((frame) => (json(frame).o as { x?: string } | undefined)?.x === 'TRADE');

  test('late-fill: REST knows the fill at once, the stream tells it later', async () => {
    const exchange = await start({ fillChunks: 1 });
    const user = await usdmUser(exchange);
    await fault(exchange, { kind: 'late-fill', match: { stream: 'user' }, args: { ms: 200 } });
    await binance(exchange, 'POST /bfut/fapi/v1/order', market);
    const known = (await binance(exchange, 'GET /bfut/fapi/v1/userTrades', { symbol: 'BTCUSDT' })).body;
    await user.settled();
    expect([known.length, trades(user.frames).length]).toEqual([1, 0]);
    await expect.poll(() => trades(user.frames).length).toBe(1);
  });

  test('expire-key: the stream says so, the key is gone, a new one works', async () => {
    const exchange = await start();
    const user = await usdmUser(exchange);
    await fault(exchange, { kind: 'expire-key', count: 1, match: { venue: 'binanceUsdm' } });
    await advance(exchange, 100);
    await user.settled();
    expect(user.frames.map((frame) => json(frame).e)).toEqual(['listenKeyExpired']);
    expect((await binance(exchange, 'PUT /bfut/fapi/v1/listenKey')).body.code).toBe(-1125);
    const again = await usdmUser(exchange);
    await binance(exchange, 'POST /bfut/fapi/v1/order', market);
    await binance(exchange, 'GET /bfut/fapi/v1/openOrders');
    await again.settled();
    expect(trades(again.frames).length).toBeGreaterThan(0);
  });

  test('invalidate-token: a private subscription is refused, with the next token it is not', async () => {
    const exchange = await start();
    const subscribe = async () => {
      const { result } = await kraken(exchange, 'GetWebSocketsToken');
      const params = { channel: 'executions', token: (result as { token: string }).token };
      const { frames } = await listen(exchange, '/kr/ws-auth/v2', { method: 'subscribe', params });
      return frames.map(json).find(({ method }) => method === 'subscribe');
    };
    await fault(exchange, { kind: 'invalidate-token', count: 1 });
    expect(await subscribe()).toMatchObject({ success: false, error: 'ESession:Invalid session' });
    expect(await subscribe()).toMatchObject({ success: true });
  });

  test.each([
    ['cancel_only', {}, 'EService:Market in cancel_only mode'],
    ['post_only', {}, 'EService:Market in post_only mode'],
    ['post_only', { oflags: 'post' }, undefined],
    ['maintenance', {}, 'EService:Unavailable'],
  ] as const)('maintenance %s: sockets hear it, an order %j answers %s', async (mode, change, refusal) => {
    const exchange = await start();
    const { frames, settled } = await listen(exchange, '/kr/ws/v2');
    await fault(exchange, { kind: 'maintenance', args: { mode } });
    await advance(exchange, 100);
    await settled();
    expect(json(frames.at(-1) ?? '{}')).toMatchObject({ channel: 'status', data: [{ system: mode }] });
    const { error } = await kraken(exchange, 'AddOrder', { ...krakenBuy, ...change });
    expect(error).toEqual(refusal === undefined ? [] : [refusal]);
  });
});

describe('REST', () => {
  test('slow: the answer comes byte by byte, and whole', async () => {
    const exchange = await start();
    await fault(exchange, { kind: 'slow', count: 1, args: { ms: 60 } });
    const response = await fetch(`${exchange.url}/bspot/api/v3/exchangeInfo`);
    const pieces: Uint8Array[] = await Array.fromAsync(response.body ?? []);
    expect(pieces.length).toBeGreaterThan(5);
    expect(JSON.parse(Buffer.concat(pieces).toString())).toMatchObject({ timezone: 'UTC' });
  });

  test('wrong-qty: the answer says another filled quantity than the venue booked', async () => {
    const exchange = await start();
    await fault(exchange, { kind: 'wrong-qty', count: 1 });
    const { body } = await binance(exchange, 'POST /bspot/api/v3/order', market);
    const { fills } = (await truthOf(exchange)).venues.binanceSpot?.accounts.main ?? { fills: [] };
    const booked = fills.reduce((sum, { quantity }) => sum + Number(quantity), 0);
    expect([body.executedQty, booked]).toEqual(['9.01000000', 0.01]);
  });

  test.each([
    [429, {}, { code: -1003 }, '1'],
    [429, { retryAfter: 7 }, { code: -1003 }, '7'],
    [418, { retryAfter: 120 }, { code: -1003 }, '120'],
    [403, {}, { text: expect.stringContaining('403 Forbidden') }, null],
    [500, {}, { code: -1000 }, null],
    [502, { html: true }, { text: expect.stringContaining('502') }, null],
    [503, {}, { code: -1000, msg: expect.stringContaining('Unknown error') }, null],
  ] as const)('http %d %j at Binance', async (status, args, body, retryAfter) => {
    const exchange = await start();
    await fault(exchange, { kind: 'http', count: 1, args: { status, ...args } });
    const answer = await binance(exchange, 'POST /bspot/api/v3/order', buy);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect(answer.body).toMatchObject(body);
    expect((await truthOf(exchange)).venues.binanceSpot?.accounts.main?.orders).toEqual([]);
  });

  test.each([
    [520, '<html>'],
    [503, 'EService:Unavailable'],
    [500, 'EService:Busy'],
    [429, 'EAPI:Rate limit exceeded'],
  ] as const)('http %d at Kraken', async (status, text) => {
    const exchange = await start();
    await fault(exchange, { kind: 'http', match: { venue: 'kraken' }, args: { status } });
    const response = await fetch(`${exchange.url}/kr/0/public/Time`);
    expect(response.status).toBe(status === 520 ? 520 : 200);
    expect(await response.text()).toContain(text);
  });

  test('http 429 with a time to come back: Kraken names the second', async () => {
    const exchange = await start();
    await fault(exchange, { kind: 'http', count: 1, match: { venue: 'kraken' }, args: { status: 429, retryAfter: 7 } });
    const second = Math.ceil(exchange.simulation.wireMs() / 1000) + 7;
    expect((await kraken(exchange, 'Balance')).error).toEqual([`EService: Throttled: ${second}`]);
  });

  test('ban: 418 until it is over at Binance, a lockout at Kraken', async () => {
    const exchange = await start();
    await fault(exchange, { kind: 'ban', count: 1, match: { venue: 'binanceSpot' }, args: { ms: 30_000 } });
    await fault(exchange, { kind: 'ban', count: 1, match: { venue: 'krakenSpot' }, args: { ms: 30_000 } });
    const both = async () => [
      (await binance(exchange, 'GET /bspot/api/v3/account')).status,
      (await kraken(exchange, 'Balance')).error,
    ];
    expect(await both()).toEqual([418, ['EGeneral:Temporary lockout']]);
    await advance(exchange, 29_000);
    expect(await both()).toEqual([418, ['EGeneral:Temporary lockout']]);
    await advance(exchange, 2_000);
    expect(await both()).toEqual([200, []]);
  });
});

describe('limits', () => {
  test("Kraken's counters: 15 calls at once on the lowest tier, history twice as dear, again after a time", async () => {
    const exchange = await start({ krakenTier: 'starter' });
    const errors: unknown[] = [];
    for (let call = 0; call < 8; call += 1) errors.push((await kraken(exchange, 'TradesHistory')).error);
    expect(errors).toEqual([...Array.from({ length: 7 }, () => []), ['EAPI:Rate limit exceeded']]);
    // 16 are used; a call needs the counter at 14.
    await advance(exchange, 7_000);
    expect((await kraken(exchange, 'Balance')).error).toEqual([]);
    expect((await kraken(exchange, 'TradesHistory')).error).toEqual(['EAPI:Rate limit exceeded']);
  });

  test("Kraken's engine: 60 orders on a pair at once, then refusals, another pair not", async () => {
    const exchange = await start({ krakenTier: 'starter' });
    const errors: unknown[] = [];
    for (let order = 0; order < 61; order += 1) errors.push((await kraken(exchange, 'AddOrder', krakenBuy)).error);
    expect(errors.slice(0, 60).every((error) => Array.isArray(error) && error.length === 0)).toBe(true);
    expect(errors[60]).toEqual(['EOrder:Rate limit exceeded']);
    const other = { ...krakenBuy, pair: 'ETHUSD', price: '2000' };
    expect((await kraken(exchange, 'AddOrder', other)).error).toEqual([]);
    await advance(exchange, 3_000);
    expect((await kraken(exchange, 'AddOrder', krakenBuy)).error).toEqual([]);
  });

  test('300 new sockets in five minutes, at most', async () => {
    const exchange = await start();
    const connect = async () => {
      const socket = new WebSocket(`${exchange.ws}/bspot/ws/btcusdt@trade`);
      const outcome = await Promise.race([
        once(socket, 'open').then(() => 'open'),
        once(socket, 'unexpected-response').then(([, response]) => (response as { statusCode: number }).statusCode),
      ]);
      socket.on('error', () => {});
      socket.terminate();
      return outcome;
    };
    const outcomes: unknown[] = [];
    for (let round = 0; round < 301; round += 1) outcomes.push(await connect());
    expect([new Set(outcomes.slice(0, 300)), outcomes[300]]).toEqual([new Set(['open']), 429]);
    await advance(exchange, 300_001);
    expect(await connect()).toBe('open');
  });
});

describe('latency', () => {
  const legs = { inbound: { medianMs: 60, sigma: 0 }, outbound: { medianMs: 60, sigma: 0 } };

  test.each([
    [1, ['event', 'answer']],
    [0, ['answer', 'event']],
  ] as const)('pushFirst %d: %j', async (pushFirst, order) => {
    const exchange = await start({ pushFirst, latency: legs });
    const { body } = await binance(exchange, 'POST /bfut/fapi/v1/listenKey');
    const user = await listen(exchange, `/bfut/private/ws?listenKey=${String(body.listenKey)}`);
    const seen: string[] = [];
    const told = new Promise<void>((resolve) => {
      user.socket.once('message', () => {
        seen.push('event');
        resolve();
      });
    });
    await binance(exchange, 'POST /bfut/fapi/v1/order', { ...buy, quantity: '0.01' }).then(() => seen.push('answer'));
    await told;
    expect(seen).toEqual(order);
  });

  test('an order reaches the engine after its way in: what is too old by then is refused', async () => {
    const exchange = await start({ clock: { mode: 'real' }, latency: legs });
    const timestamp = exchange.simulation.wireMs();
    const send = (recvWindow: number) =>
      binance(exchange, 'POST /bspot/api/v3/order', { ...buy, timestamp, recvWindow });
    expect((await send(20)).body.code).toBe(-1021);
    expect((await send(60_000)).status).toBe(200);
    const { venues, orderRequests } = await truthOf(exchange);
    const [order] = venues.binanceSpot?.accounts.main?.orders ?? [];
    expect(order).toMatchObject({ signedMs: timestamp, deadlineMs: timestamp + 60_000 });
    expect(order?.acceptedMs).toBeGreaterThan(orderRequests[1]?.receivedMs ?? Infinity);
    expect(orderRequests).toMatchObject([
      { account: 'main', signedMs: timestamp, deadlineMs: timestamp + 20, status: 400, refusal: '-1021' },
      { account: 'main', signedMs: timestamp, deadlineMs: timestamp + 60_000, status: 200 },
    ]);
  });
});

describe('/truth of order requests', () => {
  test('batches row by row, refusals with their words, deadlines of both venues', async () => {
    const exchange = await start();
    const rows = ['u-1', 'u-2'].map((newClientOrderId) => ({ ...buy, newClientOrderId }));
    await binance(exchange, 'POST /bfut/fapi/v1/batchOrders', { batchOrders: JSON.stringify(rows) });
    const deadline = new Date(exchange.simulation.wireMs() + 5_000).toISOString();
    await kraken(exchange, 'AddOrder', { ...krakenBuy, cl_ord_id: 'k-1', deadline });
    await advance(exchange, 6_000);
    await kraken(exchange, 'AddOrder', { ...krakenBuy, cl_ord_id: 'k-2', deadline });
    const { orderRequests } = await truthOf(exchange);
    const late = { deadlineMs: Date.parse(deadline), refusal: 'EService:Deadline elapsed' };
    expect(orderRequests).toMatchObject([
      { venue: 'binanceUsdm', clientOrderId: 'u-1', side: 'buy', symbol: 'BTCUSDT', status: 200 },
      { venue: 'binanceUsdm', clientOrderId: 'u-2', side: 'buy', symbol: 'BTCUSDT', status: 200 },
      { venue: 'krakenSpot', clientOrderId: 'k-1', side: 'buy', deadlineMs: Date.parse(deadline) },
      { venue: 'krakenSpot', clientOrderId: 'k-2', ...late },
    ]);
  });
});
