import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { candleColumns, limitBars, limitCurve, timeColumn, valueColumn } from '../../../apps/report/columns.ts';
import type { CandleColumns, TimeColumn, ValueColumn } from '../../../apps/report/columns.ts';
import type { Bars } from '../../../core/market/bars.ts';

type Candle = Readonly<{ time: number; open: number; high: number; low: number; close: number }>;
/** What the page's script reads with; it is plain JavaScript, checked by its own tsconfig. */
const reader: {
  readTimes(column: TimeColumn): number[];
  readValues(column: ValueColumn): number[];
  readCandles(columns: CandleColumns): Candle[];
  mergeCandles(candles: readonly Candle[], spanMs: number): Candle[];
  candleAt(candles: readonly Candle[], timeMs: number): number;
} = await import(new URL('../../../apps/report/client/columns.js', import.meta.url).href);

const hourMs = 3_600_000;
const start = Date.UTC(2024, 0, 1);

/** Bars with prices of two decimals, and holes where a step is larger than one. */
function bars(steps: readonly number[], prices: readonly number[]): Bars {
  let time = start;
  const timeMs = Float64Array.from(steps, (step) => (time += step * hourMs));
  const cents = (index: number) => Math.round(prices[index % prices.length] * 100) / 100;
  const column = (shift: number) => Float64Array.from(steps, (_, index) => cents(index + shift));
  const [open, close] = [column(0), column(1)];
  const edge = (pick: (...values: number[]) => number) =>
    open.map((price, index) => pick(price, close[index], cents(index + 2)));
  return {
    symbol: 'BTC/USDT',
    timeframe: '1h',
    timeMs,
    open,
    close,
    high: edge(Math.max),
    low: edge(Math.min),
    volume: open,
  };
}

const someBars = fc
  .tuple(
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 60 }),
    fc.array(fc.double({ min: 0.01, max: 90_000, noNaN: true }), { minLength: 1, maxLength: 60 }),
  )
  .map(([steps, prices]) => bars(steps, prices));

describe('columns', () => {
  test('times come back, holes included', () => {
    fc.assert(
      fc.property(someBars, ({ timeMs }) => {
        expect(reader.readTimes(timeColumn(timeMs, hourMs))).toEqual([...timeMs]);
      }),
    );
  });

  test('candles come back to the last decimal that seven digits leave', () => {
    fc.assert(
      fc.property(someBars, (given) => {
        const candles = reader.readCandles(candleColumns(given));
        for (const [index, candle] of candles.entries()) {
          expect(candle.time * 1000).toBe(given.timeMs[index]);
          for (const field of ['open', 'high', 'low', 'close'] as const)
            expect(candle[field]).toBeCloseTo(given[field][index], 1);
          expect(candle.high).toBeGreaterThanOrEqual(Math.max(candle.open, candle.close));
          expect(candle.low).toBeLessThanOrEqual(Math.min(candle.open, candle.close));
        }
      }),
    );
  });

  test('values come back without drift', () => {
    const values = Float64Array.from({ length: 5_000 }, (_, index) => 10_000 + Math.sin(index) * 1_234.567);
    const back = reader.readValues(valueColumn(values));
    expect(Math.max(...back.map((value, index) => Math.abs(value - values[index])))).toBeLessThanOrEqual(0.005);
  });

  test('candles put together keep first open, extremes and last close, on the UTC grid', () => {
    const given = bars(
      Array.from({ length: 48 }, () => 1),
      [10, 12, 9, 11, 14],
    );
    const [first, second, third] = reader.mergeCandles(reader.readCandles(candleColumns(given)), 24 * hourMs);
    // The first bar opens at 01:00, so 23 hours are left of the first day.
    expect(first).toEqual({ time: start / 1000, open: 10, close: given.close[22], high: 14, low: 9 });
    expect(second.open).toBe(given.open[23]);
    expect(third).toMatchObject({ open: given.open[47], close: given.close[47] });
  });

  test('a time belongs to the candle that is open then', () => {
    const candles = reader.readCandles(candleColumns(bars([1, 1, 2], [10, 11])));
    const at = (hours: number) => reader.candleAt(candles, start + hours * hourMs);
    expect([at(0), at(1), at(1.5), at(2), at(3), at(4), at(99)]).toEqual([0, 0, 0, 1, 1, 2, 2]);
  });
});

describe('limits', () => {
  test('bars above the limit are put together evenly and completely', () => {
    const given = bars(
      Array.from({ length: 25 }, () => 1),
      [10, 12, 9, 11],
    );
    const { bars: limited, merged } = limitBars(given, 10);
    expect(merged).toBe(3);
    expect(limited.timeMs.length).toBe(9);
    expect(limited.open[0]).toBe(given.open[0]);
    expect(limited.close[8]).toBe(given.close[24]);
    expect(limited.high[0]).toBe(12);
    expect(limitBars(given, 25).bars).toBe(given);
  });

  test('a curve keeps its last point', () => {
    const timeMs = Float64Array.from({ length: 101 }, (_, index) => index);
    const { values, merged } = limitCurve(timeMs, timeMs, 50);
    expect(merged).toBe(3);
    expect(values.at(-1)).toBe(100);
    expect(values.length).toBeLessThanOrEqual(50);
  });
});
