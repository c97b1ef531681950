import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fillColumns, inputFromFills } from '../../../apps/plugins/fills-input.ts';
import { projectFolder } from '../../../config/paths.ts';
import { slippageReport } from '../../../plugins/diag/slippage-report.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightdesk-fills-'));
afterAll(() => rmSync(folder, { recursive: true }));

const id = 'diag_slippage_report';
const write = (text: string, name = 'fills.csv') => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};
const read = (text: string, name?: string) => inputFromFills(id, write(text, name)).input;

/** The orders of the plugin's example as rows: a fill each, what is of the order in its first row only. */
const { orders } = slippageReport.example.input;
const rows = orders.flatMap(({ fills, id: order, qty: orderQty, ...rest }) =>
  fills.map((fill, index) => (index === 0 ? { order, orderQty, ...rest, ...fill } : { order, ...fill })),
);
const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
const csv = [names, ...rows.map((row) => names.map((name) => String(new Map(Object.entries(row)).get(name) ?? '')))]
  .map((cells) => cells.join(','))
  .join('\n');

describe('a table of fills', () => {
  test('is the orders that it was made of, from CSV and from JSON', () => {
    expect(read(csv)).toEqual({ orders });
    expect(read(JSON.stringify(rows), 'fills.json')).toEqual({ orders });
  });

  test('runs from the command line', () => {
    const command = ['bin/nightdesk.mjs', 'plugins', 'run', id, '--fills', write(csv), '--json'];
    const { stdout, stderr } = spawnSync(process.execPath, command, { cwd: projectFolder, encoding: 'utf8' });
    expect(stderr).toContain('2 orders with 3 fills');
    const { totals } = JSON.parse(stdout) as { totals: { cost: { fees: number } } };
    expect(totals.cost.fees).toBeCloseTo(0.9, 12);
  });

  test('has orders without fills, fills of an order apart, and times', () => {
    const text = `order,symbol,side,orderQty,decisionPrice,arrivalPrice,endPrice,time,price,qty
a,BTC/USDT,buy,2,100,101,102,2026-11-20T10:00:00Z,101,1
b,BTC/USDT,sell,1,100,99,98,,,
a,,,,,,,1763683200000,102,1`;
    const [a, b] = read(text).orders;
    expect(a.fills).toEqual([
      { price: 101, qty: 1, time: Date.UTC(2026, 10, 20, 10) },
      { price: 102, qty: 1, time: 1763683200000 },
    ]);
    expect(b).toMatchObject({ id: 'b', endPrice: 98, fills: [] });
  });

  test('names all of its columns once', () => {
    const all = fillColumns.map(({ name }) => name);
    expect(new Set(all).size).toBe(all.length);
    expect(names.filter((name) => !all.includes(name))).toEqual([]);
  });
});

const header = 'order,symbol,side,orderQty,decisionPrice,arrivalPrice,price,qty';
const first = 'a,BTC/USDT,buy,2,100,101,101,1';

describe('is refused', () => {
  test.each([
    ['', 'not a table of fills', {}],
    [header, 'not a table of fills', { found: 'no rows' }],
    [`${header.replace(',side', '')}\na,BTC/USDT,2,100,101,101,1`, 'not a table of fills', {}],
    [`${header.replace('side', 'sid')}\n${first}`, 'no such column', { path: 'sid', nearest: 'side' }],
    [`${header}\n${first.replace('buy', 'long')}`, 'not a side', { path: 'side', line: 2, found: 'long' }],
    [`${header}\n${first.replace('a,', ',')}`, 'missing', { path: 'order', line: 2 }],
    [`${header}\n${first.replace('BTC/USDT', '')}`, 'missing', { path: 'symbol', line: 2 }],
    [`${header}\n${first.replace('100', '')}`, 'missing', { path: 'decisionPrice', line: 2 }],
    [`${header}\n${first.replace('100', 'many')}`, 'not what it has to be', { path: 'decisionPrice', found: 'many' }],
    [`${header}\n${first.replace(/1$/, '')}`, 'missing beside a price', { path: 'qty', line: 2 }],
    [`${header}\n${first.replace(/101,1$/, ',1')}`, 'missing beside a quantity', { path: 'price', line: 2 }],
    [`${header}\n${first}\n${first.replace('100', '99')}`, 'another one', { path: 'decisionPrice', line: 3 }],
    [`${header}\n${first}\n${first.replace('buy', 'sell')}`, 'another one', { path: 'side', line: 3 }],
    [`${header},time\n${first},soon`, 'not a time', { path: 'time', line: 2 }],
    ['[1]', 'not a row', { line: 1 }],
    ['[{', 'not valid JSON', {}],
  ])('%j', (text, message, place) => {
    const refusal = { message: expect.stringContaining(message), place: expect.objectContaining(place) };
    expect(() => read(text)).toThrow(expect.objectContaining(refusal));
  });

  test('for a plugin that takes none', () => {
    const refusal = expect.objectContaining({ code: 'Usage', message: 'fe_kalman does not run on fills' });
    expect(() => inputFromFills('fe_kalman', 'fills.csv')).toThrow(refusal);
  });
});

describe("the desk's own export", () => {
  const desk = (extra: string, cells: string) =>
    `time,account,venue,symbol,side,amount,price,quote_amount,quote_asset,fee,fee_asset,fee_in_quote,method,trade_id,client_order_id,book${extra}
2026-11-20T10:00:00.000Z,main,binance,BTC/USDT,buy,0.01,64200,642,USDT,0.00001,BTC,0.642,fifo,1,abc,STR-001${cells}`;

  test('with the prices added is taken by its own names, fees in quote', () => {
    expect(read(desk(',orderQty,decisionPrice,arrivalPrice', ',0.01,64000,64100'))).toEqual({
      orders: [
        {
          id: 'abc',
          symbol: 'BTC/USDT',
          side: 'buy',
          qty: 0.01,
          decisionPrice: 64_000,
          arrivalPrice: 64_100,
          venue: 'binance',
          strategy: 'STR-001',
          fills: [{ price: 64_200, qty: 0.01, fee: 0.642, time: Date.UTC(2026, 10, 20, 10) }],
        },
      ],
    });
  });

  test.each([
    ['', '', 'fills without orderQty, decisionPrice, arrivalPrice'],
    [',orderQty,decisionPrice', ',0.01,64000', 'fills without arrivalPrice'],
    [',orderQty,decisionprice,arrivalPrice', ',0.01,1,1', 'no such column of a table of fills'],
  ])('with %j added says what it lacks', (extra, cells, message) => {
    expect(() => read(desk(extra, cells))).toThrow(expect.objectContaining({ message }));
  });
});
