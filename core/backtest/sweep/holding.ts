import type { SweepBook } from './book.ts';
import { highestIn, lowestIn } from './extremes.ts';
import { leave, marketExit } from './fills.ts';

/**
 * Holds the position from its entry up to the bar before `exitBar`: marks it and settles the funding that falls due,
 * up to the moment of the exit (2 x bar at its open, 2 x bar + 1 at its close). False where the equity is used up on
 * the way: the position is then closed.
 */
export function holdUntil(book: SweepBook, exitBar: number, exitMoment: number): boolean {
  if (book.funding.moment.length > 0 && !settleFunding(book, exitMoment)) return false;
  return book.marked >= exitBar || markHeld(book, exitBar - 1);
}

/** Settles one payment after the other; what is held before each is marked with the cash before it. */
function settleFunding(book: SweepBook, exitMoment: number): boolean {
  const { moment, price, rate } = book.funding;
  const entryMoment = 2 * book.entryBar + 1 - book.fillDelay;
  let next = book.nextFunding;
  while (next < moment.length && moment[next] <= entryMoment) next += 1;
  for (; next < moment.length && moment[next] <= exitMoment; next += 1) {
    const bar = moment[next] >> 1;
    if (bar > book.marked && !markHeld(book, bar - 1)) return false;
    const paid = book.quantity * price[next] * rate[next];
    book.cash -= paid;
    book.positionFunding += paid;
  }
  book.nextFunding = next;
  return true;
}

/** Marks the position from the first bar that is not up to `to`. */
function markHeld(book: SweepBook, to: number): boolean {
  const { cash, quantity, marks, marked } = book;
  const bankruptBar = firstBankrupt(book, marked, to);
  if (bankruptBar < 0) {
    marks.held(marked, to, cash, quantity);
    book.marked = to + 1;
    return true;
  }
  if (bankruptBar > marked) marks.held(marked, bankruptBar - 1, cash, quantity);
  book.marked = bankruptBar;
  leave(book, marketExit(book, book.bars.close[bankruptBar]));
  return false;
}

/** The first bar in from..to with nothing left at its close, else -1. A long without debt cannot get there. */
function firstBankrupt({ cash, quantity, extremes }: SweepBook, from: number, to: number): number {
  if (cash + quantity * (quantity > 0 ? extremes.least : extremes.most) > 0) return -1;
  const worst = quantity > 0 ? lowestIn(extremes, from, to) : highestIn(extremes, from, to);
  if (cash + quantity * worst > 0) return -1;
  for (let bar = from; bar <= to; bar += 1) if (cash + quantity * extremes.values[bar] <= 0) return bar;
  return -1;
}
