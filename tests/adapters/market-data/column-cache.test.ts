import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { cachedColumns, prune } from '../../../adapters/market-data/column-cache.ts';
import { type CheckedColumns, readColumnFile, writeColumnFile } from '../../../adapters/market-data/column-file.ts';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import { fixtureFile } from '../../fixture-files.ts';
import { hourlyCsv, useTemporaryHome } from './temporary-home.ts';

const home = useTemporaryHome();
const cacheFolder = () => join(home.home, 'cache', 'columns');

const columns: CheckedColumns = {
  timeframe: '4h',
  incompleteBars: 3,
  timeMs: Float64Array.of(0, 14_400_000),
  open: Float64Array.of(1, -0),
  high: Float64Array.of(5e-324, 2),
  low: Float64Array.of(1.7976931348623157e308, 3),
  close: Float64Array.of(0.1, 4),
  volume: Float64Array.of(6, 5),
};

test('a column file gives back every bit', () => {
  const file = join(home.folder, 'x.f64');
  writeColumnFile(file, columns);
  expect(statSync(file).size).toBe(24 + 2 * 6 * 8);
  expect(readColumnFile(file)).toEqual(columns);
});

test.each([
  ['is not there', (file: string) => rmSync(file)],
  ['is cut short', (file: string) => truncateSync(file, 60)],
  ['is empty', (file: string) => truncateSync(file, 0)],
  ['is something else', (file: string) => writeFileSync(file, Buffer.alloc(24 + 96, 1))],
])('a column file that %s is no entry', (_, damage) => {
  const file = join(home.folder, 'x.f64');
  writeColumnFile(file, columns);
  damage(file);
  expect(readColumnFile(file)).toBeUndefined();
});

test('makes an entry once, keeps it in memory, and makes it again where its file is damaged', async () => {
  let made = 0;
  const make = async () => {
    made++;
    return columns;
  };
  for (let i = 0; i < 1_000; i++) await cachedColumns('once', make);
  expect([made, readdirSync(cacheFolder())]).toEqual([1, ['once.f64']]);
  writeFileSync(join(cacheFolder(), 'damaged.f64'), 'NDCOLS01');
  expect(await cachedColumns('damaged', make)).toEqual(columns);
  expect([made, readColumnFile(join(cacheFolder(), 'damaged.f64'))]).toEqual([2, columns]);
});

test('an entry that cannot be kept on disk is used all the same', async () => {
  writeFileSync(join(home.home, 'cache'), 'a file where the folder should be');
  expect(await cachedColumns('unkept', async () => columns)).toEqual(columns);
});

test('the oldest files go when there are too many bytes', () => {
  for (const [index, name] of ['old', 'newer', 'newest'].entries()) {
    writeFileSync(join(home.folder, name), Buffer.alloc(100));
    utimesSync(join(home.folder, name), 1_000 + index, 1_000 + index);
  }
  prune(home.folder, 250);
  expect(readdirSync(home.folder).toSorted()).toEqual(['newer', 'newest']);
});

test('is never stale: a file that changes is read again, even with its size and times put back', async () => {
  const file = join(home.folder, 'X-USDT-1h.csv');
  const request = { universe: ['X/USDT'], timeframe: '1h', data: [file] } as const;
  const closes = async (csv: string) => {
    writeFileSync(file, csv);
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    return [...(await loadMarkets(request)).markets[0].bars.close];
  };
  expect(await closes(hourlyCsv([1, 2]))).toEqual([1, 2]);
  expect(await closes(hourlyCsv([3, 2]))).toEqual([3, 2]);
});

test('a thread reads what another one left, without DuckDB', async () => {
  const request = { universe: ['BTC/USDT:USDT'], timeframe: '1h' } as const;
  const here = await loadMarkets(request);
  const { stdout } = await promisify(execFile)(process.execPath, [
    new URL('./load-in-thread.ts', import.meta.url).pathname,
    JSON.stringify(request),
  ]);
  expect(JSON.parse(stdout)).toEqual({ dataHash: here.dataHash, bars: 31_973, duckdb: false });
});

test('what is read from the same file at another frame is another entry', async () => {
  const data = [fixtureFile('data/ohlcv/BTC-USDT-1h.csv.gz')];
  for (const timeframe of ['1h', '4h', '1d', '4h'] as const)
    await loadMarkets({ universe: ['BTC/USDT'], timeframe, data });
  const sizes = readdirSync(cacheFolder()).map((name) => readFileSync(join(cacheFolder(), name)).length);
  expect(sizes.toSorted((a, b) => a - b)).toEqual([352, 2112, 8448].map((bars) => 24 + bars * 48));
});
