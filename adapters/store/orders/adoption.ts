import { sumText } from '../../../core/orders/amount.ts';
import { checkDecimal } from '../../../core/orders/decimal.ts';
import { appliedAfter, checkFill, isOrderId } from '../../../core/orders/store-rules.ts';
import type { Fill, VenueOrder } from '../../../core/orders/types.ts';
import type { OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';
import type { Database, Transaction } from '../sql/database.ts';
import { text } from '../sql/rows.ts';
import { insertFill, knownOf, linkFills, sourceOf, withoutSources } from './fill-rows.ts';
import { post } from './ledger.ts';
import { findOrder, insertOrder, updateOrder } from './order-rows.ts';
import { addDecision } from './records.ts';
import { orderRecord } from './rows.ts';

/** Orders and fills of other programs and people. */
export const adoptionMethods = ({ write }: Database): Pick<OrderStore, 'adopt'> => ({
  adopt: (orders, fills, entries, ...[account, atMs]) =>
    write(async (sql) => {
      for (const order of orders) await adoptOrder(sql, order, { account, atMs });
      const left = new Set<string>();
      for (const fill of fills) if (!(await adoptFill(sql, fill, account))) left.add(sourceOf(fill));
      await post(sql, withoutSources(entries, left));
    }),
});

type Adoption = Readonly<{ account: string; atMs: number }>;

/** Whether an order or a fill belongs to an order that we sent, by our id or by the venue's: `apply` brings it in. */
async function isOurs(
  { row }: Transaction,
  account: string,
  {
    venue,
    symbol,
    venueOrderId,
    clientOrderId = '',
  }: Pick<VenueOrder, 'venue' | 'symbol' | 'venueOrderId' | 'clientOrderId'>,
): Promise<boolean> {
  const found = await row(
    `SELECT 1 FROM orders WHERE adopted = 0 AND account = ? AND venue = ? AND symbol = ?
       AND (client_order_id = ? OR venue_order_id = ?)`,
    account,
    venue,
    symbol,
    clientOrderId,
    venueOrderId,
  );
  return found !== undefined;
}

/** An id of our form may be one that a restored store has forgotten; other people's may be used twice. */
const adoptedId = (account: string, { venue, symbol, venueOrderId, clientOrderId = '' }: VenueOrder): string =>
  isOrderId(clientOrderId) ? clientOrderId : `venue:${account}:${venue}:${symbol}:${venueOrderId}`;

async function adoptOrder(sql: Transaction, order: VenueOrder, { account, atMs }: Adoption): Promise<void> {
  checkDecimal(order.amount, 'amount', 'notNegative');
  checkDecimal(order.executed, 'executed', 'notNegative');
  const id = adoptedId(account, order);
  if (await isOurs(sql, account, order)) return;
  const row = await sql.row('SELECT * FROM orders WHERE client_order_id = ?', id);
  if (row !== undefined) {
    await followAdopted(sql, orderRecord(row), order, atMs);
    return;
  }
  const record = adoptedRecord(order, id, { account, atMs });
  // Its fills may have come first: they count for it from now on.
  const linked = await linkFills(sql, record, { venueOrderId: order.venueOrderId, known: [] });
  const appliedExecuted = appliedAfter(record.appliedExecuted, linked, undefined);
  await insertOrder(sql, { ...record, appliedExecuted }, { adopted: 1 });
  await addDecision(sql, {
    account,
    clientOrderId: id,
    what: 'adopted',
    why: `order ${order.venueOrderId} at ${order.venue} is not ours`,
    by: 'reconciliation',
    atMs,
  });
}

const adoptedRecord = (order: VenueOrder, id: string, { account, atMs }: Adoption): OrderRecord => ({
  intent: {
    clientOrderId: id,
    account,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    amount: order.amount,
    ...(order.price !== undefined && { price: order.price }),
    ...(order.stopPrice !== undefined && { stopPrice: order.stopPrice }),
    timeInForce: 'GTC',
    reduceOnly: order.reduceOnly,
    book: 'unassigned',
    reason: 'found at the venue',
    seed: '',
    leg: '',
    intentNumber: 0,
  },
  venue: order.venue,
  state: order.state,
  version: 1,
  venueOrderId: order.venueOrderId,
  venueExecuted: order.executed,
  appliedExecuted: '0',
  reason: '',
  ownerWorkflowId: '',
  createdMs: atMs,
  changedMs: atMs,
});

/** The venue shows an adopted order anew. */
async function followAdopted(sql: Transaction, before: OrderRecord, order: VenueOrder, atMs: number): Promise<void> {
  if (before.state === order.state && before.venueExecuted === sumText(order.executed)) return;
  await updateOrder(sql, {
    ...before,
    version: before.version + 1,
    state: order.state,
    venueExecuted: order.executed,
    changedMs: atMs,
  });
}

/** Keeps a fill that nobody has booked; false where it is known or ours. It counts for the adopted order that it is of. */
async function adoptFill(sql: Transaction, fill: Fill, account: string): Promise<boolean> {
  checkFill(fill);
  if ((await knownOf(sql, account, [fill])).length > 0 || (await isOurs(sql, account, fill))) return false;
  const row = await sql.row(
    `SELECT client_order_id FROM orders WHERE venue_order_id = ? AND account = ? AND venue = ? AND symbol = ? AND adopted = 1`,
    fill.venueOrderId,
    account,
    fill.venue,
    fill.symbol,
  );
  const clientOrderId = row === undefined ? '' : text(row, 'client_order_id');
  await insertFill(sql, fill, { account, clientOrderId });
  const record = row === undefined ? undefined : await findOrder(sql, clientOrderId);
  if (record !== undefined) {
    const appliedExecuted = appliedAfter(record.appliedExecuted, [fill], undefined);
    await updateOrder(sql, { ...record, version: record.version + 1, appliedExecuted });
  }
  return true;
}
