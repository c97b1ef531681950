import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { tripToReducing } from '../../../../core/order-desk/trip-account.ts';
import { documentOf, runCli } from '../run-cli.ts';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-why-account-'));
const account = 'spot-main';
const beganMs = Date.UTC(2026, 10, 25, 8);
const minuteMs = 60_000;

beforeAll(async () => {
  const orders = openSqliteOrderStore(join(home, 'orders.sqlite'));
  const at = (minutes: number) => beganMs + minutes * minuteMs;
  const person = { by: 'tom', person: true };
  await orders.setMode(account, 'HALTED', { ...person, reason: 'a drill' }, at(0), at(0));
  await orders.setMode(account, 'ACTIVE', { ...person, reason: 'the drill is over' }, at(1), at(1));
  const trip = { account, reason: '31 orders of 30 a minute', symbol: 'BTC/USDT', clientOrderId: 'a' };
  await tripToReducing({ orders, nowMs: () => at(2) }, trip, at(2));
  await orders.haltSymbol(account, 'ETH/USDT', 'no second price', at(3));
  await orders.resumeSymbol(account, 'ETH/USDT', { by: 'tom', reason: 'it is there again' }, at(4));
  const about = { account, by: 'somebody', atMs: at(5) };
  await orders.recordDecision({ ...about, what: 'reserved', why: 'of an order', clientOrderId: 'a' });
  await orders.recordDecision({ ...about, what: 'wantRefused', why: 'of a want' });
  await orders.haltSymbol('quiet', 'ETH/USDT', 'once', at(6));
  await orders.resumeSymbol('quiet', 'ETH/USDT', { by: 'tom', reason: 'since' }, at(7));
  await orders.afterRestore(account, 'tom', { venueMs: at(8), receiveWindowMs: 5_000, settleMs: 15_000 }, at(8));
  orders.close();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const cli = (...args: string[]) => runCli(args, { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: home, COLUMNS: '80' });

test('why of an account says who did what to it, newest last', async () => {
  const { stdout, code } = await cli('why', account);
  expect(code).toBe(0);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  const lines = stdout.split('\n').filter((line) => line.startsWith('2026-11-25 '));
  expect(lines.map((line) => line.replaceAll(/ {2,}/g, ' ').slice(0, 56))).toEqual([
    '2026-11-25 08:00:00 halted a drill (tom)',
    '2026-11-25 08:01:00 resumed the drill is over (tom)',
    '2026-11-25 08:02:00 reducing 31 orders of 30 a minute',
    '2026-11-25 08:03:00 symbolHalted ETH/USDT: no second pri',
    '2026-11-25 08:04:00 symbolResumed ETH/USDT: it is there ',
    '2026-11-25 08:08:00 halted the store was restored from a',
    '2026-11-25 08:08:00 restored the store was restored from',
  ]);
  expect(stdout).toContain(`${account} is HALTED since 2026-11-25 08:08:00 UTC by tom`);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`(account-guard:${account})`);
});

test('--json has them with time, reason and who', async () => {
  const document = documentOf(await cli('why', account, '--json')) as { decisions: { what: string }[] };
  expect(document).toMatchObject({ account: { account, mode: 'HALTED' } });
  expect(document.decisions.slice(0, 3)).toEqual([
    { account, what: 'halted', why: 'a drill', by: 'tom', atMs: beganMs },
    { account, what: 'resumed', why: 'the drill is over', by: 'tom', atMs: beganMs + minuteMs },
    {
      account,
      what: 'reducing',
      why: '31 orders of 30 a minute',
      by: `account-guard:${account}`,
      atMs: beganMs + 2 * minuteMs,
    },
  ]);
});

test('an account that is known by nothing else but its decisions has them, another name has none', async () => {
  const { stdout } = await cli('why', 'quiet');
  expect(stdout).toMatch(/^quiet is ACTIVE\n[^]*symbolHalted[^]*symbolResumed/);
  expect((await cli('why', 'spot-mian')).code).toBe(2);
});
