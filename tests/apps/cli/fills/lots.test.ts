import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { sumText } from '../../../../core/orders/amount.ts';
import { tellDay } from '../orders/day.ts';
import { documentOf, runCli } from '../run-cli.ts';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-lots-'));
const cli = (args: string) => runCli(args.split(' '), { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: home });

beforeAll(async () => {
  const store = openSqliteOrderStore(join(home, 'orders.sqlite'));
  await tellDay(store);
  store.close();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Rows by the titles of their columns. */
async function lots(args: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const { code, stdout, stderr } = await cli(`fills export ${args}`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^\d+ closed lots, \d+ open\n$/) });
  const [titles = [], ...rows] = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(titles.map((title, place) => [title, row[place] ?? ''])));
}

// Bought 0.12 at 62,000 and 0.08 at 63,000, a thousandth as fee; sold 0.1 at 64,000 for it, and 0.01 at 64,200 by hand.
test('first in, first out: what each lot cost and brought with its fees, then what is open', async () => {
  const rows = await lots('--lots fifo');
  expect(rows).toMatchObject([
    {
      status: 'closed',
      account: 'binance-main',
      symbol: 'BTC/USDT',
      book: 'STR-001',
      side: 'long',
      amount: '0.1',
      opened_at: '2024-03-05T08:00:00.130Z',
      opened_price: '62000',
      cost: '6206.2',
      closed_at: '2024-03-05T10:00:00.130Z',
      closed_price: '64000',
      proceeds: '6393.6',
      gain: '187.4',
      gain_before_fees: '200',
      quote_asset: 'USDT',
      fee_assets: 'USDT',
      fees_not_in_quote: '',
      method: 'fifo',
    },
    // Bought by a strategy and sold by hand: of no one book; what BNB was worth then nobody has told us.
    {
      status: 'closed',
      book: '',
      amount: '0.01',
      cost: '620.62',
      proceeds: '642',
      gain: '21.38',
      fee_assets: 'USDT BNB',
      fees_not_in_quote: '0.001 BNB',
      closing_trade_id: '901239999',
    },
    { status: 'open', amount: '0.01', cost: '620.62', closed_at: '', proceeds: '', gain: '', closing_trade_id: '' },
    { status: 'open', amount: '0.08', opened_price: '63000', cost: '5045.04' },
    // A fee in the base asset, at the fill's price.
    { status: 'open', symbol: 'ETH/USDT', amount: '0.4821', cost: '1498.538066025', fee_assets: 'ETH' },
    { status: 'open', symbol: 'BTC/USDT:USDT', side: 'short', amount: '0.3', cost: '', proceeds: '19402.9857' },
  ]);
  expect(rows).toHaveLength(6);
  expect(rows[0]?.opening_trade_id).toBe(rows[2]?.opening_trade_id);
});

test('last in, first out closes what was bought last', async () => {
  const rows = await lots('--lots lifo --symbol btc/usdt');
  expect(rows.map(({ status, amount, gain }) => [status, amount, gain])).toEqual([
    ['closed', '0.08', '69.84'], // 5120 - 5.12 - 5040 - 5.04
    ['closed', '0.02', '37.48'], // 1280 - 1.28 - 1240 - 1.24
    ['closed', '0.01', '21.38'],
    ['open', '0.09', ''],
  ]);
});

test('by average cost the lots have gained what positions says was realised', async () => {
  const rows = await lots('--lots average --symbol BTC/USDT');
  const { positions } = documentOf(await cli('positions --symbol BTC/USDT --json')) as {
    positions: { realized: string }[];
  };
  const gains = rows.filter(({ status }) => status === 'closed').map((row) => row.gain_before_fees ?? '');
  expect([sumText('0', ...gains), '178']).toEqual([positions[0]?.realized, positions[0]?.realized]);
});

test.each([
  ['--lots fifo --slippage', '--slippage'],
  ['--lots fifo --method lifo', '--method'],
  ['--lots hifo', 'average, fifo, lifo'],
])('%s is refused: %s', async (args, said) => {
  const { code, stderr, stdout } = await cli(`fills export ${args}`);
  expect(code).toBe(2);
  expect(stderr + stdout).toContain(said);
});
