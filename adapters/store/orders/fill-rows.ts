import type { Fill, OrderIntent } from '../../../core/orders/types.ts';
import type { LedgerEntry, OrderRecord } from '../../../core/ports/order-store.ts';
import type { Transaction } from '../sql/database.ts';
import { text } from '../sql/rows.ts';
import { fillKey, fillKeyOf, fillOf } from './rows.ts';

/** Those of an account's fills that are stored, by trade id. */
export async function knownOf(
  { row }: Transaction,
  account: string,
  fills: readonly Fill[],
): Promise<readonly string[]> {
  const known: string[] = [];
  for (const fill of fills) {
    const found = await row(`SELECT 1 FROM fills WHERE ${fillKey}`, ...fillKeyOf(account, fill));
    if (found !== undefined) known.push(fill.tradeId);
  }
  return known;
}

export async function insertFill(
  { run }: Transaction,
  fill: Fill,
  { account, clientOrderId }: Pick<OrderIntent, 'account' | 'clientOrderId'>,
): Promise<void> {
  await run(
    `INSERT INTO fills (venue, symbol, trade_id, account, client_order_id, venue_order_id, venue_ms, fill)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    fill.venue,
    fill.symbol,
    fill.tradeId,
    account,
    clientOrderId,
    fill.venueOrderId,
    fill.venueMs,
    JSON.stringify(fill),
  );
}

/**
 * Fills that were adopted before their order's id at the venue was known, and turn out to be this order's: those under
 * that id, and those of the change that belong to no order. They are the order's from now on.
 */
export async function linkFills(
  sql: Transaction,
  { intent, venue }: OrderRecord,
  of: Readonly<{ venueOrderId: string | undefined; known: readonly Fill[] }>,
): Promise<readonly Fill[]> {
  const { account, symbol, clientOrderId } = intent;
  const unowned = await sql.rows(
    `SELECT fill FROM fills WHERE client_order_id = '' AND account = ? AND venue = ? AND symbol = ? AND venue_order_id = ?`,
    account,
    venue,
    symbol,
    of.venueOrderId ?? '',
  );
  const linked = unowned.map(fillOf);
  for (const fill of of.known) {
    const row = await sql.row(`SELECT client_order_id FROM fills WHERE ${fillKey}`, ...fillKeyOf(account, fill));
    const isNew = linked.every(({ tradeId }) => tradeId !== fill.tradeId);
    if (row !== undefined && text(row, 'client_order_id') === '' && isNew) linked.push(fill);
  }
  for (const fill of linked) {
    await sql.run(`UPDATE fills SET client_order_id = ? WHERE ${fillKey}`, clientOrderId, ...fillKeyOf(account, fill));
  }
  return linked;
}

/** What tells whose posting an entry is. */
export const sourceOf = ({ symbol, tradeId }: Pick<Fill, 'symbol' | 'tradeId'>): string => `${symbol} ${tradeId}`;

export const withoutSources = (entries: readonly LedgerEntry[], left: ReadonlySet<string>): readonly LedgerEntry[] =>
  entries.filter(({ symbol, source }) => !left.has(`${symbol} ${source}`));
