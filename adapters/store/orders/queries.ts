import { mostRows } from '../../../core/orders/store-rules.ts';
import type { FillFilter, OrderFilter, OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';
import { type Fill, terminalStates } from '../../../core/orders/types.ts';
import type { Database, Transaction } from '../sql/database.ts';
import { findOrder } from './order-rows.ts';
import { conditions, limitOf } from './records.ts';
import { fillKey, fillKeyOf, fillOf, orderRecord, orderStep } from './rows.ts';

const usualFills = 1_000;

/** What people and reconciliation ask of orders and fills. */
export const queryMethods = ({
  read,
}: Database): Pick<OrderStore, 'order' | 'orders' | 'steps' | 'fills' | 'knownFill'> => ({
  order: (clientOrderId) => read((sql) => findOrder(sql, clientOrderId)),

  orders: (filter) => read((sql) => ordersOf(sql, filter)),

  steps: (clientOrderId) =>
    read(async ({ rows }) => {
      const sql = 'SELECT * FROM order_steps WHERE client_order_id = ? ORDER BY version LIMIT ?';
      return (await rows(sql, clientOrderId, mostRows)).map(orderStep);
    }),

  fills: (filter) => read((sql) => fillsOf(sql, filter)),

  knownFill: (account, fill) =>
    read(async ({ row }) => {
      const found = await row(`SELECT fill FROM fills WHERE ${fillKey}`, ...fillKeyOf(account, fill));
      return found && fillOf(found);
    }),
});

/** As the index orders_unsettled says it: asked every few seconds among all orders that ever were. */
const ended = terminalStates.map((state) => `'${state}'`).join(', ');

async function ordersOf({ rows }: Transaction, filter: OrderFilter): Promise<readonly OrderRecord[]> {
  const { account, symbol, book, states, unsettled, venueOrderId, idPrefix, sinceMs, limit, before } = filter;
  if (states?.length === 0) return [];
  const where = conditions([
    ['account = ?', account],
    ['symbol = ?', symbol],
    ['venue_order_id = ?', venueOrderId],
    ['client_order_id >= ?', idPrefix],
    // One above the last character that an id can have.
    ['client_order_id < ?', idPrefix === undefined ? undefined : `${idPrefix}\u{10FFFF}`],
    ['created_ms >= ?', sinceMs],
  ]);
  const more: string[] = [];
  if (book !== undefined) more.push('(book = ? OR book IN (SELECT group_id FROM netted_members WHERE book = ?))');
  if (states !== undefined) more.push(`state IN (${states.map(() => '?').join(', ')})`);
  if (unsettled === true) more.push(`(state NOT IN (${ended}) OR venue_executed <> applied_executed)`);
  if (before !== undefined) more.push('(created_ms, client_order_id) < (?, ?)');
  const found = await rows(
    `SELECT * FROM orders ${[where.sql || 'WHERE 1 = 1', ...more].join(' AND ')}
     ORDER BY created_ms DESC, client_order_id DESC LIMIT ?`,
    ...where.values,
    ...(book === undefined ? [] : [book, book]),
    ...(states ?? []),
    ...(before === undefined ? [] : [before.createdMs, before.clientOrderId]),
    limitOf(limit),
  );
  return found.map(orderRecord);
}

/** Within a millisecond by trade id; numeric ones as numbers, which their length tells first. */
const fillOrder = 'venue_ms, length(trade_id), trade_id, symbol, venue';

async function fillsOf({ rows }: Transaction, filter: FillFilter): Promise<readonly Fill[]> {
  const { account, clientOrderId, symbol, sinceMs, limit, after } = filter;
  const where = conditions([
    ['account = ?', account],
    ['client_order_id = ?', clientOrderId],
    ['symbol = ?', symbol],
    ['venue_ms >= ?', sinceMs],
  ]);
  const found = await rows(
    `SELECT fill FROM fills ${where.sql || 'WHERE 1 = 1'} ${after === undefined ? '' : `AND (${fillOrder}) > (?, ?, ?, ?, ?)`}
     ORDER BY ${fillOrder} LIMIT ?`,
    ...where.values,
    ...(after === undefined ? [] : [after.venueMs, after.tradeId.length, after.tradeId, after.symbol, after.venue]),
    limitOf(limit, usualFills),
  );
  return found.map(fillOf);
}
