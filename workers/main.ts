/**
 * The worker process: `node workers/main.ts [--queues desk,compute,orders,market] [--verify] [--address host:port]`. It
 * ends in order when told to (SIGINT, SIGTERM), with `--with-parent` also when its standard input closes. `--after-crash` says that it
 * takes the place of a worker that was killed.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Client } from '@temporalio/client';
import {
  DefaultLogger,
  type LogEntry,
  makeTelemetryFilterString,
  NativeConnection,
  Runtime,
  type Worker,
} from '@temporalio/worker';
import { codeVersion } from '../adapters/code-version.ts';
import { openAccounts } from '../adapters/credentials/open-accounts.ts';
import { duckDbFeatureStores } from '../adapters/feature-store/duckdb-feature-stores.ts';
import { createPluginCompute } from '../adapters/plugins/compute.ts';
import { openFetchHalves } from '../adapters/sources/fetch-halves.ts';
import { openBlobs } from '../adapters/store/blobs.ts';
import { openOrderStore } from '../adapters/store/open-order-store.ts';
import { openStore } from '../adapters/store/open-store.ts';
import { forgetCaches } from '../adapters/temporal-worker/forget-caches.ts';
import { verifyHistories } from '../adapters/temporal-worker/verify-histories.ts';
import { workflowBundle } from '../adapters/temporal-worker/workflow-bundle.ts';
import { createAccountGuards } from '../adapters/temporal/client/account-guards.ts';
import { connectTemporal } from '../adapters/temporal/client/connect.ts';
import { ensureSearchAttributes } from '../adapters/temporal/client/search-attributes.ts';
import { currentSettings } from '../adapters/temporal/client/settings.ts';
import { createThreadPool } from '../adapters/threads/pool.ts';
import { createValidationCompute } from '../adapters/validation/compute.ts';
import { createReadDeployed } from '../adapters/validation/deployed.ts';
import { loadOrderSettings } from '../config/orders.ts';
import { computingThreads, loadParallelValidation } from '../config/parallel-validation.ts';
import { DeskError, errorDocument, errorLine, errorRules } from '../core/errors.ts';
import type { StrategyOutcome } from '../core/validation/run.ts';
import { ordersQueue } from '../workflows/activity-options.ts';
import { workerEndedText } from '../activities/with-heartbeat.ts';
import { createComputeWorker, createDeskWorker, type DeskPorts } from './desk-workers.ts';
import { watchOpenOrders } from './watch-open-orders.ts';
import { createMarketWorker, createOrdersWorker, type OrderWorkerPorts } from './order-workers.ts';

type Arguments = Readonly<{
  queues: readonly string[];
  verify: boolean;
  address: string | undefined;
  withParent: boolean;
  afterCrash: boolean;
}>;

/** A queue is what its name begins with: `orders`, or `orders-7` of a second desk on the same server. */
const kinds = ['desk', 'compute', 'orders', 'market'] as const;

const kindOf = (queue: string) => kinds.find((kind) => queue.startsWith(kind));

/** How long a server that is not there yet is waited for. */
const serverLimitMs = 60_000;

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      queues: { type: 'string', default: 'desk,compute,orders,market' },
      verify: { type: 'boolean', default: false },
      address: { type: 'string' },
      'with-parent': { type: 'boolean', default: false },
      'after-crash': { type: 'boolean', default: false },
    },
  });
  const queues = values.queues.split(',').map((name) => name.trim());
  const strange = queues.find((name) => kindOf(name) === undefined);
  if (strange !== undefined) {
    throw new DeskError('Usage', 'no such queue', {
      path: '--queues',
      expected: `names that begin with ${kinds.join(', ')}`,
      found: strange,
    });
  }
  return {
    queues,
    verify: values.verify,
    address: values.address,
    withParent: values['with-parent'],
    afterCrash: values['after-crash'],
  };
}

async function main(): Promise<void> {
  const args = readArguments();
  if (args.withParent) endWithParent();
  const settings = loadParallelValidation();
  const threads = computingThreads(settings, availableParallelism());
  // First of all: threads load their code while the server is looked for.
  const pool = createThreadPool(
    new URL('./threads/validation.ts', import.meta.url),
    threads,
    settings.resource_limits.memory_per_worker_mb,
  );
  const pluginCompute = createPluginCompute((heapMb) =>
    createThreadPool(new URL('./threads/plugin.ts', import.meta.url), threads, heapMb),
  );
  const store = await openStore();
  const server = await prepareServer(args);
  const ports: DeskPorts = {
    ...server,
    store,
    compute: createValidationCompute(pool),
    readDeployed: createReadDeployed({ store, openOrders: openOrderStore, nowMs: Date.now }),
    plugins: {
      pluginCompute,
      blobs: openBlobs(),
      effectPorts: { featureStores: duckDbFeatureStores },
      fetchHalves: openFetchHalves(),
    },
    threads,
    codeVersion: codeVersion(),
    ...(settings.log_worker_times ? { onOutcome: sayOutcome } : {}),
  };
  const trading = tradingNeeded(args) ? await openTrading(server, args) : undefined;
  const workers = await Promise.all(
    args.queues.map((queue) => {
      const kind = kindOf(queue);
      if (kind === 'desk') return createDeskWorker(queue, ports);
      if (kind === 'compute' || trading === undefined) return createComputeWorker(queue, ports);
      return (kind === 'orders' ? createOrdersWorker : createMarketWorker)(queue, trading.ports);
    }),
  );
  if (args.afterCrash) await Promise.all(workflowQueues(args).map((queue) => forgetCaches(server.client, queue)));
  try {
    const running = runAll(workers);
    await trading?.watchOpenOrders();
    say(`worker ready: ${args.queues.join(', ')} at ${server.address} (${threads} threads, ${ports.codeVersion})`);
    await running;
  } finally {
    await server.close();
    await pool.close();
    await pluginCompute.close();
    await duckDbFeatureStores.close();
    await trading?.close();
    store.close();
  }
}

