import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { apiFrame, kraken, listen } from './raw-client.ts';

let exchange: SimulatedExchange;

beforeEach(async () => {
  exchange = await startSimulatedExchange({ historyMinutes: 60, clock: { mode: 'manual' } });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await exchange.close();
});

async function answersTo(path: string, frame: string): Promise<unknown[]> {
  const client = await listen(exchange, path);
  client.frames.length = 0;
  client.socket.send(frame);
  await client.settled();
  client.close();
  return client.frames.map((text) => JSON.parse(text) as unknown);
}

const stillThere = async () => (await fetch(`${exchange.url}/bspot/api/v3/ping`)).status;

describe('frames that no venue understands', () => {
  const strange = ['{', 'null', '[]', '1', '"x"', '{}', '{"method":5}', '{"method":"__proto__"}'];
  const withParams = ['null', '5', '"x"', '[]', '[null]', '{"symbol":{"toString":1,"valueOf":1}}', '{"symbol":null}'];

  test.each(['order.place', 'depth', 'userDataStream.subscribe.signature', 'userDataStream.unsubscribe'])(
    'WebSocket API, %s: each is answered and the exchange goes on',
    async (method) => {
      const frames = [...strange, ...withParams.map((params) => `{"id":1,"method":"${method}","params":${params}}`)];
      for (const frame of frames) {
        expect(await answersTo('/bspot/ws-api/v3', frame), frame).toEqual([
          expect.objectContaining({ status: expect.any(Number) }),
        ]);
      }
      expect(await stillThere()).toBe(200);
    },
  );

  test('params that are no object are an invalid request', async () => {
    const answers = await answersTo('/bspot/ws-api/v3', '{"id":7,"method":"order.place","params":null}');
    expect(answers).toMatchObject([{ status: 400, error: { code: -1135 } }]);
  });

  test.each([
    ['/bspot/ws', 'SUBSCRIBE'],
    ['/bfut/public/ws', 'UNSUBSCRIBE'],
    ['/kr/ws/v2', 'subscribe'],
    ['/kr/ws-auth/v2', 'add_order'],
    ['/kr/ws-auth/v2', 'batch_add'],
    ['/kr/ws-auth/v2', 'cancel_order'],
  ])('%s, %s: each is answered and the exchange goes on', async (path, method) => {
    for (const frame of [...strange, ...withParams.map((params) => `{"method":"${method}","params":${params}}`)]) {
      expect((await answersTo(path, frame)).length, frame).toBeGreaterThan(0);
    }
    expect(await stillThere()).toBe(200);
  });
});

describe('a defect of the simulator itself', () => {
  let said: string;

  beforeEach(() => {
    said = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += String(text);
      return true;
    });
    for (const name of exchange.simulation.names) {
      exchange.simulation.onEvent(name, (event) => {
        if (event.type === 'order') throw new Error('a listener that fails');
      });
    }
  });

  test('WebSocket API: 500, and the next request is answered', async () => {
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01' };
    const frame = JSON.stringify(apiFrame(exchange, 1, 'order.place', order));
    expect(await answersTo('/bspot/ws-api/v3', frame)).toMatchObject([{ status: 500, error: { code: -1000 } }]);
    expect(said).toContain('a listener that fails');
    expect(await answersTo('/bspot/ws-api/v3', '{"id":2,"method":"ping"}')).toMatchObject([{ id: 2, status: 200 }]);
  });

  test('Kraken: an internal error, and the next request is answered', async () => {
    const { result } = await kraken(exchange, 'GetWebSocketsToken');
    const order = { order_type: 'market', side: 'buy', symbol: 'BTC/USD', order_qty: 0.01 };
    const params = { ...order, token: (result as { token: string }).token };
    const answers = await answersTo('/kr/ws-auth/v2', JSON.stringify({ method: 'add_order', params }));
    expect(answers).toMatchObject([{ success: false, error: expect.stringContaining('EGeneral:Internal error') }]);
    expect(await answersTo('/kr/ws/v2', '{"method":"ping","req_id":2}')).toMatchObject([{ method: 'pong', req_id: 2 }]);
  });
});
