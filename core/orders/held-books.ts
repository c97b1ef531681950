import type { OrderStore } from '../ports/order-store.ts';
import { sumText } from './amount.ts';

type SymbolTotal = Awaited<ReturnType<OrderStore['symbolTotals']>>[number];

/** Books that hold something of a market, by the ledger's sums of an account; by name. */
export function heldBooks(totals: readonly SymbolTotal[]): readonly string[] {
  const amounts = new Map<string, string>();
  for (const total of totals.filter(isPosition)) {
    const key = JSON.stringify([total.book, total.symbol]);
    amounts.set(key, sumText(amounts.get(key) ?? '0', total.amount));
  }
  const held = [...amounts].filter(([, amount]) => amount !== '0').map(([key]) => (JSON.parse(key) as string[])[0]);
  return [...new Set(held)].toSorted();
}

/** A perpetual's position is an account of its own; on spot it is the base asset that the venue or other books gave. */
function isPosition({ symbol, ledgerAccount, asset }: SymbolTotal): boolean {
  if (symbol.includes(':')) return ledgerAccount === 'positions' && asset === symbol;
  return (ledgerAccount === 'trading' || ledgerAccount === 'crossing') && asset === symbol.split('/')[0];
}
