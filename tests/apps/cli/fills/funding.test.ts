import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { fundingEntries } from '../../../../core/orders/funding.ts';
import { entriesOf } from '../../../../core/orders/ledger.ts';
import { documentOf, runCli } from '../run-cli.ts';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-funding-'));
const cli = (args: string) => runCli(args.split(' '), { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: home });

const symbol = 'BTC/USDT:USDT';
const account = 'futures';
const midnightMs = Date.UTC(2024, 2, 5);

beforeAll(async () => {
  const store = openSqliteOrderStore(join(home, 'orders.sqlite'));
  const held = [
    { book: 'STR-001', size: 2n },
    { book: 'STR-002', size: 1n },
  ];
  for (const { book, size } of held) {
    const about = { transactionId: book, account, book, symbol, source: book, venueMs: midnightMs - 1 };
    await store.postEntries(entriesOf([['positions', 'trading', symbol, size * 10n ** 17n]], about));
  }
  const payment = { venue: 'binanceusdm', symbol, asset: 'USDT' };
  const paid = [
    { ...payment, fundingId: '8', amount: '0.3', venueMs: midnightMs + 8 * 3_600_000 },
    { ...payment, fundingId: '7', amount: '-1.5', venueMs: midnightMs },
  ];
  for (const each of paid) await store.postEntries(fundingEntries(each, { account, held, ledgerDecimals: 8 }));
  store.close();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

test('fills export --funding has a row for each share, oldest first', async () => {
  const { code, stdout, stderr } = await cli('fills export --funding');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '4 shares of funding\n' });
  const [titles, ...rows] = stdout.trim().split('\n');
  expect(titles).toBe('time,account,symbol,asset,amount,book,payment');
  expect(rows.toSorted()).toEqual([
    `2024-03-05T00:00:00.000Z,futures,${symbol},USDT,-0.5,STR-002,funding binanceusdm ${symbol} 7`,
    `2024-03-05T00:00:00.000Z,futures,${symbol},USDT,-1,STR-001,funding binanceusdm ${symbol} 7`,
    `2024-03-05T08:00:00.000Z,futures,${symbol},USDT,0.1,STR-002,funding binanceusdm ${symbol} 8`,
    `2024-03-05T08:00:00.000Z,futures,${symbol},USDT,0.2,STR-001,funding binanceusdm ${symbol} 8`,
  ]);
});

test('positions has what funding cost in a column of its own, and by book', async () => {
  expect((await cli('positions')).stdout).toMatch(/Realised +Funding/);
  expect(documentOf(await cli('positions --json'))).toMatchObject({
    positions: [
      {
        symbol,
        amount: '0.3',
        realized: '0',
        funding: { USDT: '-1.2' },
        bookFunding: { 'STR-001': '-0.8', 'STR-002': '-0.4' },
      },
    ],
  });
});
