import { isTerminal } from '../orders/order-machine.ts';
import { VenueError } from '../ports/exchange.ts';
import type { OrderRecord } from '../ports/order-store.ts';
import { applyEvent, storedOrder } from './apply-event.ts';
import type { OrderDesk } from './desk.ts';
import { findOrder, isFound, sightingEvent } from './look.ts';
import { deskErrorOfVenue } from './venue-failures.ts';

/**
 * Cancels an order wherever it stands and returns its row after a look: one that was never submitted is denied, one that
 * has ended is left alone. "Unknown order" may mean filled, or not accepted yet: the look says what the venue shows,
 * and nothing is concluded from its silence. Any other failure is thrown: cancelling again does no harm.
 */
export async function cancelOrder(
  desk: OrderDesk,
  clientOrderId: string,
  { reason, signal }: Readonly<{ reason: string; signal?: AbortSignal }>,
): Promise<OrderRecord> {
  const { orders, exchange, nowMs } = desk;
  let record = await storedOrder(orders, clientOrderId);
  // Who has submitted it meanwhile wins: then there is something to cancel.
  if (record.state === 'initialized') record = (await orders.deny(clientOrderId, reason, nowMs())).record;
  if (isTerminal(record.state)) return record;
  const { symbol } = record.intent;
  const { venueOrderId } = record;
  const outcome = await exchange.cancelOrder(
    { symbol, clientOrderId, ...(venueOrderId !== undefined && { venueOrderId }) },
    signal && { signal },
  );
  if (outcome.kind === 'failed' && outcome.failure.kind !== 'unknownOrder') {
    throw deskErrorOfVenue(new VenueError(outcome.failure));
  }
  const sighting = await findOrder(exchange, record, signal);
  if (!isFound(sighting)) return storedOrder(orders, clientOrderId);
  return applyEvent(desk, clientOrderId, sightingEvent(sighting));
}
