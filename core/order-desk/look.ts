import { lookSinceMs } from '../orders/look-up.ts';
import type { Exchange, OrderSighting } from '../ports/exchange.ts';
import type { OrderRecord } from '../ports/order-store.ts';
import { askVenue } from './venue-failures.ts';

/** One look in open orders, closed orders and fills. */
export function findOrder(exchange: Exchange, record: OrderRecord, signal?: AbortSignal): Promise<OrderSighting> {
  const { intent, venueOrderId, submission, createdMs } = record;
  const query = {
    symbol: intent.symbol,
    clientOrderId: intent.clientOrderId,
    sinceMs: submission === undefined ? createdMs : lookSinceMs(submission),
    ...(venueOrderId !== undefined && { venueOrderId }),
  };
  return askVenue(exchange.findOrder(query, signal && { signal }));
}

/** A look that found nothing proves nothing by itself. */
export const isFound = ({ order, fills }: OrderSighting): boolean => order !== undefined || fills.length > 0;

/** What one look says of an order, as an event of its machine. */
export const sightingEvent = ({ order, fills }: OrderSighting) =>
  order === undefined ? ({ type: 'filled', fills } as const) : ({ type: 'sighted', order, fills } as const);
