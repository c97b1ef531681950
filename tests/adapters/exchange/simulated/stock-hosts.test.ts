import { readFileSync } from 'node:fs';
import { connect as connectTcp, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { pro } from 'ccxt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { projectFolder } from '../../../../config/paths.ts';
import { binanceClient } from './clients.ts';
import { control } from './raw-client.ts';

/**
 * Stock ccxt with its stock addresses: every connection that it opens ends, TLS and all, at the simulator. Here its
 * tables of errors are those of the real host, which they are not on a local address.
 */

const pem = (name: string) => readFileSync(join(projectFolder, 'tests/fixtures/sources/tls', `${name}.pem`));

let exchange: SimulatedExchange;
let tlsPort: number;
let close: () => void;

/** Decrypts, and hands on to the simulator. */
beforeAll(async () => {
  exchange = await startSimulatedExchange({ rateLimits: false });
  const server = createServer({ key: pem('key'), cert: pem('cert') }, (client) => {
    const upstream = connectTcp(exchange.port, '127.0.0.1');
    client.pipe(upstream).pipe(client);
    for (const [one, other] of [[client, upstream] as const, [upstream, client] as const])
      one.on('error', () => other.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  tlsPort = (server.address() as AddressInfo).port;
  close = () => server.close();
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  close();
  await exchange.close();
});

const hosts: string[] = [];
type Client = InstanceType<typeof pro.binance> | InstanceType<typeof pro.kraken>;

const clients: Client[] = [];

type Undici = Readonly<{ Agent: new (options: object) => unknown }>;
type Dialled = Readonly<{ hostname: string }>;

/** The client's own Agent, whose connector dials the simulator whatever the name. */
async function redirected<Some extends Client>(client: Some): Promise<Some> {
  clients.push(client);
  const internals = client as unknown as { undiciModule: Undici; fetchDispatcher: unknown };
  await client.loadFetchImplementation();
  internals.fetchDispatcher = new internals.undiciModule.Agent({
    connect: ({ hostname }: Dialled, done: (error: Error | null, socket?: unknown) => void) => {
      hosts.push(hostname);
      const socket = connect({ host: '127.0.0.1', port: tlsPort, servername: hostname, rejectUnauthorized: false });
      socket.once('secureConnect', () => done(null, socket));
      socket.once('error', (error) => done(error));
    },
  });
  return client;
}

const options = { fetchMarkets: { types: ['spot', 'linear'] }, fetchCurrencies: false, fetchMargins: false };

const keys = () => exchange.accounts[0] ?? { apiKey: '', secret: '', krakenKey: '', krakenSecret: '' };

const stockBinance = () =>
  redirected(new pro.binance({ apiKey: keys().apiKey, secret: keys().secret, enableRateLimit: false, options }));

const stockKraken = () =>
  redirected(new pro.kraken({ apiKey: keys().krakenKey, secret: keys().krakenSecret, enableRateLimit: false }));

const perpetual = 'BTC/USDT:USDT';

describe('stock addresses over TLS', () => {
  test('every call goes to a host of the venue, and all of them are answered', async () => {
    const [binance, kraken] = [await stockBinance(), await stockKraken()];
    for (const [client, symbols] of [
      [binance, ['BTC/USDT', perpetual]],
      [kraken, ['BTC/USD']],
    ] as const) {
      await client.loadMarkets();
      for (const symbol of symbols) {
        const order = await client.createOrder(symbol, 'limit', 'buy', 0.01, 60_000);
        expect((await client.fetchOpenOrders(symbol)).map(({ id }) => id)).toEqual([order.id]);
        await client.cancelOrder(order.id ?? '', symbol);
        expect((await client.fetchTicker(symbol)).last).toBeGreaterThan(0);
      }
      await client.fetchBalance();
    }
    expect(new Set(hosts)).toEqual(new Set(['api.binance.com', 'fapi.binance.com', 'api.kraken.com']));
    expect(((await control(exchange, '/truth')) as { unknownRoutes: unknown }).unknownRoutes).toEqual([]);
  });

  /** The class that ccxt makes of a refusal, and whether its text has the venue's code. */
  const failure = async (call: Promise<unknown>, code: string) => {
    const error: unknown = await call.then(
      () => 'no failure',
      (thrown: unknown) => thrown,
    );
    return error instanceof Error ? [error.constructor.name, error.message.includes(code)] : [error, false];
  };

  test.each([
    ['no margin', { amount: 5000 }, '-2019', 'InsufficientFunds'],
    ['too small', { amount: 0.001, price: 20_000 }, '-4164', 'InvalidOrder'],
    ['post-only that takes', { price: 90_000, params: { timeInForce: 'GTX' } }, '-5022', 'OrderNotFillable'],
    ['reduce-only without a position', { params: { reduceOnly: true } }, '-2022', 'InvalidOrder'],
  ] as const)('%s, %j: code %s is %s there and a plain ExchangeError here', async (_, change, code, name) => {
    const { amount, price, params } = { amount: 0.01, price: 60_000, params: {}, ...change };
    const local = await binanceClient(exchange);
    clients.push(local);
    const refusal = (client: typeof local) =>
      failure(client.createOrder(perpetual, 'limit', 'buy', amount, price, params), code);
    expect(await refusal(await stockBinance())).toEqual([name, true]);
    expect(await refusal(local)).toEqual(['ExchangeError', true]);
  });
});
