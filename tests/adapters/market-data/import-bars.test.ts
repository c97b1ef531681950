import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importBars, type ImportOptions } from '../../../adapters/market-data/import-bars.ts';
import { listBars } from '../../../adapters/market-data/list-bars.ts';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import { projectFolder } from '../../../config/paths.ts';
import { fixtureFile } from '../../fixture-files.ts';
import { mountSmallDisk } from './small-disk.ts';
import { hourlyCsv, useTemporaryHome } from './temporary-home.ts';

const home = useTemporaryHome();
const hour = 3_600_000;
const start = Date.UTC(2025, 0, 1);
const options: ImportOptions = { nowMs: Date.UTC(2026, 0, 1) };

function write(name: string, content: string): string {
  const file = join(home.folder, name);
  writeFileSync(file, content);
  return file;
}

const stored = () => readdirSync(join(home.home, 'data')).filter((name) => !name.startsWith('.'));

const closes = async (symbol = 'X/USDT') => [
  ...(await loadMarkets({ universe: [symbol], timeframe: '1h', allowGaps: true })).markets[0].bars.close,
];

test('merges files into one series: overlaps are fine where they agree', async () => {
  const first = write('X-USDT-1h.csv', hourlyCsv([1, 2, 3]));
  const later = write('more.csv', hourlyCsv([3, 4], start + 2 * hour));
  expect(await importBars([first], options)).toMatchObject([
    { symbol: 'X/USDT', timeframe: '1h', read: 3, added: 3, bars: 3 },
  ]);
  const [result] = await importBars([later], { ...options, symbol: 'x_usdt' });
  expect(result).toMatchObject({ read: 2, added: 1, bars: 4, from: start, to: start + 3 * hour, gaps: 0, unclosed: 0 });
  expect([stored(), await closes()]).toEqual([['X-USDT-1h.parquet'], [1, 2, 3, 4]]);
});

test('what is imported is what was read, bit for bit', async () => {
  const file = fixtureFile('data/ohlcv/XRP-USDT-1h.csv.gz');
  await importBars([file], options);
  const request = { universe: ['XRP/USDT'], timeframe: '1h' } as const;
  expect((await loadMarkets(request)).dataHash).toBe((await loadMarkets({ ...request, data: [file] })).dataHash);
});

test('a folder stands for the bar files in it', async () => {
  const folder = join(home.folder, 'bars');
  mkdirSync(folder);
  symlinkSync(fixtureFile('market-data/BTC_USDT-1h.feather'), join(folder, 'BTC_USDT-1h.feather'));
  writeFileSync(join(folder, 'ETH-USDT-PERP-1h.csv'), hourlyCsv([5]));
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  const results = await importBars([folder], options);
  expect(results.map(({ symbol, bars }) => [symbol, bars])).toEqual([
    ['BTC/USDT', 300],
    ['ETH/USDT:USDT', 1],
  ]);
});

describe('contradictions', () => {
  test('are refused with their row, and nothing changes', async () => {
    await importBars([write('X-USDT-1h.csv', hourlyCsv([1, 2, 3]))], options);
    const before = readFileSync(join(home.home, 'data', 'X-USDT-1h.parquet'));
    const other = write('X-USDT-1h.csv', hourlyCsv([1, 2.5, 3, 4]));
    await expect(importBars([other], options)).rejects.toMatchObject({
      code: 'BadInput',
      place: { file: other, line: 3, path: 'open', found: '2.5', expected: expect.stringContaining('2, as before') },
    });
    expect(readFileSync(join(home.home, 'data', 'X-USDT-1h.parquet'))).toEqual(before);
    await importBars([other], { ...options, replace: true });
    expect(await closes()).toEqual([1, 2.5, 3, 4]);
  });

  test('between two files of one import are refused too', async () => {
    const files = [write('X-USDT-1h.csv', hourlyCsv([1, 2])), write('X_USDT-1h.csv', hourlyCsv([1, 9]))];
    await expect(importBars(files, options)).rejects.toMatchObject({ place: { file: files[1], line: 3 } });
    expect(stored()).toEqual([]);
  });
});

test('one bad file, and none is written', async () => {
  const files = [write('X-USDT-1h.csv', hourlyCsv([1, 2])), write('Y-USDT-1h.csv', hourlyCsv([1, -2]))];
  await expect(importBars(files, options)).rejects.toMatchObject({
    code: 'BadInput',
    place: { file: files[1], line: 3 },
  });
  expect(() => stored()).toThrow(/ENOENT/);
});

