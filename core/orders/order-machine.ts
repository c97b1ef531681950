import type { LedgerEntry, NettedGroup, OrderAlert, OrderChange, OrderRecord } from '../ports/order-store.ts';
import { largest, units, unitText } from './amount.ts';
import { shareFill } from './books.ts';
import { fillEntries, fillKey, wholeShare, type LedgerMarket } from './ledger.ts';
import { terminalStates, type Fill, type OrderState, type VenueOrder } from './types.ts';

/**
 * What can become known of an order, in any order and any number of times. `initialized -> submitted` is not among
 * them: only the store's compare-and-set does it. A cancel that was answered without an order is no evidence: look.
 */
export type OrderEvent =
  /** The venue shows it: answer to our request, look-up, user stream, reconciliation. */
  | Readonly<{ type: 'sighted'; order: VenueOrder; fills: readonly Fill[] }>
  | Readonly<{ type: 'filled'; fills: readonly Fill[] }>
  /** The venue refused the one request that was sent. */
  | Readonly<{ type: 'rejected'; reason: string }>
  | Readonly<{ type: 'answerLost'; reason: string }>
  /** Concluded by core/orders/look-up.ts, never by one "not found". */
  | Readonly<{ type: 'provenAbsent'; reason: string }>
  /** It was adopted as open, and the venue has shown it nowhere for long: closed there, nobody can say how. */
  | Readonly<{ type: 'gone'; reason: string }>
  | Readonly<{ type: 'denied'; reason: string }>;

export type OrderContext = Readonly<{
  /** Host time, for the record. */
  atMs: number;
  market: LedgerMarket;
  /** Those of the event's fills that the store has, by (venue, symbol, tradeId). */
  knownFills: readonly Fill[];
  /** Keys of the order's alerts that the store has: what was raised once is raised, and halts, no more. */
  knownAlerts?: readonly string[];
  /** Of an intent whose book is a netted group. */
  group?: NettedGroup;
  /** Decimals of the venue's minimal unit, for sharing among books. */
  ledgerDecimals: number;
}>;

export const isTerminal = (state: OrderState): boolean => terminalStates.includes(state);

/** Ended, and everything that the venue executed is applied: only then may its reservation become a position. */
export const isSettled = (record: Pick<OrderRecord, 'state' | 'venueExecuted' | 'appliedExecuted'>): boolean =>
  isTerminal(record.state) && units(record.appliedExecuted) >= units(record.venueExecuted);

/** What the machine changes while it works through one event. */
type Draft = {
  state: OrderState;
  venueOrderId: string | undefined;
  venueExecuted: bigint;
  appliedExecuted: bigint;
  reason: string;
  haltSymbol: string;
  readonly fills: Fill[];
  readonly entries: LedgerEntry[];
  readonly alerts: OrderAlert[];
};

type Step = Readonly<{ record: OrderRecord; draft: Draft; context: OrderContext }>;

/** The change that an event brings about, or undefined when it says nothing new. Never throws for an odd order of events. */
export function stepOrder(record: OrderRecord, event: OrderEvent, context: OrderContext): OrderChange | undefined {
  const draft: Draft = {
    state: record.state,
    venueOrderId: record.venueOrderId,
    venueExecuted: units(record.venueExecuted),
    appliedExecuted: units(record.appliedExecuted),
    reason: record.reason,
    haltSymbol: '',
    fills: [],
    entries: [],
    alerts: [],
  };
  const step = { record, draft, context };
  switch (event.type) {
    case 'sighted':
      sight(step, event.order);
      applyFills(step, event.fills);
      endIfWhole(step);
      break;
    case 'filled':
      applyFills(step, event.fills);
      endIfWhole(step);
      break;
    case 'rejected':
      reject(step, event.reason);
      break;
    case 'answerLost':
      if (draft.state === 'submitted') move(draft, 'unknown', event.reason);
      break;
    case 'provenAbsent':
      concludeAbsent(step, event.reason);
      break;
    case 'gone':
      close(draft, event.reason);
      break;
    case 'denied':
      if (draft.state === 'initialized') move(draft, 'denied', event.reason);
      break;
  }
  return changeOf(step);
}

