import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSqliteOrderStore } from '../../../../adapters/store/sqlite/index.ts';
import { sumText } from '../../../../core/orders/amount.ts';
import type { OrderRecord } from '../../../../core/ports/order-store.ts';
import { documentOf, runCli } from '../run-cli.ts';
import { tellDay } from './day.ts';

const home = mkdtempSync(join(tmpdir(), 'nightdesk-read-'));
beforeAll(async () => {
  const store = openSqliteOrderStore(join(home, 'orders.sqlite'));
  await tellDay(store);
  store.close();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const cli = (args: string, columns = 80) =>
  runCli(args.split(' '), { NIGHTDESK_HOME: home, NIGHTDESK_CONFIG: home, COLUMNS: String(columns) });

/** The shown text; every line of it fits. */
async function shown(args: string, columns = 80): Promise<string> {
  const { code, stdout, stderr } = await cli(args, columns);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.split('\n').filter((line) => line.length > columns)).toEqual([]);
  return stdout;
}

const listed = async (args = ''): Promise<readonly OrderRecord[]> =>
  (documentOf(await cli(`orders list --json ${args}`.trim())) as { orders: readonly OrderRecord[] }).orders;

async function idOf(leg: string): Promise<string> {
  const found = (await listed()).find(({ intent }) => intent.leg === leg);
  if (found === undefined) throw new Error(`no order ${leg}`);
  return found.intent.clientOrderId;
}

describe('orders list', () => {
  test('reads at 80 columns, with what is halted above it', async () => {
    const text = await shown('orders list');
    expect(text).toContain('kraken-main: ETH/USD is halted since 2024-03-05 08:00:00 UTC: price older');
    expect(text.replaceAll(/^[0-9a-f]{8}/gm, '########')).toMatchInlineSnapshot(`
      "kraken-main: ETH/USD is halted since 2024-03-05 08:00:00 UTC: price older than
      30 s

      Order      UTC      Symbol         What                 Done  State
      ########   2024-03  BTC/USD        buy 0.05 @ 64100.1         unknown
      ########   2024-03  ETH/USDT       sell 40 @ 3400             rejected
      ########   2024-03  BTC/USDT       buy 1.9 market             denied
      ########   2024-03  BTC/USDT:USDT  buy 0.3 stop 66200         accepted
      ########   2024-03  BTC/USDT:USDT  sell 0.3 market     100 %  filled
      ########   2024-03  ETH/USDT       buy 1.5 @ 3105.25    32 %  partiallyFilled
      ~38299999  2024-03  BTC/USDT       sell 0.01 market    100 %  filled
      ########   2024-03  BTC/USDT       sell 0.1 market     100 %  filled
      ########   2024-03  BTC/USDT       buy 0.08 market     100 %  filled
      ########   2024-03  BTC/USDT       buy 0.12 market     100 %  filled
      "
    `);
  });

  test('says account, time and book too where there is room', async () => {
    const text = await shown('orders list --account usdm-main', 120);
    expect(text.replaceAll(/^[0-9a-f]{8}/gm, '########')).toMatchInlineSnapshot(`
      "Order     Since (UTC)          Account    Symbol         What                 Done  State     Book
      ########  2024-03-05 11:20:59  usdm-main  BTC/USDT:USDT  buy 0.3 stop 66200         accepted  STR-022
      ########  2024-03-05 11:19:59  usdm-main  BTC/USDT:USDT  sell 0.3 market     100 %  filled    STR-022
      "
    `);
  });

  test.each([
    ['--state filled,unknown', ['lost', '', 'carry', 'sale', 'second buy', 'first buy']],
    ['--symbol eth/usdt', ['poor', 'dip']],
    ['--open', ['lost', 'stop', 'dip']],
    ['--book STR-014', ['breakout', 'dip']],
    ['--account kraken-main', ['lost']],
    ['--limit 2', ['lost', 'poor']],
  ])('%s', async (filter, legs) => {
    expect((await listed(filter)).map(({ intent }) => intent.leg)).toEqual(expect.arrayContaining(legs));
    expect(await listed(filter)).toHaveLength(legs.length);
  });

  test.each([
    ['orders list --state fild', 'did you mean filled?'],
    ['orders list --account kraken-mian', 'did you mean kraken-main?'],
    ['orders list --account nope --json', 'no such account'],
    ['orders list --limit 0', 'expected an integer >= 1'],
    ['orders show ffff0000', 'no such order'],
    ['positions --account binance-mian', 'did you mean binance-main?'],
    ['fills export --method hifo', 'average, fifo, lifo'],
  ])('%s is refused: %s', async (args, said) => {
    const { code, stderr, stdout } = await cli(args);
    expect(code).toBe(2);
    expect(stderr + stdout).toContain(said);
  });

  test('says so where nothing was stored', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'nightdesk-empty-'));
    const { stdout } = await runCli(['orders', 'list'], { NIGHTDESK_HOME: empty });
    expect(stdout).toBe('no order was ever stored\n');
    rmSync(empty, { recursive: true });
  });
});

