import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { importBars } from '../../../adapters/market-data/import-bars.ts';
import { loadMarkets } from '../../../adapters/market-data/load-markets.ts';
import { fixtureBars, fixtureFile, fixtureFunding } from '../../fixture-files.ts';
import { hourlyCsv, useTemporaryHome } from './temporary-home.ts';

const home = useTemporaryHome();
const hour = 3_600_000;
const start = Date.UTC(2025, 0, 1);

function write(name: string, content: string | Uint8Array): string {
  const file = join(home.folder, name);
  writeFileSync(file, content);
  return file;
}

describe('finds bars', () => {
  const data = fixtureFile('data/ohlcv');

  test('in a folder, by symbol and timeframe', async () => {
    const { markets, gaps, warnings } = await loadMarkets({
      universe: ['SOL/USDT:USDT', 'BTC/USDT'],
      timeframe: '1h',
      data: [data],
    });
    expect(markets.map(({ bars }) => [bars.symbol, bars.timeframe, bars.timeMs.length])).toEqual([
      ['SOL/USDT:USDT', '1h', 6652],
      ['BTC/USDT', '1h', 8448],
    ]);
    expect([gaps, warnings]).toEqual([{ gaps: 0, missingBars: 0 }, []]);
    expect(markets[1].bars).toEqual(fixtureBars('ohlcv/BTC-USDT-1h.csv', 'BTC/USDT', '1h'));
  });

  test('of a finer frame, resampled', async () => {
    const { markets } = await loadMarkets({ universe: ['ETH/USDT'], timeframe: '4h', data: [data] });
    expect(markets[0].source).toMatch(/ETH-USDT-1h/); // the coarsest that fits, not the 5m file beside it
    expect(markets[0].bars.timeMs.length).toBe(8448 / 4);
  });

  test('in the sample on a fresh machine, in the store when they are there', async () => {
    const request = { universe: ['BTC/USDT:USDT'], timeframe: '1h' } as const;
    expect((await loadMarkets(request)).markets[0]).toMatchObject({
      gaps: { gaps: 0 },
      source: expect.stringContaining('sample'),
    });
    await importBars([write('BTC-USDT-PERP-1h.csv', hourlyCsv([100, 101]))], { nowMs: start + 10 * hour });
    const [stored] = (await loadMarkets(request)).markets;
    expect([stored.source.startsWith(home.home), stored.bars.timeMs.length]).toEqual([true, 2]);
  });

  test('in a file whose name says nothing, for the one symbol that is asked for', async () => {
    const file = write('mine.csv', hourlyCsv([1, 2, 3]));
    expect((await loadMarkets({ universe: ['XYZ/USDT'], timeframe: '1h', data: [file] })).markets[0].bars.symbol).toBe(
      'XYZ/USDT',
    );
    expect((await loadMarkets({ data: [`XYZ/USDT=${file}`] })).markets[0].bars).toMatchObject({
      symbol: 'XYZ/USDT',
      timeframe: '1h',
    });
  });

  test.each([
    [
      'a symbol that is nowhere',
      { universe: ['BTC/USDX'], timeframe: '1h', data: [data] },
      { code: 'DataUnavailable', place: { nearest: 'BTC/USD' } },
    ],
    [
      'a spot symbol that the sample has as a perpetual',
      { universe: ['BTC/USDT'], timeframe: '1h' },
      { code: 'DataUnavailable', place: { nearest: 'BTC/USDT:USDT' } },
    ],
    [
      'only coarser bars',
      { universe: ['SOL/USD'], timeframe: '1h', data: [data] },
      { code: 'BadInput', place: { found: '1d' } },
    ],
    ['a path that is not there', { universe: ['BTC/USDT'], timeframe: '1h', data: ['nowhere'] }, { code: 'NotFound' }],
    ['a symbol that is none', { universe: ['BTC/USDT'], timeframe: '1h', data: ['BTCUSDT=x.csv'] }, { code: 'Usage' }],
    ['no symbol at all', { timeframe: '1h', data: [data] }, { code: 'Usage' }],
    [
      'no bars in the range',
      { universe: ['BTC/USDT'], timeframe: '1h', data: [data], timerange: '-20100101' },
      { code: 'DataUnavailable' },
    ],
    ['no number of bars', { universe: ['BTC/USDT'], timeframe: '1h', data: [data], bars: 0 }, { code: 'Usage' }],
    [
      'funding without a symbol',
      { universe: ['BTC/USDT'], timeframe: '1h', data: [data], funding: ['x.csv'] },
      { code: 'Usage' },
    ],
  ] as const)('refuses %s', async (_, request, error) => {
    await expect(loadMarkets(request)).rejects.toMatchObject(error);
  });

  test('refuses an explicit file of coarser bars, and two files of one series', async () => {
    const daily = fixtureFile('data/ohlcv/BTC-USD-1d.csv.gz');
    await expect(loadMarkets({ universe: ['BTC/USD'], timeframe: '1h', data: [`BTC/USD=${daily}`] })).rejects.toThrow(
      /cannot be made 1h/,
    );
    write('BTC-USDT-1h.csv', hourlyCsv([1]));
    write('BTC-USDT-1h.csv.gz', gzipSync(hourlyCsv([1])));
    await expect(loadMarkets({ universe: ['BTC/USDT'], timeframe: '1h', data: [home.folder] })).rejects.toThrow(
      /two files hold bars of BTC\/USDT/,
    );
  });
});