function move(draft: Draft, state: OrderState, reason = ''): void {
  draft.state = state;
  draft.reason = reason;
}

function sight(step: Step, order: VenueOrder): void {
  const { draft } = step;
  noteVenueOrderId(step, order.venueOrderId);
  noteDifference(step, order);
  draft.venueExecuted = largest(draft.venueExecuted, units(order.executed));
  if (order.state === 'rejected') return reject(step, 'rejected by the venue');
  if (isTerminal(draft.state)) return surpriseAfterEnd(step);
  if (draft.state === 'initialized') {
    alert(step, {
      kind: 'behind',
      severity: 'RED',
      text: 'the venue shows what our store never submitted: was it restored?',
    });
  }
  if (isTerminal(order.state)) return move(draft, order.state, endReason(order.state));
  if (draft.state !== 'partiallyFilled') move(draft, order.state);
}

const endReason = (state: OrderState) => (state === 'filled' ? '' : `${state} at the venue`);

/** A second id under our own is a second order. A stop's id changes when it wakes (USD-M), which is none. */
function noteVenueOrderId(step: Step, venueOrderId: string): void {
  const { draft, record } = step;
  draft.venueOrderId ??= venueOrderId;
  if (draft.venueOrderId === venueOrderId || record.intent.type === 'stopMarket') return;
  const text = `doubled: the venue has it as ${draft.venueOrderId} and as ${venueOrderId}`;
  alert(step, { kind: `doubled:${venueOrderId}`, severity: 'BLACK', text, halts: true });
}

/** A stop that woke is shown as the market order that it became. */
function noteDifference(step: Step, { side, type }: VenueOrder): void {
  const { intent } = step.record;
  const woken = intent.type === 'stopMarket' && type === 'market';
  if (side === intent.side && (type === intent.type || woken)) return;
  const text = `the venue shows ${side} ${type}, we decided ${intent.side} ${intent.type}`;
  alert(step, { kind: 'differs', severity: 'RED', text, halts: true });
}

/** These ends say that the venue never had it: that it shows up means a wrong proof, a zombie or a restored store. */
const neverAccepted: readonly OrderState[] = ['denied', 'rejected', 'notSent'];

function surpriseAfterEnd(step: Step): void {
  if (!neverAccepted.includes(step.draft.state)) return;
  const text = `${step.draft.state} by our record, but the venue shows it: cancel it`;
  alert(step, { kind: 'undead', severity: 'BLACK', text, halts: true });
}

function reject(step: Step, reason: string): void {
  const { draft } = step;
  const accepted = draft.venueOrderId !== undefined && draft.state !== 'submitted' && draft.state !== 'unknown';
  if (draft.state === 'submitted' || (draft.state === 'unknown' && draft.appliedExecuted === 0n)) {
    return move(draft, 'rejected', reason);
  }
  if (accepted && draft.state !== 'rejected') {
    const text = `${draft.state}, and the venue says rejected (${reason}): first kept`;
    alert(step, { kind: 'contradiction', severity: 'RED', text });
  }
}

function concludeAbsent(step: Step, reason: string): void {
  const { draft } = step;
  if (draft.state !== 'submitted' && draft.state !== 'unknown') return;
  if (draft.venueOrderId === undefined && draft.appliedExecuted === 0n) return move(draft, 'notSent', reason);
  const text = 'looks say never accepted, but the venue has shown it: stays open';
  alert(step, { kind: 'contradiction', severity: 'RED', text });
}

/** What the venue once said of more fills than were ever seen is left to the balances, where a difference shows. */
function close(draft: Draft, reason: string): void {
  if (draft.state === 'accepted' || draft.state === 'partiallyFilled') move(draft, 'canceled', reason);
  if (isTerminal(draft.state)) draft.venueExecuted = draft.appliedExecuted;
}

function applyFills(step: Step, fills: readonly Fill[]): void {
  const known = new Map(step.context.knownFills.map((fill) => [fillKey(fill), fill]));
  for (const fill of fills) {
    const first = known.get(fillKey(fill));
    if (first === undefined) {
      known.set(fillKey(fill), fill);
      applyFill(step, fill);
    } else if (!sameNumbers(first, fill)) {
      const text = `trade ${fill.tradeId} came again with other numbers: first kept`;
      alert(step, { kind: `otherNumbers:${fill.tradeId}`, severity: 'RED', text });
    }
  }
}