describe('one order', () => {
  test('orders show has states, fills, decisions and postings of it', async () => {
    const id = await idOf('dip');
    const text = await shown(`orders show ${id.slice(0, 6)}`);
    expect(text.replaceAll(id, 'ID').replaceAll(id.slice(0, 6), 'ID')).toMatchInlineSnapshot(`
      "order      ID
      what       buy 1.5 ETH/USDT @ 3105.25, GTC
      account    binance-main at binance, book STR-014
      why        rebalance to 40 % BTC
      state      partiallyFilled since 2024-03-05 11:01:00 UTC, version 4
      executed   0.4821 of 1.5 by the venue, 0.4821 in the ledger
      submitted  2024-03-05 11:00:00 UTC; the venue refuses it after 11:00:05.000 (its
                 clock)
      at venue   order 38291003
      owner      order-execution:dip
      id of      day, leg dip, number 0

      States
      UTC                 State            Applied  Why
      03-05 10:59:59.700  initialized            0
      03-05 11:00:00.000  submitted              0
      03-05 11:00:00.120  accepted               0
      03-05 11:01:00.200  partiallyFilled   0.4821

      Fills (the venue's clock)
      UTC       Trade      Amount    Price        Quote            Fee
      11:01:00  901234503  0.4821  3105.25  1497.041025  0.0004821 ETH

      Decisions
      UTC                 What       Why, and who
      03-05 10:59:59.840  reserved   7,453.25 USDT of 10,000 an order, 21,400 of
                                     50,000 of the symbol (account-guard:binance-main)
      03-05 11:00:00.000  submitted  granted as res-ID (order-execution:dip)

      Ledger
      From       Account  Asset        Amount  Book
      901234503  assets   ETH          0.4821  STR-014
                 trading  ETH         -0.4821  STR-014
                 assets   USDT   -1497.041025  STR-014
                 trading  USDT    1497.041025  STR-014
                 assets   ETH      -0.0004821  STR-014
                 fees     ETH       0.0004821  STR-014
      "
    `);
    expect(documentOf(await cli(`orders show ${id} --json`))).toMatchObject({
      order: { state: 'partiallyFilled', appliedExecuted: '0.4821' },
      steps: [{ state: 'initialized' }, { state: 'submitted' }, { state: 'accepted' }, { state: 'partiallyFilled' }],
      fills: [{ amount: '0.4821' }],
      decisions: [{ what: 'reserved' }, { what: 'submitted' }],
      postings: expect.arrayContaining([expect.objectContaining({ asset: 'ETH', amount: '0.4821', book: 'STR-014' })]),
      alerts: [],
    });
  });

  test("is found by the venue's number, too, and so is one of others", async () => {
    expect(await shown('orders show 38299999')).toContain('nobody: an order of another program or person');
    expect(await shown('why ~38299999')).toContain('order 38299999 at binance is not ours');
  });

  test.each([
    ['dip', ['intent', 'reserved', 'submitted', 'accepted', 'fill', 'partiallyFilled']],
    ['breakout', ['intent', 'denied']],
    ['poor', ['intent', 'reserved', 'submitted', 'rejected']],
    ['lost', ['intent', 'reserved', 'submitted', 'unknown']],
  ])('why %s tells the chain with reasons', async (leg, chain) => {
    const id = await idOf(leg);
    const document = documentOf(await cli(`why ${id} --json`)) as { chain: { what: string; atMs: number }[] };
    expect(document.chain.map(({ what }) => what)).toEqual(chain);
    expect(await shown(`why ${id.slice(0, 8)}`)).toContain(`orders show ${id.slice(0, 8)}`);
  });

  test('why says what the venue and our limits said', async () => {
    expect(await shown(`why ${await idOf('poor')}`, 120)).toContain('-2010 Account has insufficient balance');
    expect(await shown(`why ${await idOf('breakout')}`, 120)).toContain(
      'max_order_notional: 122,550.02 USDT of 10,000',
    );
    expect(await shown(`why ${await idOf('dip')}`, 120)).toContain('the venue refuses it after 11:00:05.000');
  });
});

