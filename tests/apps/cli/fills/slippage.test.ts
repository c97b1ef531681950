import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { arrivalDecision } from '../../../../core/orders/arrival-price.ts';
import { netIntents } from '../../../../core/orders/netting.ts';
import type { OrderIntent } from '../../../../core/orders/types.ts';
import type { OrderStore } from '../../../../core/ports/order-store.ts';
import {
  account,
  filledBy,
  fillOf,
  idOf,
  noonMs,
  owner,
  submitted,
  symbol,
} from '../../../contracts/order-fixtures.ts';
import { documentOf, runCli } from '../run-cli.ts';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-slippage-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const wants = [
  { intentId: 'want-a', book: 'STR-003', symbol, side: 'buy', amount: '0.02' },
  { intentId: 'want-b', book: 'STR-001', symbol, side: 'buy', amount: '0.01' },
] as const;
const [plan] = netIntents(wants, account, noonMs);
const groupId = plan?.group.groupId ?? '';

type Filled = Readonly<{ amount: string; arrival?: string; intent?: Partial<OrderIntent> }>;

let trades = 0;

/** An order that went out at a price, and one fill of it at 64,200 with a fee of 0.00001 BTC. */
async function traded(store: OrderStore, name: string, { amount, arrival, intent }: Filled): Promise<void> {
  const record = await submitted(store, name, intent);
  if (arrival !== undefined) {
    const noted = { account, clientOrderId: idOf(name), by: owner, atMs: noonMs - 10 };
    const reference = { price: arrival, source: 'bookMid', venueMs: noonMs - 20 } as const;
    await store.recordDecision(arrivalDecision(noted, reference));
  }
  trades += 1;
  const venueOrderId = String(9_000 + trades);
  const fill = fillOf(String(trades), { venueOrderId, amount, price: '64200', clientOrderId: idOf(name) });
  const state = amount === record.intent.amount ? 'filled' : 'partiallyFilled';
  await store.apply(filledBy(record, fill, { state, venueOrderId, entries: [] }));
}

beforeAll(async () => {
  const store = openSqliteOrderStore(join(home, 'orders.sqlite'));
  if (plan !== undefined) await store.putGroup({ ...plan.group, seed: 'seed', middle: '64050' });
  await traded(store, 'whole', { amount: '0.03', arrival: '64100.5' });
  await traded(store, 'partly', { amount: '0.01', arrival: '64000' });
  await traded(store, 'netted', { amount: '0.03', arrival: '64100', intent: { book: groupId } });
  await traded(store, 'unpriced', { amount: '0.03' });
  const stop = { type: 'stopMarket', price: undefined, stopPrice: '64150' } as unknown as Partial<OrderIntent>;
  await traded(store, 'stop', { amount: '0.03', arrival: '64000', intent: stop });
  store.close();
});

const cli = (...args: string[]) => runCli(args, { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: home });

type Report = Readonly<{
  orders: readonly Readonly<{ id: string; cost: Readonly<Record<'delay' | 'execution' | 'opportunity', number>> }>[];
  groups: readonly Readonly<{ key: unknown }>[];
}>;

test('the report runs on what the desk exports of its own fills', async () => {
  const file = join(home, 'slippage.csv');
  const exported = await cli('fills', 'export', '--slippage', '--symbol', symbol, '--out', file);
  expect(exported).toMatchObject({ code: 0, stdout: '' });
  expect(exported.stderr.split('\n').slice(1)).toEqual([
    expect.stringMatching(/^1 orders left out: no price was noted/),
    expect.stringMatching(/^1 orders left out: stop orders/),
    expect.stringMatching(/^1 orders filled in part/),
    '',
  ]);
  const ran = await cli('plugins', 'run', 'diag_slippage_report', '--fills', file, '--json');
  expect(ran.stderr).toContain('3 orders with 3 fills');
  const { orders } = documentOf(ran) as Report;
  const costOf = (name: string) => orders.find(({ id }) => id === idOf(name))?.cost;
  expect(orders).toHaveLength(3);
  // Bought at 64,200: against the price when it went out, and for the netted one against that of its decision.
  expect(costOf('whole')?.delay).toBe(0);
  expect(costOf('whole')?.execution).toBeCloseTo(0.03 * 99.5, 9);
  expect(costOf('partly')?.execution).toBeCloseTo(0.01 * 200, 9);
  expect(costOf('partly')?.opportunity).toBe(0);
  expect(costOf('netted')?.delay).toBeCloseTo(0.03 * 50, 9);
  expect(costOf('netted')?.execution).toBeCloseTo(0.03 * 100, 9);
  expect(readFileSync(file, 'utf8')).toMatch(
    new RegExp(`^${idOf('netted')},${symbol},buy,binance,STR-001\\+STR-003,0\\.03,64050,64100,`, 'm'),
  );
});

test('the plain export is understood, and what it lacks is said', async () => {
  const file = join(home, 'fills.csv');
  await cli('fills', 'export', '--out', file);
  const refused = await cli('plugins', 'run', 'diag_slippage_report', '--fills', file);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('fills without orderQty, decisionPrice, arrivalPrice');
  expect(refused.stderr).toContain('fills export --slippage');
});

test('why shows the price that an order went out at', async () => {
  const { stdout } = await cli('why', idOf('whole'));
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('priced 64100.5 at the venue (bookMid) before it was sent');
});