test('cuts to the range, the end excluded, then to the first bars', async () => {
  const file = fixtureFile('data/ohlcv/BTC-USDT-1h.csv.gz');
  const request = {
    universe: ['BTC/USDT'],
    timeframe: '1h',
    data: [`BTC/USDT=${file}`],
    timerange: '20250101-20250103',
  } as const;
  const whole = (await loadMarkets(request)).markets[0].bars.timeMs;
  expect([whole.length, whole[0], whole[47]]).toEqual([48, start, start + 47 * hour]);
  const first = (await loadMarkets({ ...request, bars: 5 })).markets[0].bars.timeMs;
  expect([...first]).toEqual([...whole.subarray(0, 5)]);
});

test('the whole file is checked, whatever part is used', async () => {
  const file = write('X-USDT-1h.csv', `${hourlyCsv(Array.from({ length: 100 }, () => 5))}1,2,3\n`);
  await expect(loadMarkets({ universe: ['X/USDT'], timeframe: '1h', data: [file], bars: 2 })).rejects.toMatchObject({
    place: { line: 102 },
  });
});

test('a market with holes runs when they are allowed, and says so; AAPL has 1,151 days without bars', async () => {
  const data = [`AAPL/USD=${fixtureFile('data/equity/AAPL-1d.csv.gz')}`];
  const request = { universe: ['AAPL/USD'], timeframe: '1d', data, timerange: '20150101-' } as const;
  await expect(loadMarkets(request)).rejects.toThrow(/1151 bars of AAPL\/USD are missing \(gaps: 552\)/);
  const { gaps, markets, warnings } = await loadMarkets({ ...request, allowGaps: true });
  expect([gaps, markets[0].bars.timeMs.length]).toEqual([{ gaps: 552, missingBars: 1151 }, 2545]); // golden case 23
  expect(warnings).toHaveLength(1);
});

test('bars made of incomplete finer ones are a warning', async () => {
  const rows = hourlyCsv(Array.from({ length: 48 }, () => 5)).split('\n');
  rows.splice(10, 1);
  const file = write('X-USDT-1h.csv', rows.join('\n'));
  const { gaps, warnings } = await loadMarkets({ universe: ['X/USDT'], timeframe: '1d', data: [file] });
  expect([gaps.missingBars, warnings]).toEqual([0, [expect.stringContaining('1 1d bars')]]);
});

test('funding comes with its market and counts in the data hash', async () => {
  const folder = fixtureFile('data/derivatives');
  const request = { universe: ['BTC/USDT:USDT'], timeframe: '1h', data: [folder] } as const;
  const funding = [`BTC/USDT:USDT=${join(folder, 'BTC-USDT-PERP-funding-8h.csv.gz')}`];
  const [without, withFunding] = [await loadMarkets(request), await loadMarkets({ ...request, funding })];
  expect(without.markets[0].funding).toBeUndefined();
  expect(withFunding.markets[0].funding).toEqual(
    fixtureFunding('derivatives/BTC-USDT-PERP-funding-8h.csv', 'BTC/USDT:USDT'),
  );
  expect(withFunding.dataHash).not.toBe(without.dataHash);
});

test.each([
  ['another header', 'timestamp,open,high,low,close,volume\n1735689600000,1,1,1,1,1\n', /no funding rates/],
  ['a repeated time', 'timestamp,funding_rate\n1735689600000,0.1\n1735689600000,0.1\n', /repeated time/],
  ['an unsorted time', 'timestamp,funding_rate\n1735689600000,0.1\n1735603200000,0.1\n', /unsorted time/],
  ['a rate that is none', 'timestamp,funding_rate\n1735689600000,x\n', /no number|not a number/],
  ['a row of another length', 'timestamp,funding_rate\n1735689600000\n', /another length/],
])('refuses funding with %s', async (_, text, message) => {
  const bars = write('X-USDT-1h.csv', hourlyCsv([1]));
  const funding = [`X/USDT=${write('funding.csv', text)}`];
  await expect(loadMarkets({ universe: ['X/USDT'], timeframe: '1h', data: [bars], funding })).rejects.toThrow(message);
});

test('the hash is that of the columns, not of the file they lie in', async () => {
  const csv = hourlyCsv([1, 2, 3]);
  mkdirSync(join(home.folder, 'packed'));
  const packed = write('packed/X-USDT-1h.csv.gz', gzipSync(csv));
  const plain = write('X-USDT-1h.csv', csv.replaceAll('\n', '\r\n'));
  const hashes = [];
  for (const file of [plain, packed])
    hashes.push((await loadMarkets({ universe: ['X/USDT'], timeframe: '1h', data: [file] })).dataHash);
  expect(hashes[0]).toBe(hashes[1]);
});

test('the shipped sample is the recorded data', async () => {
  const file = join(home.folder, 'BTC-USDT-PERP-1h.csv.gz');
  copyFileSync(fixtureFile('data/ohlcv/BTC-USDT-PERP-1h.csv.gz'), file); // the first 8,810 bars of it
  const request = { universe: ['BTC/USDT:USDT'], timeframe: '1h', bars: 8810 } as const;
  expect((await loadMarkets(request)).dataHash).toBe((await loadMarkets({ ...request, data: [file] })).dataHash);
});
