import { DeskError } from '../errors.ts';
import { nearestName } from '../nearest.ts';
import { type OrderEvent, stepOrder } from '../orders/order-machine.ts';
import type { Fill } from '../orders/types.ts';
import type { Exchange, Market } from '../ports/exchange.ts';
import type { OrderRecord, OrderStore } from '../ports/order-store.ts';
import type { OrderDesk } from './desk.ts';
import { askVenue } from './venue-failures.ts';

/** Writers of one order are few (its workflow, reconciliation, a person): who loses so often meets a defect. */
const mostTries = 20;

/** Of one order; older ones than these would be raised, and count as news, once more. */
const mostAlerts = 1_000;

/** Takes what became known of an order into the store, as one step of its machine; returns the row after it. */
export async function applyEvent(
  { account, orders, exchange, nowMs }: OrderDesk,
  clientOrderId: string,
  event: OrderEvent,
): Promise<OrderRecord> {
  for (let tries = 0; tries < mostTries; tries++) {
    const record = await storedOrder(orders, clientOrderId);
    const { intent } = record;
    const [market, knownFills, group] = await Promise.all([
      marketOf(exchange, intent.symbol),
      knownAmong(orders, account, 'fills' in event ? event.fills : []),
      orders.group(intent.book),
    ]);
    const { ledgerDecimals } = exchange.traits;
    const context = { atMs: nowMs(), market, knownFills, ledgerDecimals, ...(group && { group }) };
    let change = stepOrder(record, event, context);
    if (change !== undefined && change.alerts.length > 0) {
      const raised = await orders.alerts({ account, clientOrderId, limit: mostAlerts });
      change = stepOrder(record, event, { ...context, knownAlerts: raised.map(({ key }) => key) });
    }
    if (change === undefined) return record;
    const result = await orders.apply(change);
    if (result.kind === 'applied') return result.record;
  }
  throw new DeskError('StoreUnavailable', `${clientOrderId} changes faster than it can be written`);
}

/** NotFound for an id that was never stored. */
export async function storedOrder(orders: OrderStore, clientOrderId: string): Promise<OrderRecord> {
  const record = await orders.order(clientOrderId);
  if (record !== undefined) return record;
  throw new DeskError('NotFound', 'the store has no such order', { path: 'clientOrderId', found: clientOrderId });
}

/** BadInput with the nearest name where the venue has no such market. */
export async function marketOf(exchange: Exchange, symbol: string): Promise<Market> {
  const markets = await askVenue(exchange.markets());
  const market = markets.find((each) => each.symbol === symbol);
  if (market !== undefined) return market;
  const nearest = nearestName(
    symbol,
    markets.map((each) => each.symbol),
  );
  throw new DeskError('BadInput', `${exchange.traits.venue} has no such market`, {
    path: 'symbol',
    found: symbol,
    ...(nearest !== undefined && { nearest }),
  });
}

async function knownAmong(orders: OrderStore, account: string, fills: readonly Fill[]): Promise<Fill[]> {
  const known = await Promise.all(fills.map((fill) => orders.knownFill(account, fill)));
  return known.filter((fill) => fill !== undefined);
}
