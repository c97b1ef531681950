import { unionOfTimes } from '../portfolio.ts';
import type { Periods } from './periods.ts';
import type { CurveSummary } from './marks.ts';

/** How the marks of several books become one curve: its times, and each book's last bar at or before each of them. */
export type PortfolioTimes = Readonly<{ timeMs: Float64Array; lastBar: readonly Int32Array[] }>;

/** The union of the books' times. */
export function portfolioTimes(columns: readonly Float64Array[]): PortfolioTimes {
  const timeMs = columns.length === 1 ? columns[0] : unionOfTimes(columns);
  const lastBar = columns.map((column) => {
    const places = new Int32Array(timeMs.length);
    let bar = -1;
    for (let index = 0; index < timeMs.length; index += 1) {
      if (column[bar + 1] === timeMs[index]) bar += 1;
      places[index] = bar;
    }
    return places;
  });
  return { timeMs, lastBar };
}

/** Summarises the sum of the books' marks; a book before its first bar counts with its share of the capital. */
export function summarizePortfolio(
  summary: CurveSummary,
  { lastBar }: PortfolioTimes,
  { endBar, slot }: Periods,
  books: Readonly<{ marks: readonly Float64Array[]; startEquity: number }>,
): void {
  const { marks, startEquity } = books;
  const startEach = startEquity / marks.length;
  let peak = startEquity;
  let drawdown = 0;
  let before = startEquity;
  let period = 0;
  summary.returns.fill(0);
  for (let index = 0; index < lastBar[0].length; index += 1) {
    let equity = 0;
    for (let place = 0; place < marks.length; place += 1) {
      const bar = lastBar[place][index];
      equity += bar < 0 ? startEach : marks[place][bar];
    }
    if (equity > peak) peak = equity;
    else if (equity < peak * (1 - drawdown)) drawdown = 1 - equity / peak;
    if (index === endBar[period]) {
      summary.returns[slot[period]] = before === 0 ? 0 : equity / before - 1;
      before = equity;
      period += 1;
    }
    summary.equity = equity;
  }
  summary.peak = peak;
  summary.drawdown = drawdown;
}
