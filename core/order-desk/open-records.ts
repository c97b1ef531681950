import type { OrderFilter, OrderRecord, OrderStore } from '../ports/order-store.ts';

const pageRows = 1_000;

/** Orders of one account in one read, at most: ten times what a guard lets under way. */
const mostRecords = 20_000;

type Rows = Pick<OrderStore, 'orders'>;

/** All rows that a filter names, newest first, page by page. */
async function everyOrder(orders: Rows, filter: OrderFilter): Promise<OrderRecord[]> {
  const all: OrderRecord[] = [];
  for (let before: OrderFilter['before']; all.length < mostRecords;) {
    const page = await orders.orders({ ...filter, limit: pageRows, ...(before && { before }) });
    all.push(...page);
    const last = page.at(-1);
    if (page.length < pageRows || last === undefined) break;
    before = { createdMs: last.createdMs, clientOrderId: last.intent.clientOrderId };
  }
  return all;
}

/** Rows that have not ended, or whose fills are not all applied. */
export const unsettledOrders = (orders: Rows, account: string): Promise<OrderRecord[]> =>
  everyOrder(orders, { account, unsettled: true });

const dayMs = 86_400_000;

/** So far a host's clock may have been set since a row was made: rows are found by it, and counted by the venue's. */
export const clockSetMs = 4 * 3_600_000;

/** Rows that are not settled, and all that were made in the last 24 hours by this host's clock, and `earlierMs` before. */
export async function recentOrders(
  orders: Rows,
  account: string,
  nowMs: number,
  earlierMs = 0,
): Promise<OrderRecord[]> {
  const [open, recent] = await Promise.all([
    unsettledOrders(orders, account),
    everyOrder(orders, { account, sinceMs: nowMs - dayMs - earlierMs }),
  ]);
  const byId = new Map([...open, ...recent].map((record) => [record.intent.clientOrderId, record]));
  return [...byId.values()];
}
