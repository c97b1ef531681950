import { describe, expect, test } from 'vitest';
import type { Trade } from '../../../core/backtest/types.ts';
import type { Bars } from '../../../core/market/bars.ts';
import { regimeLabels, regimeTable } from '../../../core/validation/regimes.ts';

const dayMs = 86_400_000;

/** Four bars a day whose closes follow daily log returns, reached at the last bar of the day. */
function barsOf(daily: readonly number[]): Bars {
  let price = 100;
  const close = Float64Array.from(
    daily.flatMap((change) => {
      const before = price;
      price *= Math.exp(change);
      return [before, before, before, price];
    }),
  );
  const timeMs = Float64Array.from(close, (_, bar) => (bar * dayMs) / 4);
  return { symbol: 'X/Y', timeframe: '6h', timeMs, open: close, high: close, low: close, close, volume: close };
}

const swing = (day: number) => (day % 2 === 0 ? 0.02 : -0.02);

describe('regimeLabels', () => {
  test('a rise, a fall and neither, by the ten days before', () => {
    const days = 40;
    const up = barsOf(Array.from({ length: days }, (_, day) => swing(day) + 0.01));
    const down = barsOf(Array.from({ length: days }, (_, day) => swing(day) - 0.01));
    const flat = barsOf(Array.from({ length: days }, (_, day) => swing(day)));
    expect(regimeLabels(up, 10).at(-1)).toBe('bull');
    expect(regimeLabels(down, 10).at(-1)).toBe('bear');
    expect(regimeLabels(flat, 10).at(-1)).toBe('sideways');
  });

  test('score by hand: ten returns of 1 % and -1 % and one half more', () => {
    // Returns 0.015, -0.005 by turns: sum 0.05, deviation sqrt(10 x 0.0001 / 9) = 0.010541, score 0.05 / (0.010541 x
    // 3.1623) = 1.5: bull. With -0.0085 and 0.0115 the sum is 0.015, the score 0.45: just bull; 0.43 is the limit.
    const of = (shift: number) =>
      regimeLabels(barsOf(Array.from({ length: 14 }, (_, day) => swing(day) / 2 + shift)), 10);
    expect(of(0.005).at(-1)).toBe('bull');
    expect(of(0.0015).at(-1)).toBe('bull');
    expect(of(0.0013).at(-1)).toBe('sideways');
  });

  test('knows no day before its lookback is full, and nothing of its own day', () => {
    const labels = regimeLabels(barsOf(Array.from({ length: 30 }, (_, day) => swing(day) + 0.01)), 10);
    // The first close of a day is the base; ten returns are there on day 11.
    expect(labels[4 * 11 - 1]).toBeUndefined();
    expect(labels[4 * 11]).toBe('bull');
    const crash = Array.from({ length: 30 }, (_, day) => (day === 29 ? -0.5 : swing(day) + 0.01));
    expect(regimeLabels(barsOf(crash), 10).slice(-4)).toEqual(['bull', 'bull', 'bull', 'bull']);
  });

  test('later bars change no label', () => {
    const all = barsOf(Array.from({ length: 60 }, (_, day) => swing(day) + Math.sin(day / 7) / 50));
    const cut = 4 * 33 + 2;
    const first: Bars = { ...all, timeMs: all.timeMs.subarray(0, cut), close: all.close.subarray(0, cut) };
    expect(regimeLabels(first, 10)).toEqual(regimeLabels(all, 10).slice(0, cut));
  });
});

test('regimeTable counts a trade where it was decided, and refuses cells with too few', () => {
  const bars = barsOf(Array.from({ length: 40 }, (_, day) => swing(day) + 0.01));
  const trade = (entryBar: number, pnl: number): Trade => ({
    symbol: 'X/Y',
    side: 'long',
    entryBar,
    exitBar: entryBar + 1,
    entryTimeMs: 0,
    exitTimeMs: 0,
    entryPrice: 100,
    exitPrice: 100,
    quantity: 1,
    fees: 0,
    funding: 0,
    pnl,
    returnFraction: pnl / 100,
    bars: 1,
    exitReason: 'exitSignal',
  });
  const trades = [trade(4 * 11, 7), trade(60, 5), trade(70, -2), trade(3, 100)];
  const table = regimeTable(trades, [{ bars }], { days: 10, leastTrades: 2, startEquity: 1_000 });
  // Bar 44 is the first of day 11: its trade was decided at bar 43, which has no label yet.
  expect(table).toEqual([
    { name: 'bull', trades: 2, pnl: 0.003, meanReturn: expect.closeTo(0.015, 12), profitable: true },
    { name: 'bear', trades: 0, pnl: 0, meanReturn: undefined, profitable: undefined },
    { name: 'sideways', trades: 0, pnl: 0, meanReturn: undefined, profitable: undefined },
  ]);
});
