import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from '@temporalio/worker';
import { openAccounts } from '../adapters/credentials/open-accounts.ts';
import type { SimulationOptions } from '../adapters/exchange/simulated/settings.ts';
import { type SimulatedExchange, startSimulatedExchange } from '../adapters/exchange/simulated/start.ts';
import { openSqliteOrderStore } from '../adapters/store/sqlite/index.ts';
import { createAccountGuards, guardWorkflowId } from '../adapters/temporal/client/account-guards.ts';
import { loadOrderSettings } from '../config/orders.ts';
import type { OrderRequest } from '../core/orders/order-request.ts';
import type { OrderStore } from '../core/ports/order-store.ts';
import { createMarketWorker, createOrdersWorker } from '../workers/order-workers.ts';
import { hurry } from './hurry.ts';
import { testBundle } from './give-bundle.ts';
import { quietRuntime } from './quiet-runtime.ts';
import type { orderExecution } from '../workflows/order-execution.ts';

export type OrderTestDesk = Awaited<ReturnType<typeof startOrderDesk>>;

export type OrderDeskOptions = Readonly<{
  exchange?: SimulationOptions;
  /** Text of config/orders.yaml; default: intervals of a second, and the shipped limits. */
  settings?: string;
  /** Of the Temporal server; default: the one that all tests of a run share. */
  address?: string;
  /** Of one request to a venue. */
  timeoutMs?: number;
  /** What queues and accounts are told apart by; default: by chance. */
  name?: string;
  /** Workflow code; default: the desk's own. */
  bundle?: { codePath: string };
  /** What the workers get in the store's place: one that is slow, say. */
  aroundStore?: (store: OrderStore) => OrderStore;
}>;

/** An order by the venue's own word. */
export type TrueOrder = Readonly<{ clientOrderId: string; symbol: string; status: string; quantity: string }>;

/** The desk's workflows and a parent that gives orders one after the other (tests/chaos/orders/workflows.ts). */
export async function planBundle(): Promise<{ codePath: string }> {
  const workflowsPath = fileURLToPath(new URL('./chaos/orders/workflows.ts', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  const codePath = join(mkdtempSync(join(tmpdir(), 'nightdesk-plan-')), 'workflows.js');
  writeFileSync(codePath, code);
  return { codePath };
}

/** What histories name workers and clients by: no process and no machine. */
const identity = 'order-test-desk';

const quick = 'reconcile: { orders_every_seconds: 1, positions_every_seconds: 2 }\n';

/** The accounts of a test desk at a simulated exchange: their file, and the variables that it names. */
export function writeAccounts(
  folder: string,
  { url, accounts }: Pick<SimulatedExchange, 'url' | 'accounts'>,
  names: Readonly<{ spot: string; kraken: string; usdm: string }>,
) {
  const [funded] = accounts;
  if (funded === undefined) throw new Error('the simulated exchange has no account');
  const account = (venue: string, path: string, keys: string) =>
    `    venue: ${venue}\n    base_url: ${url}/${path}\n    api_key: { env: ${keys}_KEY }\n    secret: { env: ${keys}_SECRET }\n`;
  const text = [
    'accounts:',
    `  ${names.spot}:\n${account('binance', 'bspot', 'TEST_BINANCE')}`,
    `  ${names.usdm}:\n${account('binanceusdm', 'bfut', 'TEST_BINANCE')}`,
    `  ${names.kraken}:\n${account('kraken', 'kr', 'TEST_KRAKEN')}    kraken_tier: pro\n`,
  ].join('\n');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'api-keys.yaml'), text);
  return {
    TEST_BINANCE_KEY: funded.apiKey,
    TEST_BINANCE_SECRET: funded.secret,
    TEST_KRAKEN_KEY: funded.krakenKey,
    TEST_KRAKEN_SECRET: funded.krakenSecret,
  };
}

