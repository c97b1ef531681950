import type { Book, Direction } from './book.ts';
import type { ExitReason } from './types.ts';

/** Step 5: what bar t's signals ask for, left in `pendingExit` and `pendingEntry`. */
export function decide(book: Book, bar: number, mayEnter: boolean): void {
  const exit = book.direction === 0 ? undefined : exitReason(book, bar);
  book.pendingExit = exit;
  const staysIn = book.direction !== 0 && exit === undefined;
  book.pendingEntry = staysIn ? 0 : entry(book, bar, mayEnter);
  book.decided[bar] = staysIn ? book.direction : book.pendingEntry;
}

function exitReason(book: Book, bar: number): ExitReason | undefined {
  const signal = book.direction > 0 ? book.exitLong[bar] : book.exitShort[bar];
  if (signal !== 0) return 'exitSignal';
  // With fill: close the position does not live through its entry bar, so the same length ends one bar later.
  const held = bar - book.entryBar + (book.fillAtClose ? 0 : 1);
  return held >= book.maxBars ? 'maxBars' : undefined;
}

/** Which way to enter; counts what forbids it: both ways at once, an exit on the same bar, no size. */
function entry(book: Book, bar: number, mayEnter: boolean): Direction {
  const long = book.enterLong[bar] !== 0;
  const short = book.enterShort[bar] !== 0;
  if (!long && !short) return 0;
  if (long && short) {
    book.conflicts += 1;
    return 0;
  }
  if ((long ? book.exitLong[bar] : book.exitShort[bar]) !== 0) {
    book.entryExitClashes += 1;
    return 0;
  }
  if (!mayEnter) return 0;
  const direction = long ? 1 : -1;
  const fraction = book.fractionAt(bar, direction);
  if (!(fraction > 0)) {
    book.noSize += 1;
    return 0;
  }
  book.pendingFraction = fraction;
  return direction;
}
