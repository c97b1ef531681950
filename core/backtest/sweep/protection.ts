import type { SweepBook } from './book.ts';
import { marketExit } from './fills.ts';

export const isProtected = ({ stopLoss, takeProfit, trailingStop }: SweepBook): boolean =>
  Math.min(stopLoss, takeProfit, trailingStop) < Infinity;

/**
 * The first bar in from..to (both included) at which a stop or target ends the position, else -1; `protectedPrice` is
 * then what it gets. Step 3 of the specification, as protection.ts of the event engine: prices are multiplied by the
 * direction (which is exact), so that a short is a long in a mirror.
 */
export function protectedExit(book: SweepBook, from: number, to: number): number {
  const { direction, entryPrice, entryBar, bars } = book;
  const { open } = bars;
  const against = direction > 0 ? bars.low : bars.high;
  const along = direction > 0 ? bars.high : bars.low;
  const keptOfBest = 1 - direction * book.trailingStop;
  const fixedStop = direction * (entryPrice * (1 - direction * book.stopLoss));
  const target = direction * (entryPrice * (1 + direction * book.takeProfit));
  let best = direction * entryPrice;
  for (let bar = from; bar <= to; bar += 1) {
    const stop = Math.max(fixedStop, best * keptOfBest);
    const opened = direction * open[bar];
    if (bar > entryBar && (opened <= stop || opened >= target)) {
      book.protectedPrice = opened <= stop ? marketExit(book, open[bar]) : open[bar];
      return bar;
    }
    if (direction * against[bar] <= stop) {
      book.protectedPrice = marketExit(book, direction * Math.min(stop, opened));
      return bar;
    }
    const reached = direction * along[bar];
    if (reached >= target) {
      book.protectedPrice = direction * target;
      return bar;
    }
    best = Math.max(best, reached);
  }
  return -1;
}
