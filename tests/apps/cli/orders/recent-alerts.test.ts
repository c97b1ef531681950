import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { alertLine, recentAlerts } from '../../../../apps/cli/orders/recent-alerts.ts';
import type { OrderAlert, OrderStore } from '../../../../core/ports/order-store.ts';
import { documentOf, runCli } from '../run-cli.ts';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-alerts-'));
const hourMs = 3_600_000;
const nowMs = Date.now();
let store: OrderStore;

const alert = (key: string, severity: OrderAlert['severity'], ageMs: number, account = 'spot-main'): OrderAlert => ({
  key,
  account,
  symbol: account === 'spot-main' ? 'BTC/USDT' : '',
  severity,
  text: `what ${key} is about`,
  atMs: nowMs - ageMs,
});

beforeAll(async () => {
  store = openSqliteOrderStore(join(home, 'orders.sqlite'));
  for (const mode of ['REDUCING', 'ACTIVE'] as const) {
    await store.setMode('spot-main', mode, { reason: 'a test', by: 'a test', person: true }, 1, 1);
  }
  await store.raiseAlerts([
    alert('black', 'BLACK', 20 * hourMs),
    alert('early red', 'RED', 10 * hourMs),
    alert('late red', 'RED', hourMs / 2, 'kraken-main'),
    alert('yellow', 'YELLOW', 1_000),
    alert('yesterday', 'BLACK', 24 * hourMs),
  ]);
});
afterAll(() => {
  store.close();
  rmSync(home, { recursive: true, force: true });
});

const cli = (...args: string[]) =>
  runCli(args, {
    NIGHTDESK_HOME: home,
    NIGHTDESK_CONFIG: home,
    DATABASE_URL: '',
    TEMPORAL_CONFIG_FILE: '/dev/null',
    COLUMNS: '120',
  });

const keysOf = (alerts: readonly Pick<OrderAlert, 'key'>[]) => alerts.map(({ key }) => key);

test('RED and BLACK of the last 24 h, worst first, then newest first', async () => {
  const found = await recentAlerts(store, { nowMs });
  expect(keysOf(found)).toEqual(['black', 'late red', 'early red']);
  expect(found.map(alertLine)).toEqual([
    'BLACK 20 h ago, spot-main BTC/USDT: what black is about',
    'RED 30 min ago, kraken-main: what late red is about',
    'RED 10 h ago, spot-main BTC/USDT: what early red is about',
  ]);
});

test.each([
  [1, ['black', 'late red', 'early red', 'yesterday']],
  [-(4 * hourMs - 1), ['black', 'late red', 'early red']],
  [-4 * hourMs, ['late red', 'early red']],
])('the day ends to the millisecond: seen %i ms before', async (beforeMs, keys) => {
  const found = await recentAlerts(store, { nowMs: nowMs - beforeMs });
  expect(keysOf(found).toSorted()).toEqual(keys.toSorted());
});

test('orders list has them above the orders, of the account that was asked for', async () => {
  const { stdout } = await cli('orders', 'list');
  expect(stdout).toMatch(
    /^BLACK 20 h ago, spot-main BTC\/USDT: what black is about\nRED .*kraken-main.*\nRED .*early red.*\n\nno order was/,
  );
  const { alerts } = documentOf(await cli('orders', 'list', '--account', 'spot-main', '--json')) as {
    alerts: OrderAlert[];
  };
  expect(keysOf(alerts)).toEqual(['black', 'early red']);
});

test('doctor warns of them', async () => {
  const { checks } = documentOf(await cli('doctor', '--json')) as { checks: { name: string }[] };
  expect(checks.find(({ name }) => name === 'order alerts')).toEqual({
    name: 'order alerts',
    state: 'warn',
    found: '3 in the last 24 h; BLACK 20 h ago, spot-main BTC/USDT: what black is about',
    advice: 'nightdesk orders list shows them, above the orders',
  });
});
