import { sumText } from '../../../core/orders/amount.ts';
import { appliedAfter, checkChange } from '../../../core/orders/store-rules.ts';
import type { Fill } from '../../../core/orders/types.ts';
import type { OrderChange, OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';
import type { Database, Row, Transaction } from '../sql/database.ts';
import { text } from '../sql/rows.ts';
import { addSymbolHalt } from './accounts.ts';
import { insertFill, knownOf, linkFills, sourceOf, withoutSources } from './fill-rows.ts';
import { post, rebook } from './ledger.ts';
import { mustFind, updateOrder } from './order-rows.ts';
import { addAlerts, hashOf } from './records.ts';
import { orderRecord } from './rows.ts';

/** The steps of orders that we sent. */
export const changeMethods = ({ write }: Database): Pick<OrderStore, 'apply'> => ({
  apply: (change) => write((sql) => apply(sql, change)),
});

type Applied = Awaited<ReturnType<OrderStore['apply']>>;

async function apply(sql: Transaction, change: OrderChange): Promise<Applied> {
  const row = await sql.row('SELECT * FROM orders WHERE client_order_id = ?', change.clientOrderId);
  const before = row === undefined ? await mustFind(sql, change.clientOrderId) : orderRecord(row);
  checkChange(change, before);
  const { intent } = before;
  const known = await knownOf(sql, intent.account, change.fills);
  if (before.version !== change.expectedVersion) {
    return { kind: isRepeated(row, change) ? 'applied' : 'stale', record: before, knownTradeIds: known };
  }
  const taken = change.fills.filter(({ tradeId }, index) => !known.includes(tradeId) && isFirst(change.fills, index));
  const left = change.fills.filter((fill) => !taken.includes(fill));
  const { venueOrderId } = change;
  const linked = await linkFills(sql, before, { venueOrderId, known: left });
  const after: OrderRecord = {
    ...before,
    version: before.version + 1,
    state: change.state,
    ...(venueOrderId !== undefined && { venueOrderId }),
    venueExecuted: sumText(change.venueExecuted ?? before.venueExecuted),
    appliedExecuted: appliedAfter(
      before.appliedExecuted,
      [...taken, ...linked],
      left.length + linked.length === 0 ? change.appliedExecuted : undefined,
    ),
    reason: change.reason ?? before.reason,
    changedMs: change.atMs,
  };
  await updateOrder(sql, after, { last_change: hashOfChange(change) });
  for (const fill of taken) await insertFill(sql, fill, intent);
  const booked = new Set(left.filter(({ tradeId }) => known.includes(tradeId)).map(sourceOf));
  await post(sql, withoutSources(change.entries, booked), change.clientOrderId);
  for (const fill of linked) await rebook(sql, fill, after);
  await addAlerts(sql, change.alerts);
  if (change.haltSymbol !== undefined) {
    const { account, symbol } = intent;
    await addSymbolHalt(sql, { account, symbol, reason: change.haltSymbol, atMs: change.atMs });
  }
  return { kind: 'applied', record: after, knownTradeIds: left.map(({ tradeId }) => tradeId) };
}

/** Whether this very change is the one that made the row what it is: its answer got lost. */
const isRepeated = (row: Row | undefined, change: OrderChange): boolean =>
  row !== undefined &&
  orderRecord(row).version === change.expectedVersion + 1 &&
  text(row, 'last_change') === hashOfChange(change);

const hashOfChange = (change: OrderChange): string => hashOf([JSON.stringify(change)]);

/** Whether no fill before it in the list has the same identity. */
const isFirst = (fills: readonly Fill[], index: number): boolean =>
  fills.findIndex(({ tradeId }) => tradeId === fills[index]?.tradeId) === index;
