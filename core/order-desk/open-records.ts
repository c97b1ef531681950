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

/** Rows that are not settled, and all of the last 24 hours: what limits are counted by. */
export async function recentOrders(orders: OrderStore, account: string, nowMs: number): Promise<OrderRecord[]> {
  const [open, recent] = await Promise.all([
    unsettledOrders(orders, account),
    everyOrder(orders, { account, sinceMs: nowMs - dayMs }),
  ]);
  const byId = new Map([...open, ...recent].map((record) => [record.intent.clientOrderId, record]));
  return [...byId.values()];
}
