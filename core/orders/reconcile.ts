import type { OrderRecord } from '../ports/order-store.ts';
import { units } from './amount.ts';
import { fillKey } from './ledger.ts';
import { isSettled, isTerminal } from './order-machine.ts';
import { isOrderId } from './store-rules.ts';
import type { Fill, VenueOrder } from './types.ts';

/** An `initialized` intent that no live workflow owns is denied after it. */
const abandonedMs = 60_000;

/** What one reconciliation saw. `undefined` where a query failed: that is not "nothing there". */
export type ReconcileInput = Readonly<{
  /** Rows of the account that are not settled, and those that the venue's answers name, settled or not. */
  records: readonly OrderRecord[];
  /** Workflows that are alive and drive their order themselves. */
  aliveOwners: readonly string[];
  openOrders: readonly VenueOrder[] | undefined;
  fills: readonly Fill[] | undefined;
  /** Those of `fills` that the store has. */
  knownFills: readonly Fill[];
  /** Host time, for the age of rows. */
  nowMs: number;
}>;

export type ReconcileAction =
  /** OrderStore.deny: never submitted, and nobody will. */
  | Readonly<{ type: 'deny'; clientOrderId: string; reason: string }>
  /** The look-up of section 4, to its conclusion. */
  | Readonly<{ type: 'resolve'; clientOrderId: string }>
  /** Rests on although its time is over: cancelled, and looked at. */
  | Readonly<{ type: 'endRest'; clientOrderId: string; reason: string }>
  /** One look: the venue no longer lists it, or its fills are missing. Not finding it ends nothing. */
  | Readonly<{ type: 'look'; clientOrderId: string }>
  | Readonly<{ type: 'sight'; clientOrderId: string; order: VenueOrder }>
  | Readonly<{ type: 'fill'; clientOrderId: string; fills: readonly Fill[] }>
  /** Ended by our record, open at the venue: `sight` raises the alarm and halts the symbol, this ends it. */
  | Readonly<{ type: 'cancel'; clientOrderId: string; venueOrderId: string; symbol: string }>
  /** Of other programs and people, into the book `unassigned`. */
  | Readonly<{ type: 'adopt'; orders: readonly VenueOrder[]; fills: readonly Fill[] }>;

/** What to do, in the order in which to do it: intents that nobody drives, then orders, then fills. Positions come after. */
export function planReconcile(input: ReconcileInput): ReconcileAction[] {
  return [...abandoned(input), ...orderActions(input), ...fillActions(input)];
}

function abandoned({ records, aliveOwners, nowMs }: ReconcileInput): ReconcileAction[] {
  return records
    .filter(({ ownerWorkflowId }) => !aliveOwners.includes(ownerWorkflowId))
    .flatMap((record): ReconcileAction[] => {
      const { clientOrderId } = record.intent;
      if (record.state === 'initialized') {
        if (nowMs - record.createdMs < abandonedMs) return [];
        return [{ type: 'deny', clientOrderId, reason: 'nobody drives it: never submitted for over a minute' }];
      }
      if (record.state === 'submitted' || record.state === 'unknown') return [{ type: 'resolve', clientOrderId }];
      if (!hasRested(record, nowMs)) return [];
      return [{ type: 'endRest', clientOrderId, reason: 'nobody drives it, and it rested as long as it may' }];
    });
}

/** By this host's clock: an order that rests may do so a little longer or shorter, and nothing is concluded from it. */
const hasRested = ({ intent, state, submission, createdMs }: OrderRecord, nowMs: number): boolean =>
  intent.restMs !== undefined &&
  (state === 'accepted' || state === 'partiallyFilled') &&
  nowMs >= (submission?.timestampMs ?? createdMs) + intent.restMs;

function orderActions({ records, openOrders }: ReconcileInput): ReconcileAction[] {
  if (openOrders === undefined) return [];
  const ours = index(records);
  const seen = new Set<string>();
  const foreign: VenueOrder[] = [];
  const actions: ReconcileAction[] = [];
  for (const order of openOrders) {
    const record = ours(order);
    if (record === undefined) {
      foreign.push(order);
      continue;
    }
    const { clientOrderId } = record.intent;
    seen.add(clientOrderId);
    if (isNews(record, order)) actions.push({ type: 'sight', clientOrderId, order });
    if (isTerminal(record.state) && !isOfOthers(record)) {
      actions.push({ type: 'cancel', clientOrderId, venueOrderId: order.venueOrderId, symbol: order.symbol });
    }
  }
  for (const record of records) {
    const { clientOrderId } = record.intent;
    const open = record.state === 'accepted' || record.state === 'partiallyFilled';
    const incomplete = isTerminal(record.state) && !isSettled(record);
    if ((open && !seen.has(clientOrderId)) || incomplete) actions.push({ type: 'look', clientOrderId });
  }
  return foreign.length === 0 ? actions : [...actions, { type: 'adopt', orders: foreign, fills: [] }];
}

/** Adopted under an id that is none of ours: what rests of it is not ours to cancel, whatever our record says. */
const isOfOthers = ({ intent, ownerWorkflowId, submission }: OrderRecord): boolean =>
  ownerWorkflowId === '' && submission === undefined && !isOrderId(intent.clientOrderId);

/** By our id where the venue says it, else by the venue's. */
function index(records: readonly OrderRecord[]) {
  const byId = new Map(records.map((record) => [record.intent.clientOrderId, record]));
  const byVenueId = new Map(
    records.flatMap((record) =>
      record.venueOrderId === undefined ? [] : [[`${record.intent.symbol} ${record.venueOrderId}`, record] as const],
    ),
  );
  return ({ clientOrderId, symbol, venueOrderId }: Pick<VenueOrder, 'clientOrderId' | 'symbol' | 'venueOrderId'>) =>
    byId.get(clientOrderId ?? '') ?? byVenueId.get(`${symbol} ${venueOrderId}`);
}

const isNews = (record: OrderRecord, order: VenueOrder): boolean =>
  record.state !== order.state ||
  record.venueOrderId !== order.venueOrderId ||
  units(record.venueExecuted) < units(order.executed);

function fillActions({ records, fills, knownFills }: ReconcileInput): ReconcileAction[] {
  if (fills === undefined) return [];
  const ours = index(records);
  const known = new Set(knownFills.map(fillKey));
  const byOrder = new Map<string, Fill[]>();
  const foreign: Fill[] = [];
  for (const fill of fills) {
    const record = ours(fill);
    // Known ones go through the machine too: it is what notices other numbers.
    if (record !== undefined)
      byOrder.set(record.intent.clientOrderId, [...(byOrder.get(record.intent.clientOrderId) ?? []), fill]);
    else if (!known.has(fillKey(fill)) && !mayBeOurs(fill, records)) foreign.push(fill);
  }
  const actions: ReconcileAction[] = [...byOrder].map(([clientOrderId, its]) => ({
    type: 'fill',
    clientOrderId,
    fills: its,
  }));
  return foreign.length === 0 ? actions : [...actions, { type: 'adopt', orders: [], fills: foreign }];
}

/** A fill without our id waits while an order of its symbol and side has not shown its venue id: adopted, it would be lost to it. */
const mayBeOurs = (fill: Fill, records: readonly OrderRecord[]): boolean =>
  fill.clientOrderId === undefined &&
  records.some(
    ({ intent, state, venueOrderId }) =>
      intent.symbol === fill.symbol &&
      intent.side === fill.side &&
      venueOrderId === undefined &&
      (state === 'submitted' || state === 'unknown'),
  );
