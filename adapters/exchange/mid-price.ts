import { units, unitText } from '../../core/orders/amount.ts';

/** Middle of the best bid and ask; `0`, which stops trading in the symbol, where a side of the book is empty. */
export function midPrice(bid: string, ask: string): string {
  const [low, high] = [units(bid), units(ask)];
  return low <= 0n || high <= 0n ? '0' : unitText((low + high) / 2n);
}