/** A simulated exchange, a real order store, and real workers on a real server, on queues of their own. */
export async function startOrderDesk({
  exchange: market,
  settings = quick,
  address: given,
  timeoutMs,
  name = randomUUID().slice(0, 8),
  bundle: givenBundle,
  aroundStore = (store) => store,
}: OrderDeskOptions = {}) {
  quietRuntime();
  // Loaded only here: it can be had in vitest alone, and the recorder of histories is a plain script.
  const address = given ?? (await (await import('./temporal-server.ts')).temporalServer()).address;
  // A guard is one an account and server: names of their own keep tests apart.
  const names = { spot: `spot-${name}`, kraken: `kraken-${name}`, usdm: `usdm-${name}` };
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-orders-'));
  const config = join(folder, 'config');
  const exchange = await startSimulatedExchange({
    seed: 7,
    source: { kind: 'scripted' },
    krakenTier: 'pro',
    ...market,
  });
  const environment = writeAccounts(config, exchange, names);
  writeFileSync(join(config, 'orders.yaml'), settings);
  const store = openSqliteOrderStore(join(folder, 'orders.sqlite'));
  const accounts = openAccounts({
    folder: config,
    stateFolder: folder,
    environment,
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  const [native, connection, bundle] = await Promise.all([
    NativeConnection.connect({ address }),
    Connection.connect({ address }),
    givenBundle ?? testBundle(),
  ]);
  const client = new Client({ connection, identity });
  const queue = `orders-${name}`;
  const guards = createAccountGuards({ client, taskQueue: queue });
  const settingsOf = (account: string) => loadOrderSettings(account, config);
  const ports = {
    connection: native,
    namespace: 'default',
    workflowBundle: bundle,
    identity,
    orders: { orders: aroundStore(store), accounts, guards, settingsOf, nowMs: Date.now },
  };
  const workers = [await createOrdersWorker(queue, ports), await createMarketWorker(`market-${name}`, ports)];
  const running = Promise.all(workers.map((worker) => worker.run()));

  const start = (
    input: Partial<OrderRequest>,
    workflowId = `order-${name}-${randomUUID().slice(0, 8)}`,
  ): Promise<WorkflowHandle<typeof orderExecution>> =>
    client.workflow.start<typeof orderExecution>('orderExecution', {
      taskQueue: queue,
      workflowId,
      args: [{ account: names.spot, ...input }],
      workflowTaskTimeout: '3 seconds',
      workflowExecutionTimeout: '3 minutes',
    });

  const control = async (path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${exchange.control}/${path}`, {
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };

  type Truth = Readonly<{ venues: Record<string, { accounts: Record<string, { orders: TrueOrder[] }> }> }>;
  return {
    client,
    store,
    exchange,
    accounts,
    guards,
    queue,
    config,
    start,
    control,
    run: async (input: Partial<OrderRequest>) => (await start(input)).result(),
    /** Time passes at the venue while `work` waits for orders of the account that never arrived there. */
    async hurried<T>(account: string, work: () => Promise<T>): Promise<T> {
      const stop = new AbortController();
      const { serverTimeMs } = await accounts.exchange(account);
      // The desk's own look at the clock: no venue's jumps, so what it asked before is taken for good for a while.
      const advance = async (ms: number) => {
        await control('advance', { ms });
        await serverTimeMs();
      };
      const hurrying = hurry({ account, store, advance, states: ['unknown'], questionMs: 0 }, stop.signal);
      try {
        return await work();
      } finally {
        stop.abort();
        await hurrying;
      }
    },
    /** What the venues say of our orders; of one where named. */
    async truth(clientOrderId?: string): Promise<TrueOrder[]> {
      const { venues } = (await control('truth')) as Truth;
      const orders = Object.values(venues).flatMap(
        (venue) => venue.accounts[exchange.accounts[0]?.id ?? '']?.orders ?? [],
      );
      const text = clientOrderId?.toLowerCase();
      return orders.filter((order) => text === undefined || order.clientOrderId.replaceAll('-', '') === text);
    },
    /** The middle of the book at a venue. */
    async price(account: string, symbol: string): Promise<number> {
      const { price } = await (await accounts.exchange(account)).referencePrice(symbol);
      return Number(price);
    },
    /** Resets a workflow to its first workflow task; the id of the new run. */
    async reset(workflowId: string): Promise<string> {
      const { runId } = await client.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId },
        reason: 'a test',
        // The end of the first workflow task of every history; the encoder takes a number too.
        workflowTaskFinishEventId: 4 as never,
        requestId: randomUUID(),
      });
      return runId;
    },
    names,
    guard: (account = names.spot) => client.workflow.getHandle(guardWorkflowId(account)),
    async stop() {
      for (const account of Object.values(names)) {
        for (const workflowId of [`book-trading:${account}`, guardWorkflowId(account)]) {
          await client.workflow
            .getHandle(workflowId)
            .terminate('the test is over')
            .catch(() => {}); // there was none
        }
      }
      for (const worker of workers) worker.shutdown();
      await running;
      await connection.close();
      await native.close();
      await accounts.close();
      store.close();
      await exchange.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
