import type { SweepBook } from './book.ts';
import { enter, entryDirection, leave, marketExit } from './fills.ts';
import { holdUntil } from './holding.ts';
import { isProtected, protectedExit } from './protection.ts';

/** Runs one point on one market: from entry to exit to entry, marking what lies between. */
export function runSweepBook(book: SweepBook, startCash: number): void {
  const { signals, marks, last, fillDelay, entryEnd } = book;
  startPoint(book, startCash);
  let bar = 0;
  while (book.cash > 0) {
    bar = signals.entry.next(bar, entryEnd);
    if (bar >= entryEnd) break;
    const direction = entryDirection(signals, bar);
    const fraction = book.fractionAt(bar, direction);
    if (fraction > 0) {
      const entryBar = bar + fillDelay;
      if (entryBar > book.marked) marks.flat(book.marked, entryBar - 1, book.cash);
      book.marked = entryBar;
      enter(book, { decisionBar: bar, direction, fraction });
      bar = holdToExit(book);
      if (bar === over) break;
    } else {
      bar += 1;
    }
  }
  if (book.marked <= last) marks.flat(book.marked, last, book.cash);
}

/** No further decision: the bars are at their end, or the equity is. */
const over = -1;

function startPoint(book: SweepBook, startCash: number): void {
  book.cash = startCash;
  book.nextFunding = 0;
  book.nextLongExit = -1;
  book.nextShortExit = -1;
  book.marked = 0;
  book.trades = 0;
  book.won = 0;
  book.lost = 0;
  book.marks.start(startCash);
}

/** From the entry to the exit; the answer is the bar at which the book, flat again, decides next. */
function holdToExit(book: SweepBook): number {
  const { last, fillDelay, decisionEnd, bars, fillPrices, options } = book;
  const decided = exitDecision(book);
  if (isProtected(book)) {
    const hit = protectedExit(book, book.entryBar + 1 - fillDelay, Math.min(decided, last));
    if (hit >= 0) {
      // At the open or inside the bar, so before the funding that is settled at its close.
      if (!holdUntil(book, hit, 2 * hit)) return over;
      leave(book, book.protectedPrice);
      return hit;
    }
  }
  if (decided < decisionEnd) {
    const bar = decided + fillDelay;
    if (!holdUntil(book, bar, 2 * bar + 1 - fillDelay)) return over;
    leave(book, marketExit(book, fillPrices[bar]));
    return decided;
  }
  if (holdUntil(book, options.closeAtEnd ? last : last + 1, 2 * last + 1) && options.closeAtEnd) {
    leave(book, marketExit(book, bars.close[last]));
  }
  return over;
}

/** The bar at which leaving is decided, by signal or by age; not before `decisionEnd` when neither comes. */
function exitDecision(book: SweepBook): number {
  const { signals, decisionEnd, entryBar, fillDelay } = book;
  const first = entryBar + 1 - fillDelay;
  const oldest = Math.min(decisionEnd, entryBar + book.maxBars - fillDelay);
  if (book.direction > 0) {
    if (signals.exitLong === undefined) return oldest;
    if (book.nextLongExit < first) book.nextLongExit = signals.exitLong.next(first, decisionEnd);
    return Math.min(oldest, book.nextLongExit);
  }
  if (signals.exitShort === undefined) return oldest;
  if (book.nextShortExit < first) book.nextShortExit = signals.exitShort.next(first, decisionEnd);
  return Math.min(oldest, book.nextShortExit);
}
