import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, describe, expect, test } from 'vitest';
import { startSimulatedExchange } from '../../adapters/exchange/simulated/start.ts';
import { openSqliteOrderStore } from '../../adapters/store/sqlite/index.ts';
import { orderStoreFile } from '../../adapters/store/places.ts';
import { type DevServer, startDevServer } from '../../adapters/temporal/server/dev-server.ts';
import { freePort } from '../../adapters/temporal/server/ports.ts';
import { keepWorkerProcess } from '../../apps/cli/desk/worker-process.ts';
import type { orderExecution } from '../../workflows/order-execution.ts';
import { giveBundle } from '../give-bundle.ts';
import { writeAccounts } from '../order-desk.ts';
import { needsServer } from '../temporal-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-order-crash-'));
let server: DevServer | undefined;

afterAll(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const filesBelow = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((file) => statSync(file).isFile());

describe('a worker that is killed while the venue has its order', () => {
  needsServer();

  test('leaves one order, which the next worker adopts; and no key is in anything that was written', async () => {
    const exchange = await startSimulatedExchange({ seed: 11, source: { kind: 'scripted' } });
    const [home, config] = [join(folder, 'home'), join(folder, 'config')];
    const names = { spot: 'spot-crash', kraken: 'kraken-crash', usdm: 'usdm-crash' };
    const keys = writeAccounts(config, exchange, names);
    await giveBundle(home);
    writeFileSync(join(config, 'orders.yaml'), 'reconcile: { orders_every_seconds: 1, positions_every_seconds: 2 }\n');
    server = await startDevServer({ port: await freePort(), uiPort: 'none', dbFile: join(folder, 'temporal.db') });
    const lines: string[] = [];
    const worker = keepWorkerProcess({
      address: server.address,
      queues: 'orders,market',
      env: { ...keys, NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: config, DATABASE_URL: '' },
      onLine: (line) => lines.push(line),
    });
    await worker.whenReady;
    const connection = await Connection.connect({ address: server.address });
    const client = new Client({ connection });
    const store = openSqliteOrderStore(orderStoreFile(home));
    try {
      const match = { method: 'POST', path: '/api/v3/order' };
      const fault = { kind: 'accept-then-hang', match, count: 1 };
      await fetch(`${exchange.control}/fault`, { method: 'POST', body: JSON.stringify(fault) });
      const handle = await client.workflow.start<typeof orderExecution>('orderExecution', {
        taskQueue: 'orders',
        workflowId: 'order-crash',
        args: [{ account: names.spot, symbol: 'BTC/USDT', side: 'buy', amount: '0.01' }],
        workflowTaskTimeout: '3 seconds',
      });
      // The venue has it, and the worker waits for an answer that will not come.
      await expect.poll(() => exchange.simulation.faults.strikes.length).toBe(1);
      process.kill(worker.current().pid, 'SIGKILL');
      const result = await handle.result();
      expect(result).toMatchObject({ last: { state: 'filled', executed: '0.01' }, earlier: [] });
      const id = exchange.accounts[0]?.id ?? '';
      const { orders = new Map() } = exchange.simulation.venue('binanceSpot').accounts.get(id) ?? {};
      expect([...orders.values()]).toHaveLength(1);
      const steps = (await store.steps(result.last.clientOrderId)).map(({ state }) => state);
      expect(steps).toEqual(['initialized', 'submitted', 'filled']);
    } finally {
      store.close();
      await connection.close();
      await worker.stop();
      await exchange.close();
    }
    // Histories lie in the server's database as plain JSON; the rest is the store, the logs and the worker's lines.
    const written = [...filesBelow(folder).map((file) => readFileSync(file, 'latin1')), lines.join('\n')];
    expect(written.some((text) => text.includes('order-crash'))).toBe(true);
    for (const key of Object.values(keys)) {
      const forms = [key, encodeURIComponent(key), Buffer.from(key).toString('base64').replace(/=+$/, '')];
      for (const form of forms) expect(written.filter((text) => text.includes(form))).toEqual([]);
    }
  });
});
