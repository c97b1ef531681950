import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../../adapters/exchange/simulated/start.ts';
import { binance, control, listen } from '../raw-client.ts';

let exchange: SimulatedExchange;

beforeAll(async () => {
  exchange = await startSimulatedExchange({
    historyMinutes: 60,
    clock: { mode: 'manual' },
    takersPerSecond: 50,
    rateLimits: false,
  });
});

afterAll(() => exchange.close());

const json = (frame: string) => JSON.parse(frame) as Record<string, unknown>;

/** A stream that is confirmed and then says nothing cannot be told from a market that stands still. */
const silent = {
  '/bspot/ws': [
    'btcusdt@kline_1s',
    'btcusdt@ticker_1h',
    '!ticker_1h@arr',
    'btcusdt@markPrice',
    'btcusdt',
    'btcusdt@nonsense',
  ],
  '/bfut/market/ws': [
    'btcusdt@forceOrder',
    '!forceOrder@arr',
    'btcusdt_perpetual@continuousKline_1m',
    'btcusdt@avgPrice',
  ],
};

const served = {
  '/bspot/ws': [
    'trade',
    'aggTrade',
    'ticker',
    'miniTicker',
    'bookTicker',
    'depth',
    'depth@100ms',
    'depth@1000ms',
    'depth5',
    'depth10@100ms',
    'depth20',
    'kline_1m',
    'kline_1M',
    'avgPrice',
  ]
    .map((name) => `btcusdt@${name}`)
    .concat('!ticker@arr', '!miniTicker@arr', '!bookTicker'),
  '/bfut/market/ws': [
    'trade',
    'aggTrade',
    'ticker',
    'miniTicker',
    'bookTicker',
    'depth',
    'depth@0ms',
    'depth@100ms',
    'depth@250ms',
    'depth@500ms',
    'depth5',
    'depth10@100ms',
    'depth20@500ms',
    'kline_1d',
    'markPrice',
    'markPrice@1s',
  ]
    .map((name) => `btcusdt@${name}`)
    .concat('!ticker@arr', '!miniTicker@arr', '!bookTicker', '!markPrice@arr', '!markPrice@arr@1s'),
};

const paths = ['/bspot/ws', '/bfut/market/ws'] as const;

test.each(paths)('%s: what is not simulated is refused by name, subscribed or in the address', async (path) => {
  for (const stream of silent[path]) {
    const client = await listen(exchange, path, { method: 'SUBSCRIBE', params: ['btcusdt@trade', stream], id: 1 });
    expect(client.frames.map(json)).toEqual([
      { error: { code: 2, msg: `Invalid request: stream ${stream} is not simulated` }, id: 1 },
    ]);
    client.close();
    if (!stream.includes('@')) continue;
    const socket = new WebSocket(`${exchange.ws}${path}/${stream}`);
    const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1008, `stream ${stream} is not simulated`]);
  }
});

test.each(paths)('%s: whatever is taken speaks within five seconds', async (path) => {
  const streams = served[path];
  const client = await listen(exchange, path.replace('/ws', `/stream?streams=${streams.join('/')}`));
  for (let second = 0; second < 5; second += 1) await control(exchange, '/advance', { ms: 1000 });
  await client.settled();
  expect(new Set(client.frames.map((frame) => json(frame).stream))).toEqual(new Set(streams));
  client.close();
});

test('the average price of the stream is that of REST', async () => {
  const client = await listen(exchange, '/bspot/ws/btcusdt@avgPrice');
  client.frames.length = 0;
  await control(exchange, '/advance', { ms: 1000 });
  await client.settled();
  const { body } = await binance(exchange, 'GET /bspot/api/v3/avgPrice', { symbol: 'BTCUSDT' });
  expect(json(client.frames.at(-1) ?? '{}')).toMatchObject({ e: 'avgPrice', s: 'BTCUSDT', i: '5m', w: body.price });
  client.close();
});
