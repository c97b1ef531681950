import { loadParallelValidation } from '../../config/parallel-validation.ts';
import { dayMs } from '../../core/market/timeframe.ts';
import { heldBooks } from '../../core/orders/held-books.ts';
import type { ListDeployed, ReadDeployed } from '../../core/ports/deployed.ts';
import type { OrderStore } from '../../core/ports/order-store.ts';
import type { Store } from '../../core/ports/store.ts';
import { deployedReturns } from './deployed-returns.ts';

export type DeployedPorts = Readonly<{
  store: Store;
  /** Opened for each look, and closed after it: who computes has no other use for it. */
  openOrders(): Promise<OrderStore>;
  nowMs(): number;
}>;

/**
 * Deployed are the strategies that the settings name, and those whose book (its name is the strategy's id) holds a
 * position or has had an order in the last days.
 */
export const createListDeployed =
  ({ store, openOrders, nowMs }: DeployedPorts): ListDeployed =>
  async () => {
    const { deployed } = loadParallelValidation();
    const known = (await store.queue()).map(({ strategyId }) => strategyId);
    const orders = await openOrders();
    try {
      const trading = await booksThatTrade(orders, known, nowMs() - deployed.order_days * dayMs);
      return [...new Set([...deployed.strategies, ...trading])].toSorted();
    } finally {
      orders.close();
    }
  };

export function createReadDeployed(ports: DeployedPorts): ReadDeployed {
  const list = createListDeployed(ports);
  return async () => {
    const ids = await list();
    return ids.length === 0 ? [] : deployedReturns(ids, await ports.store.runs(mostRuns));
  };
}

/** Runs that are looked through for a backtest, the newest ones. */
const mostRuns = 1_000;

async function booksThatTrade(orders: OrderStore, books: readonly string[], sinceMs: number): Promise<string[]> {
  const found = new Set<string>();
  for (const account of await orders.accounts()) {
    const held = new Set(heldBooks(await orders.symbolTotals(account)));
    for (const book of books) {
      if (found.has(book)) continue;
      if (held.has(book) || (await orders.orders({ account, book, sinceMs, limit: 1 })).length > 0) found.add(book);
    }
  }
  return [...found];
}
