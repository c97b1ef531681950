import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openAccounts } from '../../../../adapters/credentials/open-accounts.ts';
import { startSimulatedExchange, type SimulatedExchange } from '../../../../adapters/exchange/simulated/start.ts';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { clientOrderId } from '../../../../core/orders/order-id.ts';
import { submitAndSend } from '../../../../core/order-desk/submit-and-send.ts';
import type { OrderDesk } from '../../../../core/order-desk/desk.ts';
import type { OrderIntent } from '../../../../core/orders/types.ts';
import { writeAccounts } from '../../../order-desk.ts';
import { documentOf, runCli } from '../run-cli.ts';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-restored-'));
const file = join(home, 'orders.sqlite');
const account = 'binance-main';
let exchange: SimulatedExchange;
let keys: Record<string, string>;

beforeAll(async () => {
  exchange = await startSimulatedExchange({
    seed: 7,
    source: { kind: 'scripted' },
    venues: ['binanceSpot', 'binanceUsdm', 'krakenSpot'],
  });
  keys = writeAccounts(home, exchange, { spot: account, kraken: 'kraken-main', usdm: 'usdm-main' });
});
afterAll(async () => {
  await exchange.close();
  rmSync(home, { recursive: true, force: true });
});

const intentOf = (leg: string, change: Partial<OrderIntent> = {}): OrderIntent => ({
  clientOrderId: clientOrderId({ namespace: 'default', seed: 'restored', leg, intentNumber: 0 }),
  account,
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'market',
  amount: '0.01',
  timeInForce: 'GTC',
  reduceOnly: false,
  book: 'STR-001',
  reason: 'before and after a backup',
  seed: 'restored',
  leg,
  intentNumber: 0,
  ...change,
});

/** The desk's own steps on the store's file as it is now. */
async function onDesk<T>(
  work: (desk: OrderDesk, send: (intent: OrderIntent) => Promise<string>) => Promise<T>,
): Promise<T> {
  const orders = openSqliteOrderStore(file);
  const accounts = openAccounts({ folder: home, stateFolder: home, environment: keys });
  const venue = await accounts.exchange(account);
  const desk: OrderDesk = { account, orders, exchange: venue, nowMs: Date.now, pause: (ms) => sleep(ms) };
  const send = async (intent: OrderIntent) => {
    const { clientOrderId: id } = intent;
    await orders.putIntent(intent, venue.traits.venue, 'order-execution:restored', Date.now());
    const grant = { clientOrderId: id, grantedMs: await venue.venueTimeMs(), reservationId: 'res' };
    const result = await submitAndSend(desk, { clientOrderId: id, grant, reduces: false });
    return `${result.kind} ${result.record.state}`;
  };
  try {
    return await work(desk, send);
  } finally {
    await accounts.close();
    orders.close();
  }
}

type Truth = Readonly<{
  venues: Record<string, { accounts: Record<string, { orders: { clientOrderId: string }[] }> }>;
}>;

async function ordersAtVenue(): Promise<string[]> {
  const { venues } = (await (await fetch(`${exchange.control}/truth`)).json()) as Truth;
  const all = Object.values(venues).flatMap((venue) => Object.values(venue.accounts).flatMap(({ orders }) => orders));
  return all.map((order) => order.clientOrderId).toSorted((a, b) => (a < b ? -1 : 1));
}

test('what a backup has forgotten is looked up, taken over and never sent again', { timeout: 120_000 }, async () => {
  const [waiting, forgotten, resting] = [
    intentOf('in the backup, not sent'),
    intentOf('filled after the backup'),
    intentOf('resting since the backup', { type: 'limit', price: '30000', amount: '0.02' }),
  ];
  await onDesk(async ({ orders, exchange: venue }) => {
    await orders.putIntent(waiting, venue.traits.venue, 'order-execution:restored', Date.now());
  });
  copyFileSync(file, join(home, 'backup.sqlite'));
  await onDesk(async (_, send) => {
    expect(await send(waiting)).toBe('sent filled');
    expect(await send(forgotten)).toBe('sent filled');
    expect(await send(resting)).toBe('sent accepted');
  });
  const sent = [waiting, forgotten, resting].map((intent) => intent.clientOrderId).toSorted((a, b) => (a < b ? -1 : 1));
  expect(await ordersAtVenue()).toEqual(sent);

  for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
  copyFileSync(join(home, 'backup.sqlite'), file);
  const env = { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: home, ...keys };
  const run = await runCli(['orders', 'restored', account, '--json'], env);
  expect(run.stderr).toContain('HALTED, 1 orders under way');
  expect(run.code, run.stdout).toBe(0);
  const { accounts } = documentOf(run) as { accounts: readonly Record<string, unknown>[] };
  expect(accounts[0]).toMatchObject({ account, failures: [] });

  await onDesk(async ({ orders, exchange: venue }, send) => {
    expect(await orders.order(waiting.clientOrderId)).toMatchObject({ state: 'filled', appliedExecuted: '0.01' });
    expect(await orders.order(resting.clientOrderId)).toMatchObject({ state: 'accepted', ownerWorkflowId: '' });
    expect(await orders.accountState(account)).toMatchObject({ mode: 'HALTED' });
    expect(await send(forgotten)).toBe('refused initialized');
    const why = { reason: 'looked at it', by: 'ada', person: true };
    await orders.setMode(account, 'ACTIVE', why, await venue.serverTimeMs(), Date.now());
    // Their workflows come back to all three.
    expect(await send(waiting)).toBe('lost filled');
    expect(await send(resting)).toBe('lost accepted');
    expect(await send(forgotten)).toBe('lost filled');
    expect(await send(intentOf('a new one'))).toBe('sent filled');
  });
  const now = [...sent, intentOf('a new one').clientOrderId].toSorted((a, b) => (a < b ? -1 : 1));
  expect(await ordersAtVenue()).toEqual(now);
});
