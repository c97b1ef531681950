import type { SweepBook } from './book.ts';

/** Opens the position that was decided at a bar, as fills.ts of the event engine. */
export function enter(book: SweepBook, decisionBar: number, fraction: number): void {
  const { signals, fillPrices, fee } = book;
  const isLong =
    signals.enterShort === undefined || signals.enterLong?.next(decisionBar, decisionBar + 1) === decisionBar;
  const direction = isLong ? 1 : -1;
  const entryBar = decisionBar + book.fillDelay;
  const price = fillPrices[entryBar] * (1 + direction * book.slippage);
  const size = (fraction * book.cash) / (price * (1 + fee));
  book.direction = direction;
  book.quantity = direction * size;
  book.entryBar = entryBar;
  book.entryPrice = price;
  book.entryFee = size * price * fee;
  book.positionFunding = 0;
  book.cash -= book.quantity * price + book.entryFee;
}

/** What a market order that ends the position gets: slippage against it. */
export const marketExit = (book: SweepBook, marketPrice: number): number =>
  marketPrice * (1 - book.direction * book.slippage);

/** Closes the position at exactly this price. */
export function leave(book: SweepBook, price: number): void {
  const { quantity, entryPrice } = book;
  const exitFee = Math.abs(quantity) * price * book.fee;
  const pnl = quantity * (price - entryPrice) - (book.entryFee + exitFee) - book.positionFunding;
  book.cash += quantity * price - exitFee;
  book.trades += 1;
  if (pnl > 0) book.won += pnl;
  else book.lost -= pnl;
}
