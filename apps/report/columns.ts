import type { Trade } from '../../core/backtest/types.ts';
import type { Bars } from '../../core/market/bars.ts';
import { timeframeMs } from '../../core/market/timeframe.ts';
import { priceDecimals } from './format.ts';

/**
 * Columns for the page's script, as small as plain JSON allows: whole numbers of 10^-decimals, each as the difference
 * to the one before. client/page.js reads them back.
 */
export type TimeColumn = Readonly<{
  fromMs: number;
  stepMs: number;
  count: number;
  /** Where the step is not `stepMs`: [index, ms since the one before]. */
  jumps: readonly (readonly [number, number])[];
}>;

export type ValueColumn = Readonly<{ decimals: number; deltas: readonly number[] }>;

/** Candles: open against the close before, close against open, and how far high and low reach beyond those two. */
export type CandleColumns = Readonly<{
  time: TimeColumn;
  decimals: number;
  open: readonly number[];
  close: readonly number[];
  high: readonly number[];
  low: readonly number[];
}>;

/** Trades of the market that is drawn: [entry ms, exit ms, long?, entry price, exit price, net return]. */
export type TradeColumns = readonly (readonly [number, number, 0 | 1, number, number, number])[];

export function timeColumn(timeMs: Float64Array, stepMs: number): TimeColumn {
  const jumps: [number, number][] = [];
  for (let index = 1; index < timeMs.length; index++) {
    const step = timeMs[index] - timeMs[index - 1];
    if (step !== stepMs) jumps.push([index, step]);
  }
  return { fromMs: timeMs[0], stepMs, count: timeMs.length, jumps };
}

/** Rounded to seven significant digits of the largest value. */
export function valueColumn(values: Float64Array): ValueColumn {
  const decimals = priceDecimals(values);
  const scale = 10 ** decimals;
  let before = 0;
  const deltas: number[] = [];
  for (const value of values) {
    const whole = Math.round(value * scale);
    deltas.push(whole - before);
    before = whole;
  }
  return { decimals, deltas };
}

export function candleColumns(bars: Bars): CandleColumns {
  const decimals = candleDecimals(bars);
  const whole = (value = 0): number => Math.round(value * 10 ** decimals);
  const columns = { open: [] as number[], close: [] as number[], high: [] as number[], low: [] as number[] };
  let closeBefore = 0;
  for (let index = 0; index < bars.timeMs.length; index++) {
    const open = whole(bars.open[index]);
    const close = whole(bars.close[index]);
    columns.open.push(open - closeBefore);
    columns.close.push(close - open);
    columns.high.push(whole(bars.high[index]) - Math.max(open, close));
    columns.low.push(Math.min(open, close) - whole(bars.low[index]));
    closeBefore = close;
  }
  return { time: timeColumn(bars.timeMs, stepOf(bars)), decimals, ...columns };
}

/** Decimals that show every price of the bars. */
export const candleDecimals = (bars: Bars): number =>
  Math.max(...[bars.open, bars.high, bars.low, bars.close].map((column) => priceDecimals(column)));

export const tradeColumns = (trades: readonly Trade[]): TradeColumns =>
  trades.map(({ entryTimeMs, exitTimeMs, side, entryPrice, exitPrice, returnFraction }) => [
    entryTimeMs,
    exitTimeMs,
    side === 'long' ? 1 : 0,
    Number(entryPrice.toPrecision(8)),
    Number(exitPrice.toPrecision(8)),
    Number(returnFraction.toPrecision(4)),
  ]);

/** The commonest step: the timeframe's, or that of bars put together. */
const stepOf = (bars: Bars): number => Math.max(timeframeMs[bars.timeframe], bars.timeMs[1] - bars.timeMs[0]);

/**
 * At most `limit` bars: neighbours put together (first open, highest high, lowest low, last close, summed volume),
 * as many at a time as it takes. `merged` is that number; 1 means that nothing was touched.
 */
export function limitBars(bars: Bars, limit: number): Readonly<{ bars: Bars; merged: number }> {
  const merged = Math.ceil(bars.timeMs.length / limit);
  if (merged <= 1) return { bars, merged: 1 };
  const count = Math.ceil(bars.timeMs.length / merged);
  const fill = (value: (from: number, to: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, index) =>
      value(index * merged, Math.min(bars.timeMs.length, (index + 1) * merged)),
    );
  return {
    merged,
    bars: {
      symbol: bars.symbol,
      timeframe: bars.timeframe,
      timeMs: fill((from) => bars.timeMs[from]),
      open: fill((from) => bars.open[from]),
      high: fill((from, to) => bars.high.subarray(from, to).reduce((a, b) => Math.max(a, b))),
      low: fill((from, to) => bars.low.subarray(from, to).reduce((a, b) => Math.min(a, b))),
      close: fill((_, to) => bars.close[to - 1]),
      volume: fill((from, to) => bars.volume.subarray(from, to).reduce((a, b) => a + b)),
    },
  };
}

/** At most `limit` points of a curve: the last of each group, so that the end stays the end. */
export function limitCurve(
  timeMs: Float64Array,
  values: Float64Array,
  limit: number,
): Readonly<{ timeMs: Float64Array; values: Float64Array; merged: number }> {
  const merged = Math.ceil(timeMs.length / limit);
  if (merged <= 1) return { timeMs, values, merged: 1 };
  const count = Math.ceil(timeMs.length / merged);
  const last = (column: Float64Array) =>
    Float64Array.from({ length: count }, (_, i) => column[Math.min(column.length, (i + 1) * merged) - 1]);
  return { timeMs: last(timeMs), values: last(values), merged };
}
