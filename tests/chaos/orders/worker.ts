/**
 * A worker of an episode: the desk's own activities, workflows and adapters, with a counter around the ports of store,
 * venue and guards. Says `worker ready`; ends when its standard input closes.
 */
import { Client } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { OrderActivityPorts } from '../../../activities/orders.ts';
import { openExchange } from '../../../adapters/exchange/open-exchange.ts';
import { hearOwnOrders } from '../../../adapters/feeds/hear-own-orders.ts';
import { openFeed } from '../../../adapters/feeds/open-feed.ts';
import { createSecret } from '../../../adapters/http/secret.ts';
import { openSqliteOrderStore } from '../../../adapters/store/sqlite/index.ts';
import { createAccountGuards } from '../../../adapters/temporal/client/account-guards.ts';
import { connectTemporal } from '../../../adapters/temporal/client/connect.ts';
import { createMarketWorker, createOrdersWorker } from '../../../workers/order-workers.ts';
import { plant } from './planted.ts';
import { createPortCalls, readStrike } from './port-calls.ts';
import { chaosAccount, type ChaosWorker } from './worker-settings.ts';

const settings = JSON.parse(process.env.CHAOS_WORKER ?? '{}') as ChaosWorker;
const { address, namespace, venue, baseUrl, keys, traits } = settings;

Runtime.install({ logger: new DefaultLogger('ERROR') });
const calls = createPortCalls(settings.callsFile, readStrike(settings.strike));
const { connection } = await connectTemporal({
  settings: { address, namespace, givenBy: undefined, access: {} },
  limitMs: 60_000,
});
const native = await NativeConnection.connect({ address });
const client = new Client({ connection, namespace });

const secrets = { apiKey: createSecret(keys.apiKey), secret: createSecret(keys.secret) };
const open = async () => {
  const account = { name: chaosAccount, venue, baseUrl, krakenTier: 'pro' } as const;
  return openExchange(account, secrets, { ...(traits && { traits }) });
};
const sound = {
  orders: openSqliteOrderStore(settings.storeFile),
  guards: createAccountGuards({ client, taskQueue: 'orders' }),
  exchange: await open(),
};
const planted = plant(settings.planted, sound, keys.apiKey);
const exchange = calls.watch('exchange', planted.exchange);

/** What the streams say only has the workers look: their calls are counted, those of the streams are not. */
const streams = new AbortController();

const ports: OrderActivityPorts = {
  orders: calls.watch('store', planted.orders),
  guards: calls.watch('guards', planted.guards),
  accounts: {
    list: () => [{ account: chaosAccount, venue, mode: 'paper' }],
    exchange: () => Promise.resolve(exchange),
    hearOrders: async (_, listener) => {
      void hearOwnOrders(openFeed(venue, { baseUrl, own: { keys: secrets } }), listener, streams.signal);
      return true;
    },
    close: () => exchange.close(),
  },
  settingsOf: () => settings.settings,
  nowMs: () => Date.now(),
};

const common = { connection: native, namespace, workflowBundle: { codePath: settings.bundle }, orders: ports };
const workers = await Promise.all([createOrdersWorker('orders', common), createMarketWorker('market', common)]);
const running = Promise.all(workers.map((worker) => worker.run()));
process.stdout.write('worker ready\n');
process.stdin.on('close', () => {
  streams.abort();
  for (const worker of workers) worker.shutdown();
});
process.stdin.resume();
await running;
process.exit(0);
