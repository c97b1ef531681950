import { DeskError } from '../../../core/errors.ts';
import { sumText } from '../../../core/orders/amount.ts';
import type { OrderIntent } from '../../../core/orders/types.ts';
import type { OrderRecord } from '../../../core/ports/order-store.ts';
import type { Transaction, Value } from '../sql/database.ts';
import { orderRecord } from './rows.ts';

/** The row of an id inside a transaction. */
export async function findOrder({ row }: Transaction, clientOrderId: string): Promise<OrderRecord | undefined> {
  const found = await row('SELECT * FROM orders WHERE client_order_id = ?', clientOrderId);
  return found && orderRecord(found);
}

/** The row of an id that was stored before. */
export async function mustFind(sql: Transaction, clientOrderId: string): Promise<OrderRecord> {
  const record = await findOrder(sql, clientOrderId);
  if (record !== undefined) return record;
  throw new DeskError('NotFound', 'no intent is stored under this id', {
    path: 'clientOrderId',
    expected: 'an id that putIntent has stored',
    found: clientOrderId,
  });
}

const intentColumns = (intent: OrderIntent) => ({
  account: intent.account,
  symbol: intent.symbol,
  side: intent.side,
  type: intent.type,
  amount: intent.amount,
  price: intent.price ?? null,
  stop_price: intent.stopPrice ?? null,
  time_in_force: intent.timeInForce,
  reduce_only: intent.reduceOnly ? 1 : 0,
  rest_ms: intent.restMs ?? null,
  book: intent.book,
  intent_reason: intent.reason,
  seed: intent.seed,
  leg: intent.leg,
  intent_number: intent.intentNumber,
});

const stateColumns = (record: OrderRecord) => ({
  state: record.state,
  version: record.version,
  timestamp_ms: record.submission?.timestampMs ?? null,
  deadline_ms: record.submission?.deadlineMs ?? null,
  venue_order_id: record.venueOrderId ?? null,
  // One text for one number: the two are compared by the database.
  venue_executed: sumText(record.venueExecuted),
  applied_executed: sumText(record.appliedExecuted),
  reason: record.reason,
  changed_ms: record.changedMs,
});

/** Columns of a row that no OrderRecord shows. */
export type Extra = Readonly<{ adopted?: 0 | 1; last_change?: string; reservation_id?: string; granted_ms?: number }>;

/** Writes a new row and its first step. */
export async function insertOrder(sql: Transaction, record: OrderRecord, extra: Extra = {}): Promise<void> {
  const columns: Readonly<Record<string, Value>> = {
    client_order_id: record.intent.clientOrderId,
    venue: record.venue,
    ...intentColumns(record.intent),
    ...stateColumns(record),
    owner_workflow_id: record.ownerWorkflowId,
    created_ms: record.createdMs,
    adopted: 0,
    last_change: '',
    ...extra,
  };
  const names = Object.keys(columns);
  await sql.run(
    `INSERT INTO orders (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    ...Object.values(columns),
  );
  await addStep(sql, record);
}

/** Writes the next version of a row and its step; nothing but what may change of it. */
export async function updateOrder(sql: Transaction, record: OrderRecord, extra: Extra = {}): Promise<void> {
  const columns: Readonly<Record<string, Value>> = { ...stateColumns(record), ...extra };
  await sql.run(
    `UPDATE orders SET ${Object.keys(columns)
      .map((name) => `${name} = ?`)
      .join(', ')} WHERE client_order_id = ?`,
    ...Object.values(columns),
    record.intent.clientOrderId,
  );
  await addStep(sql, record);
}

/** An intent takes over the row that was adopted under its id; what the venue showed of it stays. */
export async function claimOrder(sql: Transaction, record: OrderRecord): Promise<void> {
  const columns: Readonly<Record<string, Value>> = {
    ...intentColumns(record.intent),
    owner_workflow_id: record.ownerWorkflowId,
    adopted: 0,
  };
  await sql.run(
    `UPDATE orders SET ${Object.keys(columns)
      .map((name) => `${name} = ?`)
      .join(', ')} WHERE client_order_id = ?`,
    ...Object.values(columns),
    record.intent.clientOrderId,
  );
}

const addStep = (sql: Transaction, record: OrderRecord): Promise<void> =>
  sql.run(
    `INSERT INTO order_steps (client_order_id, version, state, venue_executed, applied_executed, reason, at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    record.intent.clientOrderId,
    record.version,
    record.state,
    record.venueExecuted,
    record.appliedExecuted,
    record.reason,
    record.changedMs,
  );