test('a bar that has not closed is left out and counted', async () => {
  const file = write('X-USDT-1h.csv', hourlyCsv([1, 2, 3]));
  const nowMs = start + 3 * hour - 1;
  expect(await importBars([file], { nowMs })).toMatchObject([{ read: 2, bars: 2, unclosed: 1 }]);
  await expect(importBars([write('Y-USDT-1h.csv', hourlyCsv([1]))], { nowMs: start })).rejects.toThrow(
    /none of its bars has closed/,
  );
});

test.each([
  ['a name without a symbol', 'prices.csv', {}, { code: 'BadInput', place: { found: 'prices.csv' } }],
  ['a symbol that is none', 'prices.csv', { symbol: 'BTCUSDT' }, { code: 'Usage' }],
])('refuses %s', async (_, name, more, error) => {
  await expect(importBars([write(name, hourlyCsv([1, 2]))], { ...options, ...more })).rejects.toMatchObject(error);
});

test('refuses a folder without bars and a file that is not there', async () => {
  await expect(importBars([home.folder], options)).rejects.toThrow(/no bar files/);
  await expect(importBars([join(home.folder, 'none.csv')], options)).rejects.toMatchObject({ code: 'NotFound' });
});

test('the list says where bars came from; imported bars hide those of the sample', async () => {
  await importBars([write('BTC-USDT-PERP-1h.csv', hourlyCsv([1, 2])), write('X-USDT-1h.csv', hourlyCsv([1]))], options);
  const list = await listBars();
  expect(list.map(({ symbol, source }) => [symbol, source])).toEqual([
    ['BTC/USDT:USDT', 'BTC-USDT-PERP-1h.csv'],
    ['X/USDT', 'X-USDT-1h.csv'],
    ...['ADA', 'BNB', 'ETH', 'SOL', 'XRP'].map((base) => [`${base}/USDT:USDT`, 'sample']),
  ]);
  expect(list[0]).toEqual({
    symbol: 'BTC/USDT:USDT',
    timeframe: '1h',
    bars: 2,
    from: start,
    to: start + hour,
    gaps: 0,
    missingBars: 0,
    source: 'BTC-USDT-PERP-1h.csv',
  });
});

const cli = (...args: string[]) => [join(projectFolder, 'apps/cli/nightdesk.ts'), 'data', ...args];
const environment = () => ({ ...process.env, NIGHTDESK_HOME: home.home });

test('killed at any moment, an import leaves the old file or the new one, whole', async () => {
  const old = write('X-USDT-1m.csv', hourlyCsv([1, 2]).replaceAll(`${start + hour}`, `${start + 60_000}`));
  await importBars([old], { ...options, timeframe: '1m' });
  const rows = Array.from({ length: 60_000 }, (_, i) => `${start + i * 60_000},1,2.5,0.5,${i === 1 ? 2 : 1},10`);
  const large = write('large.csv', ['timestamp,open,high,low,close,volume', ...rows].join('\n'));
  const seen = new Set<number>();
  for (let delayMs = 150; delayMs <= 450; delayMs += 60) {
    const child = spawn(process.execPath, cli('import', large, '--symbol', 'X/USDT', '--replace'), {
      env: environment(),
      stdio: 'ignore',
    });
    const killer = setTimeout(() => child.kill('SIGKILL'), delayMs);
    await once(child, 'exit');
    clearTimeout(killer);
    const { markets } = await loadMarkets({ universe: ['X/USDT'], timeframe: '1m' });
    seen.add(markets[0].bars.timeMs.length);
  }
  for (const bars of seen) expect([2, 60_000]).toContain(bars);
  await importBars([old], { ...options, timeframe: '1m', replace: true });
  expect(readdirSync(join(home.home, 'data')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('imports at the same time wait for each other: none is lost', async () => {
  const children = ['1', '2', '3'].map((day) => {
    const file = write(`${day}.csv`, hourlyCsv([Number(day)], start + Number(day) * hour));
    return spawn(process.execPath, cli('import', file, '--symbol', 'X/USDT', '--timeframe', '1h'), {
      env: environment(),
      stdio: 'ignore',
    });
  });
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
  expect([codes, await closes()]).toEqual([
    [0, 0, 0],
    [1, 2, 3],
  ]);
});

test('a full disk is said, and leaves the store as it was', async ({ skip }) => {
  const data = join(home.home, 'data');
  const unmount = mountSmallDisk(data, 100);
  if (typeof unmount === 'string') return skip(unmount);
  try {
    await importBars([write('X-USDT-1h.csv', hourlyCsv([1, 2, 3]))], options);
    await expect(importBars([fixtureFile('data/ohlcv/XRP-USDT-1h.csv.gz')], options)).rejects.toMatchObject({
      code: 'ResourceExhausted',
    });
    expect([stored(), await closes()]).toEqual([['X-USDT-1h.parquet'], [1, 2, 3]]);
    expect(readdirSync(data).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  } finally {
    unmount();
  }
});
