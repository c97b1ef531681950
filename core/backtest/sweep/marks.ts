import { type Extremes, highestIn, lowestIn } from './extremes.ts';
import type { Periods } from './periods.ts';

/** Where a book's equity at every close goes. Ranges (both ends included) come in order and without a hole. */
export type Marks = Readonly<{
  start: (equity: number) => void;
  flat: (from: number, to: number, equity: number) => void;
  /** The equity is cash + quantity x close; a short's quantity is negative. */
  held: (from: number, to: number, cash: number, quantity: number) => void;
}>;

/** What is wanted of an equity curve, without the curve itself. */
export type CurveSummary = {
  equity: number;
  peak: number;
  /** Largest fall from a peak, as a positive fraction of it. */
  drawdown: number;
  /** Equity at the end of the last period. */
  before: number;
  /** Simple return of each period; 0 where nothing happened. */
  readonly returns: Float64Array;
};

/** Out of nothing comes 0, as in period-returns.ts. */
const simpleReturn = (before: number, after: number): number => (before === 0 ? 0 : after / before - 1);

/** Ranges up to this length are looked at bar by bar: about what asking for their extremes costs. */
const shortRange = 20;

/**
 * Follows one book. While a position is held its equity is linear in the close, so the extremes of the close decide
 * about most ranges at once: nothing in a range matters that stays below the peak and above the deepest fall so far.
 */
export function createSummaryMarks(summary: CurveSummary, close: Extremes, periods: Periods): Marks {
  const { values } = close;
  const { endBar, slot, fromBar } = periods;
  const { returns } = summary;
  function drawdownOf(from: number, to: number, cash: number, quantity: number): void {
    if (to - from < shortRange) {
      barByBar(from, to, cash, quantity);
      return;
    }
    const low = lowestIn(close, from, to);
    const high = highestIn(close, from, to);
    const least = cash + quantity * (quantity > 0 ? low : high);
    const most = cash + quantity * (quantity > 0 ? high : low);
    if (most <= summary.peak) {
      if (least < summary.peak * (1 - summary.drawdown)) summary.drawdown = 1 - least / summary.peak;
    } else if (least >= most * (1 - summary.drawdown)) {
      summary.peak = most;
    } else {
      const middle = (from + to) >> 1;
      drawdownOf(from, middle, cash, quantity);
      drawdownOf(middle + 1, to, cash, quantity);
    }
  }

  function barByBar(from: number, to: number, cash: number, quantity: number): void {
    let { peak, drawdown } = summary;
    let floor = peak * (1 - drawdown);
    for (let bar = from; bar <= to; bar += 1) {
      const equity = cash + quantity * values[bar];
      if (equity > peak) {
        peak = equity;
        floor = peak * (1 - drawdown);
      } else if (equity < floor) {
        floor = equity;
        drawdown = 1 - equity / peak;
      }
    }
    summary.peak = peak;
    summary.drawdown = drawdown;
  }

  return {
    start(equity) {
      summary.equity = equity;
      summary.peak = equity;
      summary.drawdown = 0;
      summary.before = equity;
      returns.fill(0);
    },
    flat(from, to, equity) {
      summary.equity = equity;
      if (equity > summary.peak) summary.peak = equity;
      else if (equity < summary.peak * (1 - summary.drawdown)) summary.drawdown = 1 - equity / summary.peak;
      const index = fromBar[from];
      if (index === fromBar[to + 1]) return;
      returns[slot[index]] = simpleReturn(summary.before, equity);
      summary.before = equity;
    },
    held(from, to, cash, quantity) {
      summary.equity = cash + quantity * values[to];
      drawdownOf(from, to, cash, quantity);
      const end = fromBar[to + 1];
      let { before } = summary;
      for (let index = fromBar[from]; index < end; index += 1) {
        const equity = cash + quantity * values[endBar[index]];
        returns[slot[index]] = simpleReturn(before, equity);
        before = equity;
      }
      summary.before = before;
    },
  };
}

/** Keeps every mark of one book of several, for the sum over the books. */
export function createColumnMarks(marks: Float64Array, close: Float64Array): Marks {
  return {
    start() {},
    flat(from, to, equity) {
      marks.fill(equity, from, to + 1);
    },
    held(from, to, cash, quantity) {
      for (let bar = from; bar <= to; bar += 1) marks[bar] = cash + quantity * close[bar];
    },
  };
}
