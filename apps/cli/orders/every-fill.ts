import { mostRows } from '../../../core/orders/store-rules.ts';
import type { Fill } from '../../../core/orders/types.ts';
import type { FillFilter, OrderFilter, OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';

/** All fills that a filter names, oldest first, page by page. */
export async function* everyFill(store: OrderStore, filter: FillFilter): AsyncGenerator<Fill> {
  for (let after: FillFilter['after']; ;) {
    const page = await store.fills({ ...filter, limit: mostRows, ...(after && { after }) });
    yield* page;
    after = page.at(-1);
    if (page.length < mostRows) return;
  }
}

/** All orders that a filter names, newest first, page by page. */
export async function* everyOrder(store: OrderStore, filter: OrderFilter): AsyncGenerator<OrderRecord> {
  for (let before: OrderFilter['before']; ;) {
    const page = await store.orders({ ...filter, limit: mostRows, ...(before && { before }) });
    yield* page;
    const last = page.at(-1);
    if (page.length < mostRows || last === undefined) return;
    before = { createdMs: last.createdMs, clientOrderId: last.intent.clientOrderId };
  }
}
