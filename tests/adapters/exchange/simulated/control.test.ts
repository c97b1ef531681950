import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { binance, control, kraken, listen } from './raw-client.ts';
import { truthOf } from './truth.ts';

let exchange: SimulatedExchange;

beforeAll(async () => {
  exchange = await startSimulatedExchange({ historyMinutes: 60, clock: { mode: 'manual' } });
});

afterEach(() => control(exchange, '/faults/clear', {}));

afterAll(() => exchange.close());

const buyAs = { venue: 'binanceSpot', symbol: 'BTCUSDT', side: 'buy' };

describe('what is refused, with 400 and the field', () => {
  test.each<[path: string, body: object, message: string]>([
    ['/fault', { kind: 'earthquake' }, 'kind: expected reset-before'],
    ['/fault', {}, 'kind: expected reset-before'],
    ['/fault', { kind: 'gap', cuont: 1 }, 'cuont'],
    ['/fault', { kind: 'gap', match: 'abc' }, 'match: '],
    ['/fault', { kind: 'gap', match: null }, 'match: '],
    ['/fault', { kind: 'gap', match: { pth: 'order' } }, 'pth'],
    ['/fault', { kind: 'gap', match: { symbol: 5 } }, 'match.symbol: '],
    ['/fault', { kind: 'gap', p: 7 }, 'p: '],
    ['/fault', { kind: 'gap', p: 0 }, 'p: '],
    ['/fault', { kind: 'gap', p: 'x' }, 'p: '],
    ['/fault', { kind: 'gap', count: -1 }, 'count: '],
    ['/fault', { kind: 'gap', count: 1.5 }, 'count: '],
    ['/fault', { kind: 'gap', fromMs: 2, toMs: 1 }, 'toMs: '],
    ['/fault', { kind: 'http', args: 5 }, 'args: '],
    ['/fault', { kind: 'http', args: { status: 'x' } }, 'args.status: '],
    ['/fault', { kind: 'http', args: { status: 99_999 } }, 'args.status: '],
    ['/fault', { kind: 'http', args: { status: 99 } }, 'args.status: '],
    ['/fault', { kind: 'slow', args: { ms: -1 } }, 'args.ms: '],
    ['/fault', { kind: 'maintenance', args: { mode: 'asleep' } }, 'args.mode: '],
    ...[5, 999, 1004, 1005, 1015, 2999, 5000, 1000.5].map((code): [string, object, string] => [
      '/fault',
      { kind: 'ws-close', args: { code } },
      'args.code: ',
    ]),
    ['/disconnect', { code: 5 }, 'code: '],
    ['/disconnect', { match: { account: 'nobody' } }, 'account: expected one of main'],
    ['/disconnect', { match: { symbol: 'BTCUSDT' } }, 'match'],
    ['/disconnect', { match: 5 }, 'match: '],
    ['/ban', { ms: 1000 }, 'expected either account or ip'],
    ['/ban', { account: 'main', ip: '127.0.0.1', ms: 1000 }, 'expected either account or ip'],
    ['/ban', { account: 'nobody', ms: 1000 }, 'account: expected one of main'],
    ['/ban', { ip: 'here', ms: 1000 }, 'ip: '],
    ['/ban', { account: 'main', ms: -5 }, 'ms: '],
    ['/advance', {}, 'ms: '],
    ['/advance', { ms: 'soon' }, 'ms: expected a number'],
    ['/advance', { ms: -5 }, 'ms: '],
    ['/price', { symbol: 'BTC', price: -1 }, 'price: expected a number above 0'],
    ['/price', { symbol: 'BTC', price: 'much' }, 'price: expected a number or a decimal text'],
    ['/price', { symbol: 'NOPE', price: 1 }, 'symbol: nothing is traded as NOPE'],
    ['/order-as', { ...buyAs, symbol: 'FOO', quantity: '1' }, 'no market FOO'],
    ['/order-as', { ...buyAs, quantity: -1 }, 'quantity: expected above 0'],
    ['/order-as', { ...buyAs, quantity: '0.1', account: 'nobody' }, 'account: expected one of main'],
    ['/order-as', { ...buyAs, side: 'hold', quantity: 1 }, 'side: expected buy or sell'],
    ['/account', { id: '' }, 'id: '],
    ['/account', { id: 'main' }, 'there is an account main'],
    ['/account', { id: 'x', trade: 'yes' }, 'trade: '],
  ])('%s %j: %s', async (path, body, message) => {
    const response = await fetch(`${exchange.control}${path}`, { method: 'POST', body: JSON.stringify(body) });
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: string }).error).toContain(message);
    expect((await truthOf(exchange)).faults).toMatchObject({ active: [] });
  });
});

describe('what is taken', () => {
  test.each([1000, 1014, 3000, 4999, 1006])(
    'ws-close %d: sockets close with it, the exchange goes on',
    async (code) => {
      const { socket } = await listen(exchange, '/bspot/ws/btcusdt@depth@100ms');
      expect(await control(exchange, '/fault', { kind: 'ws-close', count: 1, args: { code } })).toMatchObject({
        args: { code },
      });
      const closed = once(socket, 'close');
      await control(exchange, '/advance', { ms: 300 });
      expect((await closed)[0]).toBe(code);
    },
  );

  test('amounts as numbers and as texts', async () => {
    for (const price of [65_000, '65000.5'])
      expect(await control(exchange, '/price', { symbol: 'BTC', price })).toMatchObject({ price: Number(price) });
    for (const quantity of [0.1, '0.1', 1e-5])
      expect(await control(exchange, '/order-as', { ...buyAs, quantity })).toMatchObject({ status: 'filled' });
  });

  test("disconnect by account: that account's sockets and no other", async () => {
    const { result } = await kraken(exchange, 'GetWebSocketsToken');
    const params = { channel: 'balances', token: (result as { token: string }).token };
    const own = await listen(exchange, '/kr/ws-auth/v2', { method: 'subscribe', params });
    const { body } = await binance(exchange, 'POST /bfut/fapi/v1/listenKey');
    const futures = await listen(exchange, `/bfut/private/ws?listenKey=${String(body.listenKey)}`);
    const market = await listen(exchange, '/bspot/ws/btcusdt@trade');
    const closed = Promise.all([once(own.socket, 'close'), once(futures.socket, 'close')]);
    expect(await control(exchange, '/disconnect', { match: { account: 'main' } })).toEqual({ closed: 2 });
    await closed;
    expect(await control(exchange, '/disconnect', { match: { venue: 'binanceSpot', path: 'trade' } })).toEqual({
      closed: 1,
    });
    await once(market.socket, 'close');
  });
});

describe('bans', () => {
  const statuses = async () => [
    (await binance(exchange, 'GET /bspot/api/v3/account')).status,
    (await binance(exchange, 'GET /bfut/fapi/v3/account')).status,
    (await kraken(exchange, 'Balance')).error,
    (await fetch(`${exchange.url}/bspot/api/v3/time`)).status,
  ];

  test.each([
    [{ ip: '10.9.9.9' }, [200, 200, [], 200]],
    [{ account: 'main' }, [418, 418, ['EGeneral:Temporary lockout'], 200]],
    [{ ip: '127.0.0.1' }, [418, 418, ['EGeneral:Temporary lockout'], 418]],
  ])('%j: %j', async (who, expected) => {
    await control(exchange, '/ban', { ...who, ms: 30_000 });
    expect(await statuses()).toEqual(expected);
    await control(exchange, '/advance', { ms: 31_000 });
    expect(await statuses()).toEqual([200, 200, [], 200]);
  });
});
