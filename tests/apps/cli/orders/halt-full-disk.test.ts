import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAccounts } from '../../../../adapters/credentials/open-accounts.ts';
import { type SimulatedExchange, startSimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import type { Exchange } from '../../../../core/ports/exchange.ts';
import { intentOf } from '../../../contracts/order-fixtures.ts';
import { writeAccounts } from '../../../order-desk.ts';
import { mountTinyDisk, noTinyDisk } from '../../../tiny-disk.ts';
import { documentOf, runCli } from '../run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-halt-'));
const home = join(folder, 'home');
const config = join(folder, 'config');
const disk = mountTinyDisk(home, 512);
let market: SimulatedExchange;
let env: Record<string, string>;
let exchange: Exchange;

beforeAll(async () => {
  market = await startSimulatedExchange({ seed: 5, source: { kind: 'scripted' } });
  const keys = writeAccounts(config, market, { spot: 'spot', kraken: 'kraken', usdm: 'usdm' });
  // Nothing listens at the server's address: the kill switch works without it.
  const places = { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: config };
  env = { ...keys, ...places, DATABASE_URL: '', TEMPORAL_ADDRESS: '127.0.0.1:1' };
  exchange = await openAccounts({ folder: config, environment: keys }).exchange('spot');
});

afterAll(async () => {
  await exchange.close();
  await market.close();
  disk?.unmount();
  rmSync(folder, { recursive: true, force: true });
});

/** One order that rests far from the market. */
async function restOne(name: string): Promise<void> {
  const intent = intentOf(name, { account: 'spot', amount: '0.001', price: '30000' });
  const timestampMs = await exchange.serverTimeMs();
  expect(await exchange.createOrder(intent, { timestampMs, deadlineMs: timestampMs + 5_000 })).toMatchObject({
    kind: 'accepted',
  });
}

const halt = () => runCli(['halt', 'spot', '--reason', 'a test', '--no-wait', '--json'], env);
const cancelledUnwritten = { accounts: [{ account: 'spot', cancelAlls: expect.any(Number), isUnwritten: true }] };

describe('halt cancels what rests, and says that its flag is not in the store', () => {
  test.for(['is open elsewhere', 'cannot even be opened'])(
    'on a full disk, where the store %s',
    async (how, { skip }) => {
      skip(disk === undefined, noTinyDisk);
      const elsewhere = openSqliteOrderStore(join(home, 'orders.sqlite'));
      if (how !== 'is open elsewhere') elsewhere.close();
      await restOne(how);
      const { bavail, bsize } = statfsSync(home);
      writeFileSync(join(home, 'ballast'), Buffer.alloc(bavail * bsize));
      const run = await halt();
      rmSync(join(home, 'ballast'));
      if (how === 'is open elsewhere') elsewhere.close();
      expect(run.code).toBe(1);
      expect(documentOf(run)).toMatchObject(cancelledUnwritten);
      expect(await exchange.openOrders()).toEqual([]);
    },
  );

  test('where its PostgreSQL does not answer', async () => {
    await restOne('away');
    env = { ...env, DATABASE_URL: 'postgresql://desk@127.0.0.1:1/desk' };
    const run = await halt();
    expect(run.code).toBe(1);
    expect(documentOf(run)).toMatchObject(cancelledUnwritten);
    expect(run.stderr).toContain('cancelling without it');
    expect(await exchange.openOrders()).toEqual([]);
  });
});
