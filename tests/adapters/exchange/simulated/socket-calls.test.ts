import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { SimulationOptions } from '../../../../adapters/exchange/simulated/settings.ts';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { apiFrame, control, kraken, listen } from './raw-client.ts';
import { truthOf } from './truth.ts';

const running: SimulatedExchange[] = [];

afterEach(async () => {
  for (const exchange of running.splice(0)) await exchange.close();
});

type Frame = Readonly<Record<string, unknown>>;

/** A socket that trades, with the order that it sends and how its answers and its events look. */
async function trader(venue: 'binanceSpot' | 'krakenSpot', options: SimulationOptions = {}) {
  const exchange = await startSimulatedExchange({ historyMinutes: 60, clock: { mode: 'manual' }, ...options });
  running.push(exchange);
  const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '60000' };
  const tokenOf = async () => ((await kraken(exchange, 'GetWebSocketsToken')).result as { token: string }).token;
  const token = venue === 'krakenSpot' ? await tokenOf() : '';
  const [subscribe, place] =
    venue === 'krakenSpot'
      ? [
          { method: 'subscribe', params: { channel: 'executions', token } },
          {
            method: 'add_order',
            params: {
              order_type: 'limit',
              side: 'buy',
              symbol: 'BTC/USD',
              order_qty: 0.01,
              limit_price: 60_000,
              token,
            },
            req_id: 7,
          },
        ]
      : [apiFrame(exchange, 1, 'userDataStream.subscribe.signature', {}), apiFrame(exchange, 7, 'order.place', order)];
  const client = await listen(exchange, venue === 'krakenSpot' ? '/kr/ws-auth/v2' : '/bspot/ws-api/v3', subscribe);
  const parsed = () => client.frames.map((text) => JSON.parse(text) as Frame);
  const isAnswer = ({ id, req_id: reqId }: Frame) => id === 7 || reqId === 7;
  const isEvent = ({ event, channel, type }: Frame) =>
    channel === 'executions' ? type === 'update' : (event as Frame | undefined)?.e === 'executionReport';
  return {
    ...client,
    exchange,
    place: () => client.socket.send(JSON.stringify(place)),
    fault: (body: object) => control(exchange, '/fault', { match: { venue }, count: 1, ...body }),
    answers: () => parsed().filter(isAnswer),
    events: () => parsed().filter(isEvent),
    order: () => parsed().flatMap((frame) => (isAnswer(frame) ? ['answer'] : isEvent(frame) ? ['event'] : [])),
    orders: async () => (await truthOf(exchange)).venues[venue]?.accounts.main?.orders.length,
    request: async () => (await truthOf(exchange)).orderRequests.at(-1),
  };
}

const venues = ['binanceSpot', 'krakenSpot'] as const;

describe.each(venues)('orders on the socket of %s', (venue) => {
  test('without a fault: answered, and the order stands', async () => {
    const { place, settled, answers, orders } = await trader(venue);
    place();
    await settled();
    expect([answers().length, await orders()]).toEqual([1, 1]);
    expect(answers()[0]).toMatchObject(venue === 'krakenSpot' ? { success: true } : { status: 200 });
  });

  test('accept-then-hang: no answer, and the order stands', async () => {
    const { place, fault, settled, answers, events, orders, request } = await trader(venue);
    await fault({ kind: 'accept-then-hang' });
    place();
    await settled();
    expect([answers(), await orders()]).toEqual([[], 1]);
    expect(events().length).toBeGreaterThan(0);
    expect(await request()).toMatchObject({ account: 'main', fault: 'accept-then-hang' });
    place();
    await settled();
    expect(answers()).toHaveLength(1);
  });

  test('accept-then-reset: the socket is cut, and the order stands', async () => {
    const { place, fault, socket, answers, orders } = await trader(venue);
    await fault({ kind: 'accept-then-reset' });
    place();
    await once(socket, 'close');
    expect([answers(), await orders()]).toEqual([[], 1]);
  });

  test.each(['accept-then-5xx', 'accept-then-1007'])('%s: an error, and the order stands', async (kind) => {
    const { place, fault, settled, answers, orders } = await trader(venue);
    await fault({ kind });
    place();
    await settled();
    expect(answers()).toMatchObject([{ error: expect.anything() as unknown }]);
    expect(await orders()).toBe(1);
  });

  test.each([
    [
      'http',
      { status: 503 },
      { binanceSpot: { status: 503, error: { code: -1000 } }, krakenSpot: { error: 'EService:Unavailable' } },
    ],
    ['http', { status: 502, html: true }, { binanceSpot: { status: 502 }, krakenSpot: { success: false } }],
    ['ban', {}, { binanceSpot: { status: 418 }, krakenSpot: { error: 'EGeneral:Temporary lockout' } }],
  ] as const)('%s %j: an error, and no order', async (kind, args, expected) => {
    const { place, fault, settled, answers, orders } = await trader(venue);
    await fault({ kind, args });
    place();
    await settled();
    expect(answers()).toMatchObject([expected[venue]]);
    expect(await orders()).toBe(0);
  });

  test('hang-before and reset-before: no answer, and no order', async () => {
    const { place, fault, settled, socket, answers, orders } = await trader(venue);
    await fault({ kind: 'hang-before', match: { venue, method: 'WS', account: 'main', symbol: 'BTC' } });
    place();
    await settled();
    expect([answers(), await orders(), socket.readyState]).toEqual([[], 0, WebSocket.OPEN]);
    await fault({ kind: 'reset-before', match: { venue, path: venue === 'krakenSpot' ? 'add_order' : 'order.place' } });
    place();
    await once(socket, 'close');
    expect(await orders()).toBe(0);
  });

  test.each([
    [1, 'event'],
    [0, 'answer'],
  ] as const)('pushFirst %d: the %s comes first', async (pushFirst, first) => {
    const { place, settled, order } = await trader(venue, { pushFirst });
    place();
    await settled();
    expect(order()[0]).toBe(first);
    expect(new Set(order())).toEqual(new Set(['answer', 'event']));
  });

  test('latency: an order takes its way in and its answer the way out; nothing is overtaken', async () => {
    const leg = { medianMs: 40, sigma: 1 };
    const clock = { mode: 'real' } as const;
    const client = await trader(venue, { latency: { inbound: leg, outbound: leg }, clock, pushFirst: 0 });
    for (let sent = 0; sent < 5; sent += 1) client.place();
    await client.settled();
    expect(client.answers()).toEqual([]); // the pong was quicker
    await expect.poll(() => client.answers().length).toBe(5);
    const ids = client.answers().map(({ result }) => result as { orderId?: number; order_id?: string });
    const numbers = ids.map(({ orderId, order_id: text }) => orderId ?? text ?? '');
    expect(numbers).toEqual(numbers.toSorted((a, b) => (a < b ? -1 : 1)));
    const { accounts } = (await truthOf(client.exchange)).venues[venue] ?? {};
    const { receivedMs = Infinity } = (await client.request()) ?? {};
    expect(accounts?.main?.orders.at(-1)?.acceptedMs).toBeGreaterThan(receivedMs);
  });
});
