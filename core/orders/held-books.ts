import type { OrderStore } from '../ports/order-store.ts';
import { sumText, units, unitText } from './amount.ts';

type SymbolTotal = Awaited<ReturnType<OrderStore['symbolTotals']>>[number];

/** Books that hold something of a market, by the ledger's sums of an account; by name. */
export function heldBooks(totals: readonly SymbolTotal[]): readonly string[] {
  const amounts = new Map<string, string>();
  for (const total of heldAmounts(totals)) {
    const key = JSON.stringify([total.book, total.symbol]);
    amounts.set(key, sumText(amounts.get(key) ?? '0', total.amount));
  }
  const held = [...amounts].filter(([, amount]) => amount !== '0').map(([key]) => (JSON.parse(key) as string[])[0]);
  return [...new Set(held)].toSorted();
}

/**
 * Of an account's ledger sums those that say what each book holds of a market, with what it holds. A perpetual's position
 * is an account of its own; on spot it is the base asset that the venue or other books gave: what they gave, a book has.
 */
export const heldAmounts = (totals: readonly SymbolTotal[]): readonly SymbolTotal[] =>
  totals.flatMap((total) => {
    const { symbol, ledgerAccount, asset, amount } = total;
    if (symbol.includes(':')) return ledgerAccount === 'positions' && asset === symbol ? [total] : [];
    const isGiven = givers.includes(ledgerAccount) && asset === symbol.split('/')[0];
    return isGiven ? [{ ...total, amount: unitText(-units(amount)) }] : [];
  });

/** Where a book's base asset comes from: the venue, and other books. */
const givers: readonly string[] = ['trading', 'crossing'];
