import { units, unitText } from '../../../core/orders/amount.ts';
import type { OrderStore } from '../../../core/ports/order-store.ts';
import type { FillRow } from './rows.ts';

/** Titles of the exported columns. `amount` is negative where it was paid; `payment` has the venue and its own id. */
export const fundingColumns = ['time', 'account', 'symbol', 'asset', 'amount', 'book', 'payment'] as const;

/** The store gives so many at once. */
const mostRows = 10_000;

/** A row for each book's share of each payment of an account. */
export async function fundingRows(
  store: OrderStore,
  account: string,
  symbol: string | undefined,
): Promise<Readonly<{ rows: FillRow[]; told: string[] }>> {
  const entries = await store.entries(account, mostRows, 'funding');
  const rows = entries
    .filter((entry) => symbol === undefined || entry.symbol === symbol)
    // What the ledger's `funding` gave, the account has.
    .map(({ venueMs, symbol: of, asset, amount, book, source }): FillRow => {
      return [new Date(venueMs).toISOString(), account, of, asset, unitText(-units(amount)), book, source];
    });
  if (entries.length < mostRows) return { rows, told: [] };
  return { rows, told: [`${account}: older ones than the newest ${mostRows} are left out`] };
}
