import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { netIntents } from '../../../../core/orders/netting.ts';
import { account, idOf, noonMs, stored, symbol } from '../../../contracts/order-fixtures.ts';
import { documentOf, runCli } from '../run-cli.ts';

/** STR-001 buys 0.02 and STR-003 0.01, STR-002 sells 0.006: 0.024 goes out, two thirds of it for STR-001. */
const wants = [
  { intentId: 'want-a', book: 'STR-001', symbol, side: 'buy', amount: '0.02' },
  { intentId: 'want-b', book: 'STR-002', symbol, side: 'sell', amount: '0.006' },
  { intentId: 'want-c', book: 'STR-003', symbol, side: 'buy', amount: '0.01' },
] as const;

const [plan] = netIntents(wants, account, noonMs);
const groupId = plan?.group.groupId ?? '';
const home = mkdtempSync(join(tmpdir(), 'nightdesk-netted-'));

beforeAll(async () => {
  const store = openSqliteOrderStore(join(home, 'orders.sqlite'));
  if (plan !== undefined) await store.putGroup(plan.group);
  await stored(store, 'netted', { book: groupId, amount: '0.024', leg: 'netted' });
  await stored(store, 'own', { book: 'STR-001', leg: 'own' });
  store.close();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const cli = (args: string, columns = 80) =>
  runCli(args.split(' '), { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: home, COLUMNS: String(columns) });

async function shown(args: string, columns = 80): Promise<string> {
  const { code, stdout, stderr } = await cli(args, columns);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n').filter((line) => line.length > columns)).toEqual([]);
  return stdout.replaceAll('\u00A0', ' '); // what a line is not broken at
}

const shares = [
  { book: 'STR-001', intentId: 'want-a', side: 'buy', wanted: '0.02', share: '0.016' },
  { book: 'STR-002', intentId: 'want-b', side: 'sell', wanted: '0.006', share: '0' },
  { book: 'STR-003', intentId: 'want-c', side: 'buy', wanted: '0.01', share: '0.008' },
];

describe('a netted order', () => {
  test.each([
    ['STR-001', ['own', 'netted']],
    ['STR-002', ['netted']],
    ['STR-003', ['netted']],
    ['STR-004', []],
  ])('is listed of each member, with the shares: %s', async (book, legs) => {
    const { orders } = documentOf(await cli(`orders list --book ${book} --json`)) as {
      orders: readonly { intent: { leg: string }; shares?: unknown }[];
    };
    expect(orders.map(({ intent }) => intent.leg).toSorted()).toEqual(legs.toSorted());
    expect(orders.map((order) => order.shares)).toEqual(
      orders.map(({ intent }) => (intent.leg === 'netted' ? shares : undefined)),
    );
  });

  test('the list says the share where there is no room for books, and books where there is', async () => {
    const lines = (text: string) =>
      text
        .replaceAll(/^[0-9a-f]{8}/gm, '########')
        .split('\n')
        .toSorted();
    expect(lines(await shown('orders list --book STR-001'))).toEqual([
      '',
      '########  BTC/USDT  buy 0.024 @ 64123.10        initialized  0.016',
      '########  BTC/USDT  buy 0.03 @ 64123.10         initialized',
      'Order     Symbol    What                  Done  State        Share',
    ]);
    const wide = await shown('orders list --symbol BTC/USDT', 120);
    expect(wide).toMatch(/ STR-001\n/);
    expect(wide).toMatch(/ 0\.016 STR-001,\n +0 STR-002, 0\.008 STR-003\n/);
  });

  test('show and why tell the shares, as text and as JSON', async () => {
    const id = idOf('netted');
    for (const command of ['orders show', 'why']) {
      const text = await shown(`${command} ${id}`);
      expect(text).toContain('shares     0.016 STR-001, 0 STR-002, 0.008 STR-003');
      expect(documentOf(await cli(`${command} ${id} --json`))).toMatchObject({ order: { shares } });
    }
    expect(await shown(`why want-b`)).toContain('shares     0.016 STR-001, 0 STR-002, 0.008 STR-003');
    expect(documentOf(await cli('why want-b --json'))).toMatchObject({ group: { groupId }, legs: [{ shares }] });
    expect(documentOf(await cli(`orders show ${idOf('own')} --json`))).not.toHaveProperty('order.shares');
  });
});
