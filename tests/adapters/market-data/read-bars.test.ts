import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readBarFile, refuseErrors } from '../../../adapters/market-data/read-bars.ts';
import { readSourceFile } from '../../../adapters/market-data/source-file.ts';
import { barFields } from '../../../core/market/bars.ts';
import { fixtureBars, fixtureFile } from '../../fixture-files.ts';
import { useTemporaryHome } from './temporary-home.ts';

const home = useTemporaryHome();
const fixture = (name: string) => fixtureFile(`market-data/${name}`);
const recorded = fixtureBars('ohlcv/BTC-USDT-1h.csv', 'BTC/USDT', '1h');

describe('reads the same bars from', () => {
  test.each([
    ['freqtrade feather, LZ4, ms', 'BTC_USDT-1h.feather', 300],
    ['feather, LZ4, ns', 'nanoseconds.feather', 300],
    ['feather, not packed', 'unpacked.feather', 300],
    ['Parquet with a pandas index', 'pandas-index.parquet', 300],
    ['CSV as backtesting.py users have it', 'backtesting-py.csv', 300],
    ['freqtrade JSON', 'BTC_USDT-1h.json', 50],
  ])('%s', async (_, name, count) => {
    const read = await readBarFile(readSourceFile(fixture(name)));
    expect([read.timeframe, read.errorCount]).toEqual(['1h', 0]);
    for (const field of ['timeMs', ...barFields] as const) {
      expect([...read.columns[field]]).toEqual([...recorded[field].subarray(0, count)]);
    }
  });
});

test('the format is what the content is, not what the name says', async () => {
  const file = join(home.folder, 'BTC-USDT-1h.csv');
  copyFileSync(fixture('pandas-index.parquet'), file);
  expect((await readBarFile(readSourceFile(file))).columns.timeMs.length).toBe(300);
});

test('Parquet times do not depend on the time zone of the machine', async () => {
  const before = process.env['TZ'];
  process.env['TZ'] = 'America/New_York';
  try {
    const { columns } = await readBarFile(readSourceFile(fixture('pandas-index.parquet')));
    expect(columns.timeMs[0]).toBe(recorded.timeMs[0]);
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});

test.each([
  ['feather packed with zstd', 'zstd.feather', /no feather file/],
  ['feather with texts for prices', 'texts.feather', /column close holds no numbers/],
])('refuses %s', async (_, name, message) => {
  await expect(readBarFile(readSourceFile(fixture(name)))).rejects.toThrow(message);
});

test('a JSON list says no order: its name must be freqtrade’s, or the order is said', async () => {
  const list = readFileSync(fixture('BTC_USDT-1h.json'));
  const file = join(home.folder, 'candles.json');
  writeFileSync(file, list);
  await expect(readBarFile(readSourceFile(file))).rejects.toThrow(/would be a guess/);
  expect((await readBarFile(readSourceFile(file), { format: 'json' })).errorCount).toBe(0);
  const jesse = ['timestamp', 'open', 'close', 'high', 'low', 'volume'];
  expect((await readBarFile(readSourceFile(file), { columns: jesse })).errorCount).toBeGreaterThan(0);
});

test.each([
  ['half a gzip file', (bytes: Buffer) => gzipSync(bytes).subarray(0, 50), /gzip file is damaged/],
  ['half a Parquet file', () => readFileSync(fixture('pandas-index.parquet')).subarray(0, 5000), /no Parquet file/],
  ['JSON that breaks off', () => Buffer.from('[[1,2'), /no JSON/],
  ['JSON of something else', () => Buffer.from('[{"a":1}]'), /no list of candles/],
  [
    'sevens of minutes',
    () => Buffer.from('timestamp,open,high,low,close,volume\n1735689600000,1,1,1,1,1\n1735690020000,1,1,1,1,1\n'),
    /no spacing/,
  ],
])('refuses %s', async (_, make, message) => {
  const file = join(home.folder, 'prices');
  writeFileSync(file, make(Buffer.from('timestamp,open,high,low,close,volume\n'.repeat(50))));
  await expect(readBarFile(readSourceFile(file))).rejects.toThrow(message);
});

test('a file that is not there is the user’s error', () => {
  expect(() => readSourceFile(join(home.folder, 'none.csv'))).toThrow(expect.objectContaining({ code: 'NotFound' }));
  expect(() => readSourceFile(home.folder)).toThrow(expect.objectContaining({ code: 'BadInput' }));
});

test('the first error is thrown, and how many more there are', async () => {
  const file = join(home.folder, 'X-USDT-1h.csv');
  writeFileSync(file, 'timestamp,open,high,low,close,volume\n1735689600000,-1,1,-1,1,1\n1735693200000,1,1,1,1,x\n');
  const read = await readBarFile(readSourceFile(file));
  expect(() => refuseErrors(file, read)).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('and 2 more'),
      place: expect.objectContaining({ line: 2, path: 'open', found: '-1' }),
    }),
  );
});
