import type { Book } from './book.ts';
import { closePosition, exitPrice } from './fills.ts';

/**
 * Step 3: stops and targets inside a bar, in the pessimistic order. A position that was carried in is first looked at
 * at the open, where a gap fills at the open; then the stop, then the target. Stops pay slippage, targets don't.
 * Written once for both sides: `direction` turns the comparisons of a short around (and x1 or x-1 is exact).
 */
export function checkProtection(book: Book, bar: number): void {
  const { bars, direction, entryPrice } = book;
  const fixedStop = entryPrice * (1 - direction * book.stopLoss);
  const trail = book.extreme * (1 - direction * book.trailingStop);
  const trailing = direction * trail > direction * fixedStop;
  const stop = trailing ? trail : fixedStop;
  const target = entryPrice * (1 + direction * book.takeProfit);
  const open = bars.open[bar];
  const high = bars.high[bar];
  const low = bars.low[bar];
  const carriedIn = book.entryBar < bar;
  const stopReason = trailing ? 'trailingStop' : 'stopLoss';

  if (carriedIn && direction * open <= direction * stop) {
    closePosition(book, bar, exitPrice(book, open), stopReason);
  } else if (carriedIn && direction * open >= direction * target) {
    closePosition(book, bar, open, 'takeProfit');
  } else if (direction > 0 ? low <= stop : high >= stop) {
    closePosition(book, bar, exitPrice(book, direction > 0 ? Math.min(stop, open) : Math.max(stop, open)), stopReason);
  } else if (direction > 0 ? high >= target : low <= target) {
    closePosition(book, bar, target, 'takeProfit');
  } else {
    book.extreme = direction > 0 ? Math.max(book.extreme, high) : Math.min(book.extreme, low);
  }
}
