import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readTrackRecord } from '../../../adapters/track-records/read.ts';
import { audit } from '../../../core/validation/audit/audit.ts';
import { observe } from '../../../core/validation/audit/observations.ts';
import { fixtureFile, fixtureJson } from '../../fixture-files.ts';
import { differences } from '../../near.ts';

type Expected = Readonly<
  Record<'observations' | 'annual' | 'totalReturn' | 'psr' | 'dsr' | 'luckySharpe' | 'minTrackRecord', number>
>;

const expected = fixtureJson('track-records/expected.json') as Readonly<Record<string, Expected>>;
const rules = { trials: 100, seed: 1, confidence: 0.95, runs: 200 };

describe('files as other programs write them, against numpy and scipy', () => {
  test.each(Object.keys(expected))('%s', (name) => {
    const record = readTrackRecord(fixtureFile(`track-records/${name}`));
    const found = audit(observe(record, {}), rules);
    const wanted = expected[name];
    expect([
      ...differences('observations', found.observations, wanted?.observations),
      ...differences('annual Sharpe', found.sharpe.annual, wanted?.annual),
      ...differences('total return', found.totalReturn, wanted?.totalReturn),
      ...differences('psr', found.psr, wanted?.psr),
      ...differences('dsr', found.dsr, wanted?.dsr),
      ...differences('Sharpe of luck', found.luckySharpe, wanted?.luckySharpe),
      ...differences('record needed', found.minTrackRecord.observations ?? NaN, wanted?.minTrackRecord),
    ]).toEqual([]);
  });

  test.each([
    ['backtesting-py-trades.csv', { format: 'backtesting.py trades', kind: 'trades', leftOut: [] }],
    ['vectorbt-trades.csv', { format: 'vectorbt trades', kind: 'trades', leftOut: ['1 open trade'] }],
    ['vectorbt-daily-returns.csv', { format: 'returns', kind: 'returns' }],
    ['freqtrade-trades.csv', { format: 'freqtrade trades', kind: 'trades' }],
    ['freqtrade.json', { format: 'freqtrade backtest result', name: 'TwoMeans', startEquity: 10_000 }],
  ])('%s is recognised by its content', (name, wanted) => {
    expect(readTrackRecord(fixtureFile(`track-records/${name}`))).toMatchObject(wanted);
  });

  test('freqtrade as CSV and as JSON are the same trades', () => {
    const [csv, json] = ['freqtrade-trades.csv', 'freqtrade.json'].map((name) => {
      const record = readTrackRecord(fixtureFile(`track-records/${name}`));
      return record.kind === 'trades' ? record.trades : [];
    });
    expect(csv).toEqual(json);
  });
});

