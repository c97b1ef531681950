import { type OrderShare, orderShares } from '../../../core/orders/books.ts';
import type { NettedGroup, OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';

/** An order of a netted group, with what of it is whose. */
export type SharedOrder = OrderRecord & Readonly<{ shares?: readonly OrderShare[] }>;

/** The orders, those of groups with their shares. */
export async function withShares(store: OrderStore, orders: readonly OrderRecord[]): Promise<readonly SharedOrder[]> {
  const groups = new Map<string, NettedGroup | undefined>();
  for (const { intent } of orders) {
    if (!groups.has(intent.book)) groups.set(intent.book, await store.group(intent.book));
  }
  return orders.map((order) => sharedOrder(order, groups.get(order.intent.book)));
}

export const sharedOrder = (order: OrderRecord, group: NettedGroup | undefined): SharedOrder =>
  group === undefined ? order : { ...order, shares: orderShares(group, order.intent.amount) };

/** The book of an order; of a netted one `0.01 STR-001, 0.005 STR-003`, where 0 is what crosses inside. */
export const booksText = ({ intent, shares }: SharedOrder): string =>
  shares?.map(({ book, share }) => `${share}\u00A0${book}`).join(', ') ?? intent.book;