describe('positions and balances', () => {
  // Bought 0.12 at 62,000 and 0.08 at 63,000: 62,400 on average; sold 0.1 at 64,000 and 0.01 at 64,200.
  test('positions are the ledger’s, at average cost', async () => {
    expect(await shown('positions')).toMatchInlineSnapshot(`
      "kraken-main: ETH/USD is halted since 2024-03-05 08:00:00 UTC: price older than
      30 s

      Account       Symbol         Amount    Entry  Realised  Books
      binance-main  BTC/USDT         0.09    62400  178 USDT  0.1 STR-001,
                                                              -0.01 unassigned
      binance-main  ETH/USDT       0.4821  3105.25    0 USDT  0.4821 STR-014
      usdm-main     BTC/USDT:USDT    -0.3  64702.5    0 USDT  -0.3 STR-022
      "
    `);
    expect(documentOf(await cli('positions --symbol BTC/USDT --json'))).toEqual({
      positions: [
        {
          account: 'binance-main',
          symbol: 'BTC/USDT',
          amount: '0.09',
          entryPrice: '62400',
          realized: '178', // 0.1 x 1,600 + 0.01 x 1,800
          unit: 'USDT',
          fees: { USDT: '18.88', BNB: '0.001' },
          books: { 'STR-001': '0.1', unassigned: '-0.01' },
          funding: {},
          bookFunding: {},
        },
      ],
    });
  });

  test('balances are what was there, and what trading made of it', async () => {
    expect(await shown('balances')).toMatchInlineSnapshot(`
      "Account       Asset        Ledger  Books
      binance-main  BNB          -0.001  -0.001 unassigned
      binance-main  BTC            0.09  0.1 STR-001, -0.01 unassigned
      binance-main  ETH       2.4816179  0.4816179 STR-014, 2 unassigned
      binance-main  USDT   43046.078975  -6098.88 STR-001, -1497.041025 STR-014,
                                         50642 unassigned
      kraken-main   USD           15000  15000 unassigned
      usdm-main     USDT     19992.2357  -7.7643 STR-022, 20000 unassigned
      "
    `);
  });
});

describe('fills export', () => {
  const rowsOf = (csv: string) =>
    csv
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
  const column = (csv: string, name: string) => {
    const index = csv.split('\n', 1)[0]?.split(',').indexOf(name) ?? -1;
    return rowsOf(csv).map((row) => row[index] ?? '');
  };

  test.each([
    // Sold 0.1 of the 0.12 at 62,000, then 0.01 of it.
    ['fifo', ['200', '22']],
    // Sold the 0.08 at 63,000 and 0.02 at 62,000, then 0.01 at 62,000.
    ['lifo', ['120', '22']],
    ['average', ['160', '18']],
  ])('realises by %s', async (method, realized) => {
    const { stdout, stderr, code } = await cli(`fills export --csv --method ${method} --symbol BTC/USDT`);
    expect(code).toBe(0);
    expect(stderr).toBe('4 fills\n');
    expect(column(stdout, 'side')).toEqual(['buy', 'buy', 'sell', 'sell']);
    expect(column(stdout, 'realized_pnl')).toEqual(['0', '0', ...realized]);
    expect(column(stdout, 'method')).toEqual(Array.from({ length: 4 }, () => method));
  });

  test('has fees in their asset and in quote, and the book of each', async () => {
    const file = join(home, 'fills.csv');
    const { stdout, stderr } = await cli(`fills export --out ${file}`);
    expect(stdout).toBe('');
    expect(stderr).toContain('6 fills in');
    const csv = readFileSync(file, 'utf8');
    expect(column(csv, 'fee_in_quote')).toEqual(['7.44', '5.04', '6.4', '', '1.497041025', '7.7643']);
    expect(column(csv, 'fee_asset')).toEqual(['USDT', 'USDT', 'USDT', 'BNB', 'ETH', 'USDT']);
    expect(column(csv, 'book')).toEqual(['STR-001', 'STR-001', 'STR-001', 'unassigned', 'STR-014', 'STR-022']);
    const quotes = column(csv, 'quote_amount');
    expect(sumText(...quotes)).toBe('40429.791025');
    expect(column(csv, 'time')).toEqual(column(csv, 'time').toSorted((a, b) => (a < b ? -1 : 1)));
  });
});
