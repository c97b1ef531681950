import { DeskError } from '../../../core/errors.ts';
import type { OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';

const shortestPrefix = 4;

/** The order that a person means: by its id, the first digits of it, or the venue's number. */
export async function findOrder(store: OrderStore, typed: string): Promise<OrderRecord> {
  const found = await ordersNamed(store, typed);
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  throw new DeskError('NotFound', first === undefined ? 'no such order' : 'more than one order begins so', {
    path: 'order',
    expected:
      first === undefined
        ? `a client order id, its first digits (at least ${shortestPrefix}) or the venue's number; nightdesk orders list shows them`
        : found.map(({ intent }) => intent.clientOrderId.slice(0, 12)).join(', '),
    found: typed,
  });
}

/** At most three orders that a person could mean. */
export async function ordersNamed(store: OrderStore, typed: string): Promise<readonly OrderRecord[]> {
  const exact = await store.order(typed);
  if (exact !== undefined) return [exact];
  const venueOrderId = typed.replace(/^~/, '');
  const byVenue = venueOrderId === '' ? [] : await store.orders({ venueOrderId, limit: 3 });
  if (byVenue.length > 0 || typed.length < shortestPrefix) return byVenue;
  return store.orders({ idPrefix: typed.toLowerCase(), limit: 3 });
}
