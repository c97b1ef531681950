import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../../adapters/exchange/simulated/start.ts';
import { binanceClient } from '../clients.ts';
import { until } from '../until.ts';

let exchange: SimulatedExchange;
let client: Awaited<ReturnType<typeof binanceClient>>;

beforeAll(async () => {
  exchange = await startSimulatedExchange({ venues: ['binanceSpot'], historyMinutes: 1500, takersPerSecond: 20 });
  client = await binanceClient(exchange);
  client.options.fetchMarkets = { types: ['spot'] };
  await client.loadMarkets();
});

afterAll(async () => {
  await client.close();
  await exchange.close();
});

const symbol = 'BTC/USDT';

describe('stock ccxt.pro', () => {
  test('watches ticker, trades, candles, book and best prices', async () => {
    const [ticker, trades, candles, book, bids] = await Promise.all([
      client.watchTicker(symbol),
      client.watchTrades(symbol),
      client.watchOHLCV(symbol, '1m'),
      client.watchOrderBook(symbol),
      client.watchBidsAsks([symbol]),
    ]);
    expect(ticker.last).toBeGreaterThan(0);
    expect(trades[0]).toMatchObject({ symbol, side: expect.stringMatching(/buy|sell/) });
    expect(candles[0]).toHaveLength(6);
    expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] ?? 0);
    expect(bids[symbol]?.bid).toBeLessThan(bids[symbol]?.ask ?? 0);
  });

  test('watches own orders, fills and balances, which agree with REST', async () => {
    const buy = () => client.createOrder(symbol, 'market', 'buy', 0.01);
    expect((await until(client.watchOrders(symbol), buy))[0]).toMatchObject({ symbol });
    const [fill] = await until(client.watchMyTrades(symbol), buy);
    const balance = until(client.watchBalance(), buy);
    expect((await client.fetchMyTrades(symbol)).map(({ id }) => id)).toContain(fill?.id);
    expect((await balance).free).toMatchObject({ BTC: expect.any(Number) });
  });
});

type Depth = Readonly<{ e: string; U: number; u: number; b: [string, string][]; a: [string, string][] }>;

const socketTo = (path: string) => new WebSocket(`${exchange.ws}${path}`);

describe('a raw client', () => {
  test("keeps a book by the recipe of Binance's documentation", async () => {
    const socket = socketTo('/bspot/ws/btcusdt@depth@100ms');
    const events: Depth[] = [];
    const enough = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        events.push(JSON.parse(data.toString()) as Depth);
        if (events.length === 25) resolve();
      });
    });
    const first = new Promise((resolve) => socket.once('message', resolve));
    await first;
    const depth = async () => {
      const response = await fetch(`${exchange.url}/bspot/api/v3/depth?symbol=BTCUSDT&limit=1000`);
      return (await response.json()) as { lastUpdateId: number; bids: [string, string][]; asks: [string, string][] };
    };
    const snapshot = await depth();
    await enough;
    const applied = events.filter(({ u }) => u > snapshot.lastUpdateId);
    expect(applied[0]?.U).toBeLessThanOrEqual(snapshot.lastUpdateId + 1);
    const sides = { b: new Map(snapshot.bids), a: new Map(snapshot.asks) };
    for (const [index, event] of applied.entries()) {
      expect(event.U).toBe(index === 0 ? event.U : (applied[index - 1]?.u ?? 0) + 1);
      for (const side of ['b', 'a'] as const) {
        for (const [price, quantity] of event[side]) {
          if (Number(quantity) === 0) sides[side].delete(price);
          else sides[side].set(price, quantity);
        }
      }
      expect(Math.max(...[...sides.b.keys()].map(Number))).toBeLessThan(Math.min(...[...sides.a.keys()].map(Number)));
    }
    expect(sides.b.size).toBeLessThan(60);
    socket.close();
  });

  test('subscribes, lists, unsubscribes, and is told what is wrong', async () => {
    const socket = socketTo('/bspot/ws');
    await new Promise((resolve) => socket.once('open', resolve));
    const answers = new Map<unknown, (body: unknown) => void>();
    socket.on('message', (data: Buffer) => {
      const body = JSON.parse(data.toString()) as { id?: unknown };
      if ('id' in body) answers.get(body.id)?.(body);
    });
    const ask = (method: string, params: unknown, id: number) =>
      new Promise((resolve) => {
        answers.set(id, resolve);
        socket.send(JSON.stringify({ method, params, id }));
      });
    expect(await ask('SUBSCRIBE', ['btcusdt@trade'], 1)).toEqual({ result: null, id: 1 });
    expect(await ask('LIST_SUBSCRIPTIONS', undefined, 2)).toEqual({ result: ['btcusdt@trade'], id: 2 });
    expect(await ask('UNSUBSCRIBE', ['btcusdt@trade'], 3)).toEqual({ result: null, id: 3 });
    expect(await ask('SHOUT', [], 4)).toMatchObject({ error: { code: 2 }, id: 4 });
    socket.close();
  });

  test('who talks too fast is cut off with 1008', async () => {
    const socket = socketTo('/bspot/ws');
    await new Promise((resolve) => socket.once('open', resolve));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    for (let id = 0; id < 12; id += 1) socket.send(JSON.stringify({ method: 'LIST_SUBSCRIPTIONS', id }));
    expect(await closed).toBe(1008);
  });

  test('a combined socket wraps its frames', async () => {
    const socket = socketTo('/bspot/stream?streams=btcusdt@bookTicker/ethusdt@bookTicker');
    const data = await new Promise((resolve) =>
      socket.once('message', (frame: Buffer) => resolve(JSON.parse(frame.toString()))),
    );
    expect(data).toMatchObject({ stream: expect.stringMatching(/@bookTicker$/), data: { u: expect.any(Number) } });
    socket.close();
  });
});
