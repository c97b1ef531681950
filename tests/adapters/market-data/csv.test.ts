import { describe, expect, test } from 'vitest';
import { parseBarsCsv } from '../../../adapters/market-data/csv.ts';

const parse = (text: string, columns?: string[]) => parseBarsCsv(Buffer.from(text), 'prices.csv', columns);
const t = 1_735_689_600_000;

describe('recognises columns by their names', () => {
  test.each([
    ['ours', `timestamp,open,high,low,close,volume\n${t},1,4,0.5,2,9`],
    ['jesse', `timestamp,open,close,high,low,volume\n${t},1,2,4,0.5,9`],
    ['backtesting.py, pandas index', `,Open,High,Low,Close,Volume\n2025-01-01 00:00:00,1,4,0.5,2,9`],
    ['freqtrade', `date,open,high,low,close,volume\n2025-01-01 00:00:00+00:00,1,4,0.5,2,9`],
    ['Binance futures archive', `open_time,open,high,low,close,volume,close_time,count\n${t},1,4,0.5,2,9,${t + 1},5`],
    [
      'semicolons, quotes, seconds',
      `"timestamp";"open";"high";"low";"close";"volume"\n"${t / 1000}";"1";"4";"0.5";"2";"9"`,
    ],
    ['tabs', `timestamp\topen\thigh\tlow\tclose\tvolume\n${t}\t1\t4\t0.5\t2\t9`],
  ])('%s', (_, text) => {
    const { timeMs, open, high, low, close, volume } = parse(text);
    expect([timeMs, open, high, low, close, volume].map((column) => [...column])).toEqual([
      [t],
      [1],
      [4],
      [0.5],
      [2],
      [9],
    ]);
  });
});

test('reads a file without a header in the order that is said', () => {
  const text = `${t},1,2,4,0.5,9,ignored\n`;
  const { close, high, rowOf } = parse(text, ['timestamp', 'open', 'close', 'high', 'low', 'volume', '-']);
  expect([close[0], high[0], rowOf(0)]).toEqual([2, 4, 1]);
});

test.each([
  ['no header', `${t},1,2,3,4,5\n`, /order of the columns would be a guess/],
  ['no header, ISO times', '2025-01-01,1,2,3,4,5\n', /order of the columns would be a guess/],
  ['a column that is not there', 'timestamp,open,high,low,close\n1,2,3,4,5\n', /no volume column/],
  [
    'a column that is there twice',
    `timestamp,open,open,high,low,close,volume\n${t},1,1,4,0.5,2,9`,
    /two columns are named open/,
  ],
  ['no time column', 'day,open,high,low,close,volume\n1,2,3,4,5,6\n', /no time column/],
  ['nothing', '', /empty/],
  ['only newlines', '\n\r\n\n', /empty/],
  ['only a header', 'timestamp,open,high,low,close,volume\r\n', /empty/],
])('refuses %s', (_, text, message) => expect(() => parse(text)).toThrow(message));

test('rows of another length are reported by their line, and later rows keep theirs', () => {
  const header = 'timestamp,open,high,low,close,volume';
  const { rowErrors, rowOf, textAt, timeMs } = parse(
    [header, `${t},1,4,0.5,2,9`, '1,2', '', `${t + 1},1,4,0.5,x,9`].join('\n'),
  );
  expect(rowErrors).toMatchObject([
    { row: 3, found: '2' },
    { row: 4, found: '1' },
  ]);
  expect([timeMs.length, rowOf(0), rowOf(1), textAt?.(1, 'close')]).toEqual([2, 2, 5, 'x']);
});
