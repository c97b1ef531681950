import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pro } from 'ccxt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { projectFolder } from '../../../../config/paths.ts';
import { giveRisingNonces } from './clients.ts';
import { until } from './until.ts';

type Clients = Readonly<{
  binance: InstanceType<typeof pro.binance>;
  kraken: InstanceType<typeof pro.kraken>;
}>;

/** What a reader gets who runs the page's JavaScript as it stands: the import is ccxt's own, `ready` the JSON line. */
async function runDocumented(exchange: SimulatedExchange): Promise<Clients> {
  const page = readFileSync(join(projectFolder, 'docs', 'simulated-exchange.md'), 'utf8');
  const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
  const [first = '', ...rest] = code.split('\n');
  expect(first).toBe("import { pro } from 'ccxt';");
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const run = new AsyncFunction('pro', 'ready', `${rest.join('\n')}\nreturn { binance, kraken };`);
  const ready = { url: exchange.url, ws: exchange.ws, accounts: exchange.accounts };
  const clients = (await run(pro, ready)) as Clients;
  giveRisingNonces(clients.kraken);
  return clients;
}

let exchange: SimulatedExchange;
let clients: Clients;

beforeAll(async () => {
  exchange = await startSimulatedExchange({ historyMinutes: 60, rateLimits: false });
  clients = await runDocumented(exchange);
});

afterAll(async () => {
  await clients.binance.close();
  await clients.kraken.close();
  await exchange.close();
});

describe("the page's ccxt clients", () => {
  test.each([
    ['binance', 'BTC/USDT'],
    ['binance', 'BTC/USDT:USDT'],
    ['kraken', 'BTC/USD'],
  ] as const)('%s %s: reads, trades, watches the market and its own account', async (name, symbol) => {
    const client = clients[name];
    const type = symbol.includes(':') ? { type: 'swap' } : {};
    await client.loadMarkets();
    expect((await client.watchTicker(symbol)).last).toBeGreaterThan(0);
    if (client instanceof pro.kraken) await client.authenticate();
    // In turns: ccxt waits seconds before it subscribes, and a quick machine would have spent all money by then.
    let trades = 0;
    const trade = () => client.createOrder(symbol, 'market', trades++ % 2 === 0 ? 'buy' : 'sell', 0.002);
    expect((await until(client.watchOrders(symbol), trade))[0]).toMatchObject({ symbol });
    expect((await until(client.watchMyTrades(symbol), trade))[0]).toMatchObject({ symbol, takerOrMaker: 'taker' });
    expect((await until(client.watchBalance(type), trade)).total).toEqual(expect.any(Object));
    expect((await client.fetchMyTrades(symbol)).length).toBeGreaterThan(0);
  });

  test.each([
    ['binance', 'BTC/USDT'],
    ['kraken', 'BTC/USD'],
  ] as const)('%s %s: orders on the socket', async (name, symbol) => {
    const client = clients[name];
    const order = await client.createOrderWs(symbol, 'limit', 'buy', 0.001, 60_000);
    expect((await client.fetchOpenOrders(symbol)).map(({ id }) => id)).toEqual([order.id]);
    await client.cancelOrderWs(order.id ?? '', name === 'binance' ? symbol : undefined);
    expect(await client.fetchOpenOrders(symbol)).toEqual([]);
  });
});
