import { describe, expect, it } from 'vitest';
import { computeMetrics } from '../../../../core/backtest/metrics/index.ts';
import { dayMs } from '../../../../core/market/timeframe.ts';
import { runOfReturns } from './recorded-series.ts';

/** Metrics of a run whose marks are these, one a day, from a start equity of 100. */
function ofMarks(...marks: number[]) {
  const equity = Float64Array.from(marks);
  const run = runOfReturns(marks.map(() => 0));
  return computeMetrics({
    ...run,
    startEquity: 100,
    finalEquity: marks.at(-1) ?? NaN,
    equity: { timeMs: equity.map((_, day) => day * dayMs), equity },
  }).metrics;
}

describe('drawdowns', () => {
  it('count the start equity as a peak', () => {
    expect(ofMarks(80, 90, 99).maxDrawdown).toBeCloseTo(0.2, 15);
    expect(ofMarks(80, 90, 99).longestDrawdownDays).toBe(2); // from the first bar's open to the end
  });

  it('are the deepest fall under any peak', () => {
    expect(ofMarks(100, 150, 120, 149, 160, 100, 170).maxDrawdown).toBeCloseTo(60 / 160, 15);
    expect(ofMarks(100, 101, 102).maxDrawdown).toBe(0);
    expect(ofMarks(110, -11).maxDrawdown).toBeCloseTo(1.1, 15);
  });

  it('last from the last mark at the peak to the first mark at or above it, or to the end', () => {
    expect(ofMarks(120, 120, 110, 115, 120, 130).longestDrawdownDays).toBe(3);
    expect(ofMarks(120, 110, 121, 110, 110, 110).longestDrawdownDays).toBe(3);
    expect(ofMarks(100, 100, 101, 101).longestDrawdownDays).toBe(0);
  });
});
