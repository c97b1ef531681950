import type { OrderStore } from '../core/ports/order-store.ts';

export type OpenOrders = Readonly<{
  orders: Pick<OrderStore, 'accounts' | 'orders'>;
  /** Accounts that are set up: nobody can look after others. */
  isSetUp(account: string): boolean;
  start(account: string): Promise<void>;
}>;

/**
 * Starts the guard of each account that has orders under way, and with it the keeper that watches them. After the loss
 * of the Temporal server's memory, or of the process that sent an order, nobody else does before the next order. Gives
 * the accounts.
 */
export async function watchOpenOrders({ orders, isSetUp, start }: OpenOrders): Promise<string[]> {
  const watched: string[] = [];
  for (const account of await orders.accounts()) {
    const [open] = await orders.orders({ account, unsettled: true, limit: 1 });
    if (open === undefined || !isSetUp(account)) continue;
    await start(account);
    watched.push(account);
  }
  return watched;
}
