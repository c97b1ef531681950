import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withDuckDb } from '../../adapters/market-data/duckdb.ts';
import { type TableColumn, writeTable } from '../../adapters/table-file.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightdesk-table-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns: readonly TableColumn[] = [
  { name: 'name', type: 'text', values: ['plain', 'with, comma', 'with "quote"\nand line', null] },
  { name: 'value', type: 'number', values: [0.1, -0, null, 1e-300] },
  { name: 'timeMs', type: 'integer', values: Float64Array.from([1_700_000_000_000, 0, -1, 2]) },
];

it('CSV: quoted where needed, missing is nothing, numbers to the last bit', async () => {
  const file = join(folder, 'table.csv');
  await writeTable(file, columns);
  expect(readFileSync(file, 'utf8')).toBe(
    'name,value,timeMs\nplain,0.1,1700000000000\n"with, comma",0,0\n"with ""quote""\nand line",,-1\n,1e-300,2\n',
  );
});

it('Parquet: the same values, typed; more rows than a chunk', async () => {
  const file = join(folder, "it's.parquet");
  const many = Array.from({ length: 5000 }, (_, row) => row);
  const repeated = columns.map((column) => ({ ...column, values: many.map((row) => column.values[row % 4]) }));
  await writeTable(file, repeated as TableColumn[]);
  const rows = await withDuckDb(async (connection) =>
    (await connection.runAndReadAll('select * from read_parquet($1)', [file])).getRows(),
  );
  expect(rows).toHaveLength(5000);
  expect(rows.slice(0, 4)).toEqual([
    ['plain', 0.1, 1_700_000_000_000n],
    ['with, comma', -0, 0n],
    ['with "quote"\nand line', null, -1n],
    [null, 1e-300, 2n],
  ]);
});

it('an empty table has its columns', async () => {
  for (const name of ['empty.csv', 'empty.parquet']) {
    await writeTable(
      join(folder, name),
      columns.map((column) => ({ ...column, values: [] })),
    );
  }
  expect(readFileSync(join(folder, 'empty.csv'), 'utf8')).toBe('name,value,timeMs\n');
});

it('what fails leaves nothing behind', async () => {
  const before = readdirSync(folder);
  await expect(writeTable(join(folder, 'table.xlsx'), columns)).rejects.toThrow('what format?');
  const broken: TableColumn[] = [{ name: 'a', type: 'integer', values: [0.5] }];
  await expect(writeTable(join(folder, 'broken.parquet'), broken)).rejects.toThrow('nothing was changed');
  expect(readdirSync(folder)).toEqual(before);
});
