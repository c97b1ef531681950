import type { Book, Direction } from './book.ts';
import type { ExitReason } from './types.ts';

/**
 * Opens a position at a market price: a buy pays the slippage above it, a sell below it. The size is a fraction of the
 * cash after the fee; nothing is opened without cash.
 */
export function openPosition(book: Book, bar: number, marketPrice: number, direction: Direction): void {
  if (book.cash <= 0) return;
  const price = marketPrice * (1 + direction * book.slippage);
  const quantity = (book.pendingFraction * book.cash) / (price * (1 + book.fee));
  const fee = quantity * price * book.fee;
  book.cash -= direction * quantity * price + fee;
  book.direction = direction;
  book.quantity = quantity;
  book.entryBar = bar;
  book.entryPrice = price;
  book.entryFee = fee;
  book.positionFunding = 0;
  book.extreme = price;
  book.entries += 1;
  book.notional += quantity * price;
  book.feesPaid += fee;
}

/** What a market order that ends the position gets: slippage against it. */
export const exitPrice = (book: Book, marketPrice: number): number =>
  marketPrice * (1 - book.direction * book.slippage);

/** Closes the position at exactly this price and writes its trade. */
export function closePosition(book: Book, bar: number, price: number, exitReason: ExitReason): void {
  const { bars, direction, quantity, entryBar, entryPrice, positionFunding } = book;
  const fee = quantity * price * book.fee;
  const fees = book.entryFee + fee;
  const pnl = direction * quantity * (price - entryPrice) - fees - positionFunding;
  book.cash += direction * quantity * price - fee;
  book.notional += quantity * price;
  book.feesPaid += fee;
  book.trades.push({
    symbol: bars.symbol,
    side: direction > 0 ? 'long' : 'short',
    entryBar,
    exitBar: bar,
    entryTimeMs: bars.timeMs[entryBar],
    exitTimeMs: bars.timeMs[bar],
    entryPrice,
    exitPrice: price,
    quantity,
    fees,
    funding: positionFunding,
    pnl,
    returnFraction: pnl / (entryPrice * quantity),
    bars: bar - entryBar,
    exitReason,
  });
  book.direction = 0;
  book.quantity = 0;
}
