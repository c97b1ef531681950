import { sumText, units, unitText } from '../../core/orders/amount.ts';
import { checkDecimal } from '../../core/orders/decimal.ts';
import { appliedAfter, checkChange, checkFill, isOrderId } from '../../core/orders/store-rules.ts';
import type { Fill, VenueOrder } from '../../core/orders/types.ts';
import type { LedgerEntry, OrderChange, OrderRecord, OrderStore } from '../../core/ports/order-store.ts';
import { decide, haltSymbol, mustFind, post, raise, writeOrder } from './memory-rows.ts';
import { storedFillKey, type MemoryState } from './memory-state.ts';

type Applied = Awaited<ReturnType<OrderStore['apply']>>;

/** One step of an order that we sent, with all that it brings. Checks come before the first write. */
export function applyChange(state: MemoryState, change: OrderChange): Applied {
  const before = mustFind(state, change.clientOrderId);
  checkChange(change, before);
  const { intent } = before;
  const known = change.fills
    .filter((fill) => state.fills.has(storedFillKey(intent.account, fill)))
    .map(({ tradeId }) => tradeId);
  const lastChange = JSON.stringify(change);
  if (before.version !== change.expectedVersion) {
    const repeated =
      before.version === change.expectedVersion + 1 &&
      state.orders.get(change.clientOrderId)?.lastChange === lastChange;
    return { kind: repeated ? 'applied' : 'stale', record: before, knownTradeIds: known };
  }
  const taken = change.fills.filter(({ tradeId }, index) => !known.includes(tradeId) && isFirst(change.fills, index));
  const left = change.fills.filter((fill) => !taken.includes(fill));
  const linked = unowned(state, before, change.venueOrderId, left);
  const after: OrderRecord = {
    ...before,
    version: before.version + 1,
    state: change.state,
    ...(change.venueOrderId !== undefined && { venueOrderId: change.venueOrderId }),
    venueExecuted: sumText(change.venueExecuted ?? before.venueExecuted),
    appliedExecuted: appliedAfter(
      before.appliedExecuted,
      [...taken, ...linked],
      left.length + linked.length === 0 ? change.appliedExecuted : undefined,
    ),
    reason: change.reason ?? before.reason,
    changedMs: change.atMs,
  };
  const booked = new Set(left.filter(({ tradeId }) => known.includes(tradeId)).map(sourceOf));
  post(state, withoutSources(change.entries, booked), change.clientOrderId);
  writeOrder(state, after, { lastChange });
  const { account, clientOrderId, symbol } = intent;
  for (const fill of [...taken, ...linked])
    state.fills.set(storedFillKey(account, fill), { fill, account, clientOrderId });
  for (const fill of linked) rebook(state, fill, after);
  raise(state, change.alerts);
  if (change.haltSymbol !== undefined)
    haltSymbol(state, { account, symbol, reason: change.haltSymbol, atMs: change.atMs });
  return { kind: 'applied', record: after, knownTradeIds: left.map(({ tradeId }) => tradeId) };
}

const isFirst = (fills: readonly Fill[], index: number): boolean =>
  fills.findIndex(({ tradeId }) => tradeId === fills[index]?.tradeId) === index;

const sourceOf = ({ symbol, tradeId }: Pick<Fill, 'symbol' | 'tradeId'>): string => `${symbol} ${tradeId}`;

const withoutSources = (entries: readonly LedgerEntry[], left: ReadonlySet<string>): readonly LedgerEntry[] =>
  entries.filter(({ symbol, source }) => !left.has(`${symbol} ${source}`));

/** Fills that were adopted before their order's id at the venue was known, and turn out to be this order's. */
function unowned(
  state: MemoryState,
  { intent, venue }: OrderRecord,
  venueOrderId: string | undefined,
  known: readonly Fill[],
): Fill[] {
  const loose = [...state.fills.values()]
    .filter((stored) => stored.clientOrderId === '' && stored.account === intent.account)
    .map(({ fill }) => fill)
    .filter((fill) => fill.venue === venue && fill.symbol === intent.symbol);
  const named = new Set(known.map(({ tradeId }) => tradeId));
  return loose.filter((fill) => fill.venueOrderId === venueOrderId || named.has(fill.tradeId));
}