/** By value: venues write the same number in several ways. Fields that one path leaves out do not count. */
const sameNumbers = (a: Fill, b: Fill): boolean =>
  a.side === b.side &&
  units(a.amount) === units(b.amount) &&
  units(a.price) === units(b.price) &&
  units(a.quoteAmount) === units(b.quoteAmount) &&
  units(a.fee) === units(b.fee) &&
  (a.feeAsset === b.feeAsset || units(a.fee) === 0n);

function applyFill(step: Step, fill: Fill): void {
  const { draft, record, context } = step;
  const { intent } = record;
  const expected = draft.appliedExecuted + units(fill.amount) <= draft.venueExecuted;
  if (isTerminal(draft.state)) {
    surpriseAfterEnd(step);
    const text = `late fill ${fill.tradeId} after ${draft.state}: applied`;
    if (!expected) alert(step, { kind: `late:${fill.tradeId}`, severity: 'RED', text });
  }
  // Some venues tell a trade without its order.
  if (fill.venueOrderId !== '') noteVenueOrderId(step, fill.venueOrderId);
  draft.appliedExecuted += units(fill.amount);
  draft.venueExecuted = largest(draft.venueExecuted, draft.appliedExecuted);
  draft.fills.push(fill);
  const shares =
    context.group === undefined
      ? [wholeShare(fill, intent.book)]
      : shareFill(fill, context.group, context.ledgerDecimals);
  draft.entries.push(...fillEntries(fill, context.market, intent.account, shares));
  const amount = units(intent.amount);
  if (draft.appliedExecuted > amount) {
    const text = `overfilled: ${unitText(draft.appliedExecuted)} of ${intent.amount}; booked, it is real`;
    alert(step, { kind: `overfill:${fill.tradeId}`, severity: 'BLACK', text, halts: true });
  }
  if (fill.side !== intent.side) {
    const text = `trade ${fill.tradeId} is on the other side: booked, it is real`;
    alert(step, { kind: `side:${fill.tradeId}`, severity: 'BLACK', text, halts: true });
  }
  if (!isTerminal(draft.state)) move(draft, 'partiallyFilled');
}

type Surprise = Readonly<{ kind: string; severity: OrderAlert['severity']; text: string; halts?: true }>;

/** With `halts` the symbol is halted in the same transaction. */
function alert({ draft, record, context }: Step, { kind, severity, text, halts }: Surprise): void {
  const { clientOrderId, account, symbol } = record.intent;
  const key = `${clientOrderId}:${kind}`;
  if (context.knownAlerts?.includes(key) || draft.alerts.some((raised) => raised.key === key)) return;
  draft.alerts.push({ key, account, symbol, clientOrderId, severity, text, atMs: context.atMs });
  if (halts) draft.haltSymbol = text;
}

/** Fills decide: what is applied whole has ended, whoever applied it and whatever the venue's word is. */
function endIfWhole({ record, draft }: Step): void {
  const whole = draft.appliedExecuted > 0n && draft.appliedExecuted >= units(record.intent.amount);
  if (whole && !isTerminal(draft.state)) move(draft, 'filled');
}

function changeOf({ record, draft, context }: Step): OrderChange | undefined {
  const same =
    draft.state === record.state &&
    draft.venueOrderId === record.venueOrderId &&
    draft.venueExecuted === units(record.venueExecuted) &&
    draft.fills.length === 0 &&
    draft.alerts.length === 0;
  if (same) return undefined;
  return {
    clientOrderId: record.intent.clientOrderId,
    expectedVersion: record.version,
    state: draft.state,
    ...(draft.venueOrderId === undefined ? {} : { venueOrderId: draft.venueOrderId }),
    venueExecuted: unitText(draft.venueExecuted),
    appliedExecuted: unitText(draft.appliedExecuted),
    reason: draft.reason,
    fills: draft.fills,
    entries: draft.entries,
    alerts: draft.alerts,
    ...(draft.haltSymbol === '' ? {} : { haltSymbol: draft.haltSymbol }),
    atMs: context.atMs,
  };
}
