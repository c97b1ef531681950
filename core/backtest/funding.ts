import type { FundingRates } from '../market/bars.ts';
import type { Book } from './book.ts';

/** A position pays quantity x price x rate; a long pays when the rate is positive, a short receives. */
function pay(book: Book, price: number, rate: number): void {
  const paid = book.direction * book.quantity * price * rate;
  book.cash -= paid;
  book.positionFunding += paid;
  book.fundingPaid += paid;
}

/** Step 1: a payment due exactly at the bar's open is settled at its open price by the position carried in. */
export function settleAtOpen(book: Book, funding: FundingRates, bar: number): void {
  const openMs = book.bars.timeMs[bar];
  while (funding.timeMs[book.fundingIndex] < openMs) {
    if (book.direction !== 0) book.fundingMissed += 1; // between two bars with a gap: no price to settle at
    book.fundingIndex += 1;
  }
  while (funding.timeMs[book.fundingIndex] === openMs) {
    if (book.direction !== 0) pay(book, book.bars.open[bar], funding.rate[book.fundingIndex]);
    book.fundingIndex += 1;
  }
}

/** First half of step 4: payments due inside a (coarse) bar are settled at its close by the position then held. */
export function settleInside(book: Book, funding: FundingRates, bar: number, closeMs: number): void {
  while (funding.timeMs[book.fundingIndex] < closeMs) {
    if (book.direction !== 0) pay(book, book.bars.close[bar], funding.rate[book.fundingIndex]);
    book.fundingIndex += 1;
  }
}