export function rebook(state: MemoryState, { symbol, tradeId }: Fill, order: OrderRecord): void {
  const { account, book, clientOrderId } = order.intent;
  const isGroup = state.groups.has(book);
  const rows = state.entries
    .map(({ entry }) => entry)
    .filter((entry) => entry.account === account && entry.symbol === symbol && entry.source === tradeId)
    .filter((entry) => entry.book === 'unassigned');
  const entries = (isGroup ? [] : rows).flatMap((entry) => {
    const transactionId = `to ${book}: ${entry.transactionId}`;
    return [
      { ...entry, transactionId, amount: unitText(-units(entry.amount)) },
      { ...entry, transactionId, book },
    ];
  });
  post(state, entries, clientOrderId);
  const where = isGroup ? 'stays in unassigned, since its order belongs to several books' : `is in book ${book} now`;
  const text = `trade ${tradeId} was adopted before its order was known; it ${where}`;
  const key = `late owner ${account} ${symbol} ${tradeId}`;
  raise(state, [{ key, account, symbol, clientOrderId, severity: 'YELLOW', text, atMs: order.changedMs }]);
}

/** Orders and fills of other programs and people. */
export function adopt(
  state: MemoryState,
  ...[orders, fills, entries, account, atMs]: Parameters<OrderStore['adopt']>
): void {
  for (const order of orders) adoptOrder(state, order, account, atMs);
  const left = new Set<string>();
  for (const fill of fills) if (!adoptFill(state, fill, account)) left.add(sourceOf(fill));
  post(state, withoutSources(entries, left), '');
}

function isOurs(
  state: MemoryState,
  account: string,
  shown: Pick<VenueOrder, 'venue' | 'symbol' | 'venueOrderId' | 'clientOrderId'>,
): boolean {
  return [...state.orders.values()].some(
    ({ record, adopted }) =>
      !adopted &&
      record.intent.account === account &&
      record.venue === shown.venue &&
      record.intent.symbol === shown.symbol &&
      (record.intent.clientOrderId === shown.clientOrderId || record.venueOrderId === shown.venueOrderId),
  );
}

function adoptOrder(state: MemoryState, order: VenueOrder, account: string, atMs: number): void {
  checkDecimal(order.amount, 'amount', 'notNegative');
  checkDecimal(order.executed, 'executed', 'notNegative');
  const { clientOrderId = '', venue, symbol, venueOrderId } = order;
  const id = isOrderId(clientOrderId) ? clientOrderId : `venue:${account}:${venue}:${symbol}:${venueOrderId}`;
  if (isOurs(state, account, order)) return;
  const known = state.orders.get(id)?.record;
  if (known !== undefined) {
    if (known.state === order.state && known.venueExecuted === sumText(order.executed)) return;
    const version = known.version + 1;
    const venueExecuted = sumText(order.executed);
    writeOrder(state, { ...known, version, state: order.state, venueExecuted, changedMs: atMs });
    return;
  }
  const record = adoptedRecord(order, id, { account, atMs });
  const linked = unowned(state, record, venueOrderId, []);
  const appliedExecuted = appliedAfter(record.appliedExecuted, linked, undefined);
  writeOrder(state, { ...record, appliedExecuted }, { adopted: true });
  for (const fill of linked) state.fills.set(storedFillKey(account, fill), { fill, account, clientOrderId: id });
  decide(state, {
    account,
    clientOrderId: id,
    what: 'adopted',
    why: `order ${venueOrderId} at ${venue} is not ours`,
    by: 'reconciliation',
    atMs,
  });
}

const adoptedRecord = (
  order: VenueOrder,
  id: string,
  { account, atMs }: Readonly<{ account: string; atMs: number }>,
): OrderRecord => ({
  intent: {
    clientOrderId: id,
    account,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    amount: order.amount,
    ...(order.price !== undefined && { price: order.price }),
    ...(order.stopPrice !== undefined && { stopPrice: order.stopPrice }),
    timeInForce: 'GTC',
    reduceOnly: order.reduceOnly,
    book: 'unassigned',
    reason: 'found at the venue',
    seed: '',
    leg: '',
    intentNumber: 0,
  },
  venue: order.venue,
  state: order.state,
  version: 1,
  venueOrderId: order.venueOrderId,
  venueExecuted: sumText(order.executed),
  appliedExecuted: '0',
  reason: '',
  ownerWorkflowId: '',
  createdMs: atMs,
  changedMs: atMs,
});

function adoptFill(state: MemoryState, fill: Fill, account: string): boolean {
  checkFill(fill);
  const key = storedFillKey(account, fill);
  if (state.fills.has(key) || isOurs(state, account, fill)) return false;
  const owner = [...state.orders.values()].find(
    ({ record, adopted }) =>
      adopted &&
      record.intent.account === account &&
      record.venue === fill.venue &&
      record.intent.symbol === fill.symbol &&
      record.venueOrderId === fill.venueOrderId,
  )?.record;
  state.fills.set(key, { fill, account, clientOrderId: owner?.intent.clientOrderId ?? '' });
  if (owner !== undefined) {
    const appliedExecuted = appliedAfter(owner.appliedExecuted, [fill], undefined);
    writeOrder(state, { ...owner, version: owner.version + 1, appliedExecuted });
  }
  return true;
}
