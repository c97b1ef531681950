import { arrivalDecision } from '../orders/arrival-price.ts';
import type { OrderIntent } from '../orders/types.ts';
import type { ReferencePrice } from '../ports/exchange.ts';
import type { OrderDesk } from './desk.ts';

/**
 * Notes what the venue's price is just before an order is sent; the exchange shares it with the price check. No order
 * waits for it: without an answer nothing is noted, and the order is left out of what reports execution.
 */
export async function noteArrival(
  { orders, exchange, nowMs }: OrderDesk,
  { account, clientOrderId, symbol }: Pick<OrderIntent, 'account' | 'clientOrderId' | 'symbol'>,
  by: string,
): Promise<void> {
  let reference: ReferencePrice;
  try {
    reference = await exchange.referencePrice(symbol);
  } catch {
    return;
  }
  await orders.recordDecision(arrivalDecision({ account, clientOrderId, by, atMs: nowMs() }, reference));
}
