import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barFields, type BarField } from '../../../core/market/bars.ts';
import type { BarColumns } from '../../../core/market/checks.ts';
import { canResample, resampleBars } from '../../../core/market/resample.ts';
import { timeframeMs, type Timeframe } from '../../../core/market/timeframe.ts';
import { fixtureBars, fixtureJson } from '../../fixture-files.ts';

type PandasCase = {
  file: string;
  from: Timeframe;
  rows: number;
  dropped: number[];
  to: Timeframe;
  expected: Record<'timeMs' | BarField, number[]>;
};

// pandas 3.1.1, tests/fixtures/market-data/make.py
const cases = fixtureJson('market-data/pandas-resample.json.gz') as PandasCase[];

function columnsOf({ file, from, rows, dropped }: PandasCase): BarColumns {
  const read = fixtureBars(`ohlcv/${file}`, 'BTC/USDT', from);
  const without = new Set(dropped);
  const keep = (column: Float64Array) => column.subarray(0, rows).filter((_, index) => !without.has(index));
  const { timeMs, open, high, low, close, volume } = read;
  return {
    timeMs: keep(timeMs),
    open: keep(open),
    high: keep(high),
    low: keep(low),
    close: keep(close),
    volume: keep(volume),
  };
}

describe('equals pandas', () => {
  test.each(cases.map((one) => [one.from, one.to, one.dropped.length, one] as const))(
    '%s to %s, %i bars missing',
    (from, to, _, one) => {
      const bars = columnsOf(one);
      const result = resampleBars(bars, from, to);
      const lastEnd = bars.timeMs[bars.timeMs.length - 1] + timeframeMs[from];
      const closed = one.expected.timeMs.filter((time) => time + timeframeMs[to] <= lastEnd).length;
      expect(one.expected.timeMs.length - closed).toBeLessThanOrEqual(1); // pandas shows the bin that is still open
      for (const field of ['timeMs', ...barFields] as const) {
        const expected = one.expected[field].slice(0, closed);
        const tolerance = field === 'volume' ? 5e-16 : 0; // sums are rounded differently
        const differ = expected.filter((value, index) => Math.abs(result[field][index] - value) > tolerance * value);
        expect([result[field].length, differ]).toEqual([closed, []]);
      }
    },
  );
});

const minute = 60_000;

function minutes(...indexes: number[]): BarColumns {
  const column = (value: (index: number) => number) => Float64Array.from(indexes, value);
  return {
    timeMs: column((index) => index * minute),
    open: column((index) => 10 + index),
    high: column((index) => 12 + index),
    low: column((index) => 8 + index),
    close: column((index) => 11 + index),
    volume: column(() => 1),
  };
}

test.each([
  ['a bin that has not closed is left out', [0, 1, 2, 3], [0], 0],
  ['a bin is closed when its last bar is there', [0, 1, 2, 3, 4, 5], [0, 3], 0],
  ['a first bin that begins late is kept and counted', [1, 2, 3, 4, 5], [0, 3], 1],
  ['a bin with a hole is kept and counted', [0, 2, 3, 4, 5], [0, 3], 1],
  ['an empty bin is no bar', [0, 1, 2, 6, 7, 8], [0, 6], 0],
  ['nothing has closed', [0, 1], [], 0],
  ['no bars', [], [], 0],
])('%s', (_, indexes, starts, incompleteBars) => {
  const result = resampleBars(minutes(...indexes), '1m', '3m');
  expect([...result.timeMs]).toEqual(starts.map((start) => start * minute));
  expect(result.incompleteBars).toBe(incompleteBars);
});

test('in two steps is the same as in one', () => {
  const present = fc.uniqueArray(fc.integer({ min: 0, max: 400 })).map((list) => list.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(present, (indexes) => {
      const bars = minutes(...indexes);
      const direct = resampleBars(bars, '1m', '1h');
      const stepwise = resampleBars(resampleBars(bars, '1m', '15m'), '15m', '1h');
      const shared = stepwise.timeMs.length; // an unclosed quarter can hide an hour that is closed: never the other way
      expect(direct.timeMs.length).toBeGreaterThanOrEqual(shared);
      for (const field of ['timeMs', ...barFields] as const) {
        expect([...direct[field].subarray(0, shared)]).toEqual([...stepwise[field]]);
      }
    }),
  );
});

test.each([
  ['1m', '1d', true],
  ['1h', '1h', true],
  ['5m', '3m', false],
  ['1d', '1h', false],
  ['8h', '12h', false],
] as const)('%s can be made %s: %s', (from, to, can) => expect(canResample(from, to)).toBe(can));
