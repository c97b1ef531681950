import { fillEntries, wholeShare } from '../orders/ledger.ts';
import { unassignedBook } from '../orders/books.ts';
import { settleTimeMs } from '../orders/look-up.ts';
import { isSettled } from '../orders/order-machine.ts';
import type { ReconcileAction } from '../orders/reconcile.ts';
import type { OrderRecord } from '../ports/order-store.ts';
import { applyEvent, marketOf } from './apply-event.ts';
import { cancelOrder } from './cancel-order.ts';
import type { OrderDesk } from './desk.ts';
import { findOrder, isFound, sightingEvent } from './look.ts';
import { resolveUnknown } from './resolve-unknown.ts';
import { askVenue } from './venue-failures.ts';

/** Venue times since when adopted orders are found nowhere, by id: what one reconciliation leaves for the next. */
export type MissingSince = Readonly<Record<string, number>>;

export type ActionOptions = Readonly<{
  signal: AbortSignal;
  missing: MissingSince;
  /** Takes down what this reconciliation did not find either. */
  noteMissing(clientOrderId: string, sinceMs: number): void;
}>;

/** Does one thing that a reconciliation has planned; says what it was, in words. */
export async function performAction(desk: OrderDesk, action: ReconcileAction, options: ActionOptions): Promise<string> {
  const { orders, exchange, nowMs } = desk;
  const { signal } = options;
  switch (action.type) {
    case 'deny': {
      const { kind } = await orders.deny(action.clientOrderId, action.reason, nowMs());
      return `${kind} ${action.clientOrderId}`;
    }
    case 'resolve': {
      const { state } = await resolveUnknown(desk, action.clientOrderId, { signal });
      return `resolved ${action.clientOrderId}: ${state}`;
    }
    case 'endRest': {
      const { clientOrderId, reason } = action;
      const { state } = await cancelOrder(desk, clientOrderId, { reason, signal });
      return `end of the rest of ${clientOrderId}: ${state}`;
    }
    case 'look': {
      const record = await orders.order(action.clientOrderId);
      if (record === undefined) return `gone ${action.clientOrderId}`;
      return isAdopted(record) ? lookForAdopted(desk, record, options) : lookFor(desk, record, signal);
    }
    case 'sight': {
      const event = { type: 'sighted', order: action.order, fills: [] } as const;
      const { state } = await applyEvent(desk, action.clientOrderId, event);
      return `saw ${action.clientOrderId}: ${state}`;
    }
    case 'fill': {
      const { appliedExecuted } = await applyEvent(desk, action.clientOrderId, { type: 'filled', fills: action.fills });
      return `fills of ${action.clientOrderId}: ${appliedExecuted}`;
    }
    case 'cancel': {
      const { clientOrderId, venueOrderId, symbol } = action;
      const { kind } = await exchange.cancelOrder({ clientOrderId, venueOrderId, symbol }, { signal });
      return `cancel of ${clientOrderId}, which has ended by our record: ${kind}`;
    }
    case 'adopt':
    default:
      return adoptAll(desk, action);
  }
}

async function lookFor(desk: OrderDesk, record: OrderRecord, signal: AbortSignal): Promise<string> {
  const { clientOrderId } = record.intent;
  const sighting = await findOrder(desk.exchange, record, signal);
  if (!isFound(sighting)) return `not found ${clientOrderId}`;
  const { state } = await applyEvent(desk, clientOrderId, sightingEvent(sighting));
  return `looked at ${clientOrderId}: ${state}`;
}

/** No workflow drives it, and none ever sent it from this store. */
const isAdopted = ({ ownerWorkflowId, submission }: OrderRecord): boolean =>
  ownerWorkflowId === '' && submission === undefined;

/** Beside the settle time, how long an adopted order has to be missing everywhere before it counts as closed. */
const missingMs = 60_000;

/**
 * Of an order of others nobody promises that the venue can still say how it ended (it may forget the ids of filled
 * ones). One that is neither open nor found for longer than the venue's queries may miss it has ended there: kept open,
 * it would be looked for, and its assets would count as moving, for ever.
 */
async function lookForAdopted(
  desk: OrderDesk,
  record: OrderRecord,
  { signal, missing, noteMissing }: ActionOptions,
): Promise<string> {
  const { exchange } = desk;
  const { clientOrderId } = record.intent;
  const sinceMs = missing[clientOrderId];
  // Asked before the look: it says nothing of what came after it began.
  const lookedMs = await askVenue(exchange.serverTimeMs({ signal }));
  const sighting = await findOrder(exchange, record, signal);
  const after = isFound(sighting) ? await applyEvent(desk, clientOrderId, sightingEvent(sighting)) : record;
  if (sighting.order !== undefined || isSettled(after)) return `looked at ${clientOrderId}: ${after.state}`;
  if (sinceMs === undefined || lookedMs - sinceMs < settleTimeMs(exchange.traits) + missingMs) {
    noteMissing(clientOrderId, sinceMs ?? lookedMs);
    return `not found ${clientOrderId}`;
  }
  const { state } = await applyEvent(desk, clientOrderId, { type: 'gone', reason: 'adopted, closed at the venue' });
  return `closed at the venue ${clientOrderId}: ${state}`;
}

async function adoptAll(
  { account, orders, exchange, nowMs }: OrderDesk,
  action: Extract<ReconcileAction, { type: 'adopt' }>,
): Promise<string> {
  const entries = await Promise.all(
    action.fills.map(async (fill) =>
      fillEntries(fill, await marketOf(exchange, fill.symbol), account, [wholeShare(fill, unassignedBook)]),
    ),
  );
  await orders.adopt(action.orders, action.fills, entries.flat(), account, nowMs());
  return `adopted ${action.orders.length} orders and ${action.fills.length} fills of others`;
}
