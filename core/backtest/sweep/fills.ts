import type { BookSignals, SweepBook } from './book.ts';

/** Which way a flat book enters at a bar at which it does. */
export function entryDirection({ enterLong, enterShort }: BookSignals, bar: number): 1 | -1 {
  return enterShort === undefined || enterLong?.next(bar, bar + 1) === bar ? 1 : -1;
}

export type Entry = Readonly<{ decisionBar: number; direction: 1 | -1; fraction: number }>;

/** Opens the position that was decided at a bar, as fills.ts of the event engine. */
export function enter(book: SweepBook, { decisionBar, direction, fraction }: Entry): void {
  const { fillPrices, fee } = book;
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
