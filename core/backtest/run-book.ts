import { timeframeMs } from '../market/timeframe.ts';
import { type Book, type BookOptions, createBook } from './book.ts';
import { decide } from './decide.ts';
import { closePosition, exitPrice, openPosition } from './fills.ts';
import { settleAtOpen, settleInside } from './funding.ts';
import { checkProtection } from './protection.ts';

/** Runs one market from its first bar to its last, in the order of section 3 of the specification. */
export function runBook(options: BookOptions): Book {
  const book = createBook(options);
  const { bars, funding, fillAtClose, guarded } = book;
  const { timeMs, open, close } = bars;
  const barMs = timeframeMs[bars.timeframe];
  const last = timeMs.length - 1;
  for (let bar = 0; bar <= last; bar += 1) {
    if (funding !== undefined) settleAtOpen(book, funding, bar);
    if (!fillAtClose) execute(book, bar, open[bar]);
    if (guarded && book.direction !== 0) checkProtection(book, bar);
    if (funding !== undefined) settleInside(book, funding, bar, timeMs[bar] + barMs);
    if (fillAtClose && !book.bankrupt) {
      decide(book, bar, bar < last || !book.closeAtEnd);
      execute(book, bar, close[bar]);
    }
    if (bar === last && book.closeAtEnd && book.direction !== 0) {
      closePosition(book, bar, exitPrice(book, close[bar]), 'endOfData');
    }
    mark(book, bar, close[bar]);
    if (!fillAtClose && bar < last && !book.bankrupt) decide(book, bar, true);
  }
  return book;
}

/** Step 2: exits first, then entries, at the same market price. */
function execute(book: Book, bar: number, marketPrice: number): void {
  if (book.pendingExit !== undefined) {
    closePosition(book, bar, exitPrice(book, marketPrice), book.pendingExit);
    book.pendingExit = undefined;
  }
  if (book.pendingEntry !== 0) {
    openPosition(book, bar, marketPrice, book.pendingEntry);
    book.pendingEntry = 0;
  }
}

/** Step 4: the equity at the close. Nothing left ends the book: it is closed there and trades no more. */
function mark(book: Book, bar: number, close: number): void {
  const equity = book.cash + book.direction * book.quantity * close;
  if (equity <= 0 && !book.bankrupt) {
    if (book.direction !== 0) closePosition(book, bar, exitPrice(book, close), 'bankrupt');
    book.bankrupt = true;
    book.marks[bar] = book.cash;
    return;
  }
  book.marks[bar] = equity;
  if (book.direction !== 0) book.barsHeld += 1;
}