const isOrderQueue = (queue: string) => queue.startsWith('orders') || queue.startsWith('market');

const tradingNeeded = ({ queues }: Arguments): boolean => queues.some(isOrderQueue);

/** Queues whose workers run workflows. */
const workflowQueues = ({ queues }: Arguments): readonly string[] =>
  queues.filter((queue) => queue.startsWith('desk') || queue.startsWith('orders'));

type Trading = Readonly<{ ports: OrderWorkerPorts; watchOpenOrders(): Promise<void>; close(): Promise<void> }>;

/** What orders need: their store, the accounts and the guards. A venue is spoken to with the first order. */
async function openTrading(server: Awaited<ReturnType<typeof prepareServer>>, { queues }: Arguments): Promise<Trading> {
  const accounts = openAccounts();
  const orders = await openOrderStore({ verify: true });
  const taskQueue = ordersQueue(queues.find(isOrderQueue) ?? 'orders');
  const guards = createAccountGuards({ client: server.client, taskQueue });
  return {
    ports: {
      ...server,
      orders: { orders, accounts, guards, settingsOf: (account) => loadOrderSettings(account), nowMs: Date.now },
    },
    async watchOpenOrders() {
      try {
        const isSetUp = (name: string) => accounts.list().some(({ account }) => account === name);
        const watched = await watchOpenOrders({ orders, isSetUp, start: guards.start });
        if (watched.length > 0) say(`watching the open orders of ${watched.join(', ')}`);
      } catch (thrown) {
        // They are watched from the next order on; nothing else of the worker depends on it.
        say(`open orders are not watched yet: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      }
    },
    async close() {
      await accounts.close();
      orders.close();
    },
  };
}

/** Waits for the server, sees to its search attributes, and verifies this code against its histories when asked to. */
async function prepareServer(args: Arguments) {
  const found = await currentSettings();
  const settings = args.address === undefined ? found : { ...found, address: args.address };
  Runtime.install({
    logger: new DefaultLogger('WARN', logEntry),
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'WARN' }) } },
  });
  const [{ connection, namespace }, bundle] = await Promise.all([
    connectTemporal({ settings, limitMs: serverLimitMs, onWait: say }),
    workflowBundle(),
  ]);
  const client = new Client({ connection, namespace });
  const { usable, leftOut } = await ensureSearchAttributes(connection, namespace);
  for (const reason of leftOut) say(`search attribute left out: ${reason}`);
  if (args.verify) for (const queue of workflowQueues(args)) await verifyFirst(client, queue, bundle);
  const native = await NativeConnection.connect({ address: settings.address, ...settings.access });
  return {
    connection: native,
    namespace,
    address: settings.address,
    workflowBundle: bundle,
    searchAttributes: usable,
    client,
    async close() {
      await connection.close();
      await native.close();
    },
  };
}

async function verifyFirst(client: Client, taskQueue: string, bundle: { codePath: string }): Promise<void> {
  const workflowTypes = ['parallelValidation', 'strategyValidation', 'orderExecution', 'accountGuard', 'bookTrading'];
  const { replayed } = await verifyHistories(client, { workflowBundle: bundle, taskQueue, workflowTypes });
  say(`replayed ${replayed} histories of ${taskQueue}: this code goes on where they stand`);
}

/** Runs until told to end (SIGINT, SIGTERM); when one of them fails, the others end too and the failure is thrown. */
async function runAll(workers: readonly Worker[]): Promise<void> {
  const ends = workers.map(async (worker) => {
    try {
      await worker.run();
    } finally {
      for (const other of workers) if (other.getState() === 'RUNNING') other.shutdown();
    }
  });
  const results = await Promise.allSettled(ends);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** As long as the parent waits for it. */
const endLimitMs = 10_000;

/**
 * Standard input is a pipe from the parent: it closes when the parent ends, even by SIGKILL. Then nobody else is there
 * to force an end that hangs: with a server that does not answer it takes for ever.
 */
function endWithParent(): void {
  process.stdin.on('close', () => {
    process.kill(process.pid, 'SIGTERM');
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), endLimitMs).unref();
  });
  process.stdin.resume();
}

/** What the SDK warns of and is no news: workers without workflows, and waits that a worker lets go when it ends. */
function logEntry({ level, message, meta }: LogEntry): void {
  const error: unknown = meta?.['error'];
  if (message.startsWith('No workflows registered')) return;
  if (error instanceof Error && error.message === workerEndedText) return;
  const cause = error instanceof Error ? error.cause : undefined;
  process.stderr.write(`${level} ${message}${error instanceof Error ? `: ${error.message}` : ''}\n`);
  if (cause instanceof Error) process.stderr.write(`${String(cause.stack)}\n`);
}

function sayOutcome({ strategyId, status, seconds }: StrategyOutcome, cpuSeconds = 0): void {
  say(`validated ${strategyId}: ${status} in ${seconds.toFixed(3)} s (${cpuSeconds.toFixed(3)} s of CPU)`);
}

/** Lines for whoever started the process. */
function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  await main();
} catch (thrown) {
  const document = errorDocument(thrown);
  process.stderr.write(`${errorLine(document)}\n`);
  // A connection or thread may still hold the process; who supervises it must hear at once that it is over.
  process.exit(errorRules[document.code].exitCode);
}
