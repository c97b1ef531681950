import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { writeAccounts } from '../../../order-desk.ts';
import { documentOf, runCli } from '../run-cli.ts';
import { tellDay } from './day.ts';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-at-venue-'));
let exchange: SimulatedExchange;
let keys: Record<string, string>;

beforeAll(async () => {
  const store = openSqliteOrderStore(join(home, 'orders.sqlite'));
  await tellDay(store);
  store.close();
  exchange = await startSimulatedExchange({ seed: 7, source: { kind: 'scripted' } });
  keys = writeAccounts(home, exchange, { spot: 'binance-main', kraken: 'kraken-main', usdm: 'usdm-main' });
});
afterAll(async () => {
  await exchange.close();
  rmSync(home, { recursive: true, force: true });
});

const cli = (args: string, env = keys) =>
  runCli(args.split(' '), { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: home, COLUMNS: '100', ...env });

type BalanceRow = Readonly<{ account: string; asset: string; ledger: string; free: string; difference: string }>;

test('balances --venue shows what the ledger does not explain, and ends with 1', async () => {
  const run = await cli('balances --venue --json');
  expect(run.code).toBe(1);
  const { balances, failures } = documentOf(run) as { balances: readonly BalanceRow[]; failures: unknown[] };
  expect(failures).toEqual([]);
  const [usdt] = balances.filter(({ account, asset }) => account === 'binance-main' && asset === 'USDT');
  expect(usdt).toMatchObject({ ledger: '43046.078975' }); // 50,000, three trades by the desk, a part of a dip, one by hand
  expect(Number(usdt?.free) - Number(usdt?.ledger)).toBeCloseTo(Number(usdt?.difference), 6);
  const { stdout } = await cli('balances --venue --account binance-main --asset usdt');
  expect(stdout).toContain('Off by');
  expect(stdout).toContain(usdt?.difference);
  expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([]);
});

test('positions --venue asks for perpetuals, and for the price of spot', async () => {
  const run = await cli('positions --venue --json');
  const { positions } = documentOf(run) as { positions: readonly Record<string, unknown>[] };
  const of = (account: string, symbol: string) =>
    positions.find((row) => row['account'] === account && row['symbol'] === symbol);
  expect(of('usdm-main', 'BTC/USDT:USDT')).toMatchObject({
    amount: '-0.3',
    atVenue: { amount: '0', unrealized: '0' },
    difference: '0.3',
  });
  expect(of('binance-main', 'BTC/USDT')).toMatchObject({ atVenue: { price: expect.stringMatching(/^\d+(\.\d+)?$/) } });
  expect(of('binance-main', 'BTC/USDT')).not.toHaveProperty('difference');
});

test('a venue that does not answer hides nothing of the others, and no key is said', async () => {
  const run = await cli('balances --venue --json', { ...keys, TEST_KRAKEN_SECRET: '' });
  const { balances, failures } = documentOf(run) as {
    balances: readonly BalanceRow[];
    failures: readonly { account: string }[];
  };
  expect(failures.map(({ account }) => account)).toEqual(['kraken-main']);
  expect(balances.filter(({ account }) => account === 'kraken-main')).toEqual([
    { account: 'kraken-main', asset: 'USD', ledger: '15000', books: { unassigned: '15000' } },
  ]);
  expect(balances.find(({ account }) => account === 'usdm-main')).toHaveProperty('difference');
  for (const key of Object.values(keys)) expect(run.stdout + run.stderr).not.toContain(key);
});