describe('files of all kinds', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightdesk-track-records-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let files = 0;
  const read = (content: string | Uint8Array, options: Readonly<{ strategy?: string }> = {}) => {
    const file = join(folder, `record-${files++}`);
    writeFileSync(file, content);
    return readTrackRecord(file, options);
  };

  test.each<[string, string, readonly number[]]>([
    ['a column of returns', 'returns\n0.01\n-0.02\n', [0.01, -0.02]],
    ['percents', 'return\n1%\n-2 %\n', [0.01, -0.02]],
    [
      'a time beside it, semicolons, a byte-order mark and CRLF',
      '\uFEFFdate;ret\r\n2024-01-01;0.01\r\n2024-01-02;0\r\n',
      [0.01, 0],
    ],
    ['an account', 'date,equity\n2024-01-01,100\n2024-01-02,110\n2024-01-03,99\n', [0.1, -0.1]],
    ['the one column beside an index without a name', ',0\n2024-01-01,0.5\n2024-01-02,0.25\n', [0.5, 0.25]],
    ['quoted cells with delimiters and line breaks in them', 'note,return\n"a, ""b""\nc",0.5\n"d",0.25\n', [0.5, 0.25]],
    ['columns that say nothing', 'date,return,benchmark\n2024-01-01,0.5,9\n', [0.5]],
  ])('%s', (_, content, returns) => {
    const record = read(content);
    const found = record.kind === 'returns' ? record.returns : [];
    expect(found.map((value) => Number(value.toFixed(12)))).toEqual(returns);
  });

  test('gzip is unpacked', () => {
    expect(read(gzipSync('returns\n0.5\n'))).toMatchObject({ returns: [0.5] });
  });

  test('trades of our own, in the order of their exits', () => {
    const header = 'symbol,side,entryTimeMs,exitTimeMs,pnl,returnFraction,exitReason';
    const rows = [
      'BTC/USDT,long,1704067200000,1704240000000,5,0.05,exitSignal',
      'ETH/USDT,long,1704067200000,1704153600000,-2,-0.02,stopLoss',
    ];
    expect(read([header, ...rows].join('\n'))).toMatchObject({
      format: 'nightdesk backtest --out',
      trades: [
        { pnl: -2, returnFraction: -0.02 },
        { pnl: 5, entryMs: 1704067200000, exitMs: 1704240000000 },
      ],
    });
  });

  const two = (names: readonly string[]) =>
    JSON.stringify({ strategy: Object.fromEntries(names.map((name) => [name, { trades: [] }])) });

  test.each<[string, string | Uint8Array, RegExp]>([
    ['columns that nobody knows', 'alpha,beta\n1,2\n', /it is not known what these columns are/],
    ['words for numbers', 'returns\n0.01\nmuch\n', /not what it has to be/],
    ['an empty cell', 'returns,x\n,1\n', /not what it has to be/],
    ['percents without their sign', 'returns\n5\n-3\n', /not what it has to be/],
    ['a day nobody can read', 'date,returns\n01/02/2024,0.1\n', /not what it has to be/],
    ['times that do not rise', 'date,returns\n2024-01-02,0.1\n2024-01-01,0.1\n', /not what it has to be/],
    ['an account of nothing', 'equity\n100\n0\n', /not what it has to be/],
    ['a row with another number of cells', 'a,returns\n1,0.1\n1\n', /another number of cells/],
    ['a quote that stays open', 'a,returns\n"1,0.1\n', /never closed/],
    ['a header alone', 'returns\n', /nothing in it/],
    ['an empty file', '', /nothing in it/],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe, 0xfd), /not UTF-8/],
    ['a zip archive', Uint8Array.of(0x50, 0x4b, 3, 4), /a zip archive/],
    ['half a JSON', '{"strategy": ', /not JSON/],
    ['another JSON', '{"trades": 1}', /no backtest result of freqtrade/],
    ['two strategies', two(['One', 'Two']), /which strategy/],
  ])('refuses %s', (_, content, message) => {
    expect(() => read(content)).toThrow(message);
  });

  test('says the line, what was expected and what was found', () => {
    expect(() => read('date,returns\n2024-01-01,0.1\n\n2024-01-02,lots\n')).toThrow(
      expect.objectContaining({
        code: 'BadInput',
        place: expect.objectContaining({ line: 4, path: 'returns', expected: 'a number', found: 'lots' }),
      }),
    );
  });

  test('names the nearest strategy of a file with several', () => {
    expect(() => read(two(['TwoMeans', 'Breakout']), { strategy: 'TwoMean' })).toThrow(
      expect.objectContaining({ place: expect.objectContaining({ nearest: 'TwoMeans' }) }),
    );
  });
});

describe('a file without a header', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nightdesk-headless-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const written = (text: string) => {
    const file = join(folder, 'returns.csv');
    writeFileSync(file, text);
    return file;
  };

  test.each(['0.01\n0.02\n-0.01\n', '2024-01-01,0.01\n2024-01-02,0.02\n', '-1e-3;5\n0.2;6\n'])(
    'is refused, not read without its first row: %j',
    (text) => {
      expect(() => readTrackRecord(written(text))).toThrow(/data where the header belongs/);
    },
  );

  test('is not one whose columns pandas has numbered', () => {
    const rows = Array.from({ length: 12 }, (_, day) => `2024-01-${String(day + 1).padStart(2, '0')},0.0${day % 3}`);
    const { kind } = readTrackRecord(written([',0', ...rows].join('\n')));
    expect(kind).toBe('returns');
  });
});
