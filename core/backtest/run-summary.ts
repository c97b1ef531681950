import { barsPerYear, dayMs, daysPerYear, timeframeMs } from '../market/timeframe.ts';
import type { Book } from './book.ts';
import { periodEquity, periodReturns } from './period-returns.ts';
import type { BacktestOptions, EquityCurve, Trade } from './types.ts';

/** What every metric is computed from: one run, portfolio-wide. */
export type RunSummary = Readonly<{
  startEquity: number;
  finalEquity: number;
  equity: EquityCurve;
  /** Length of a bar. */
  barMs: number;
  /** From the first bar's open to the last bar's close. */
  days: number;
  /** Equity at the end of each period (UTC day, or bar), and its simple returns; the first is over startEquity. */
  periodEquity: Float64Array;
  returns: Float64Array;
  /** In rising order. */
  sortedReturns: Float64Array;
  periodsPerYear: number;
  /** What a period is called in a reason. */
  periodName: 'days' | 'bars';
  trades: readonly Trade[];
  /** Bars of all books, and those with a position at the mark. */
  bars: number;
  barsHeld: number;
  /** Traded value on both sides, in account currency. */
  notional: number;
  feesPaid: number;
  fundingPaid: number;
  buyAndHoldReturn: number;
}>;

type Run = Readonly<{
  books: readonly Book[];
  equity: EquityCurve;
  trades: readonly Trade[];
  startEquity: number;
  returns: BacktestOptions['returns'];
}>;

/** Gathers what the metrics need, once. */
export function summarizeRun({ books, equity, trades, startEquity, returns }: Run): RunSummary {
  const { timeframe } = books[0].bars;
  const barMs = timeframeMs[timeframe];
  const total = (value: (book: Book) => number) => books.reduce((sum, book) => sum + value(book), 0);
  const firstMs = equity.timeMs[0];
  const lastMs = equity.timeMs[equity.timeMs.length - 1];
  const ends = returns === 'daily' ? periodEquity(equity, dayMs) : equity.equity;
  const ofPeriods = periodReturns(ends, startEquity);
  return {
    startEquity,
    finalEquity: equity.equity[equity.equity.length - 1],
    equity,
    barMs,
    days: (lastMs + barMs - firstMs) / dayMs,
    periodEquity: ends,
    returns: ofPeriods,
    sortedReturns: ofPeriods.toSorted(),
    periodsPerYear: returns === 'daily' ? daysPerYear : barsPerYear(timeframe),
    periodName: returns === 'daily' ? 'days' : 'bars',
    trades,
    bars: total(({ bars }) => bars.timeMs.length),
    barsHeld: total(({ barsHeld }) => barsHeld),
    notional: total(({ notional }) => notional),
    feesPaid: total(({ feesPaid }) => feesPaid),
    fundingPaid: total(({ fundingPaid }) => fundingPaid),
    buyAndHoldReturn: total(({ bars }) => bars.close[bars.close.length - 1] / bars.open[0] - 1) / books.length,
  };
}
