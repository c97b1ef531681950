import { expect, it } from 'vitest';
import { periodEquity, periodReturns } from '../../../core/backtest/period-returns.ts';
import { dayMs } from '../../../core/market/timeframe.ts';

const hourMs = 3_600_000;

it('takes the last mark of each UTC day; a day without bars keeps the one before', () => {
  const timeMs = Float64Array.from([22 * hourMs, 23 * hourMs, 24 * hourMs, dayMs * 4 + hourMs]);
  const equity = Float64Array.from([100, 110, 121, 242]);
  expect([...periodEquity({ timeMs, equity }, dayMs)]).toEqual([110, 121, 121, 121, 242]);
});

it('begins at the start equity, and out of nothing comes nothing', () => {
  expect(
    [...periodReturns(Float64Array.from([110, 121, 0, 0, -5]), 100)].map((value) => Number(value.toFixed(12))),
  ).toEqual([0.1, 0.1, -1, 0, 0]);
});
