import { sumText, unitText } from '../../core/orders/amount.ts';
import { isTerminal } from '../../core/orders/order-machine.ts';
import {
  accountAfter,
  checkIntent,
  checkSubmit,
  checkText,
  mostRows,
  sameIntent,
  submitRefusal,
} from '../../core/orders/store-rules.ts';
import type { Fill } from '../../core/orders/types.ts';
import type { NettedGroup, OrderRecord, OrderStore } from '../../core/ports/order-store.ts';
import { adopt, applyChange, rebook } from './memory-changes.ts';
import { groupOfIntent, putGroup, settleGroup, unsettledGroups } from './memory-groups.ts';
import { accountState, decide, decideOn, haltSymbol, mustFind, next, post, raise, writeOrder } from './memory-rows.ts';
import { emptyState, storedFillKey, type MemoryState } from './memory-state.ts';

/**
 * The order store in memory, for the simulation: each call is one step, so it is one transaction. It decides by the
 * same rules as the SQL stores (core/orders/store-rules.ts) and passes the same contract suite.
 */
export type MemoryStore = OrderStore & Readonly<{ held: { state: MemoryState } }>;

export function createMemoryStore(): MemoryStore {
  const held = { state: emptyState() };
  const on =
    <A extends readonly unknown[], R>(work: (state: MemoryState, ...args: A) => R) =>
    (...args: A): Promise<R> => {
      try {
        return Promise.resolve(work(held.state, ...args));
      } catch (thrown) {
        return Promise.reject(thrown);
      }
    };
  return {
    held,
    // One a run: there is no other to be told from.
    identity: on(() => '0123456789abcdef'),
    putIntent: on(putIntent),
    submitOnce: on(submitOnce),
    deny: on(deny),
    apply: on(applyChange),
    adopt: on(adopt),
    afterRestore: on(afterRestore),
    order: on((state, id) => state.orders.get(id)?.record),
    orders: on(ordersOf),
    steps: on((state, id) => state.steps.filter((step) => step.clientOrderId === id)),
    fills: on(fillsOf),
    knownFill: on((state, account, fill) => state.fills.get(storedFillKey(account, fill))?.fill),
    postEntries: on((state, entries) => post(state, entries, '')),
    entries: on((state, account, limit, of) =>
      state.entries
        .map(({ entry }) => entry)
        .filter((entry) => entry.account === account && (of === undefined || entry.ledgerAccount === of))
        .toReversed()
        .slice(0, limitOf(limit)),
    ),
    entriesOf: on((state, id) =>
      state.entries.filter(({ clientOrderId }) => clientOrderId === id).map(({ entry }) => entry),
    ),
    symbolTotals: on(symbolTotals),
    ledgerTotals: on(ledgerTotals),
    accounts: on((state) =>
      [
        ...new Set([
          ...state.accounts.keys(),
          ...[...state.orders.values()].map(({ record }) => record.intent.account),
          ...state.entries.map(({ entry }) => entry.account),
        ]),
      ].toSorted(),
    ),
    accountState: on(accountState),
    setMode: on((state: MemoryState, ...[account, mode, why, venueMs, atMs]: Parameters<OrderStore['setMode']>) => {
      const before = accountState(state, account);
      const after = accountAfter(before, mode, why, { venueMs, atMs });
      if (after === before) return before;
      state.accounts.set(account, after);
      const what = { ACTIVE: 'resumed', REDUCING: 'reducing', HALTED: 'halted' }[mode];
      decide(state, { account, what, why: why.reason, by: why.by, atMs });
      return after;
    }),
    haltSymbol: on((state: MemoryState, ...[account, symbol, reason, atMs]: Parameters<OrderStore['haltSymbol']>) =>
      haltSymbol(state, { account, symbol, reason, atMs }),
    ),
    resumeSymbol: on(
      (state: MemoryState, ...[account, symbol, { reason, by }, atMs]: Parameters<OrderStore['resumeSymbol']>) => {
        checkText(reason, 'reason', 1);
        const before = accountState(state, account);
        const haltedSymbols = before.haltedSymbols.filter((halt) => halt.symbol !== symbol);
        if (haltedSymbols.length === before.haltedSymbols.length) return;
        state.accounts.set(account, { ...before, haltedSymbols });
        decide(state, { account, what: 'symbolResumed', why: `${symbol}: ${reason}`, by, atMs });
      },
    ),
    putGroup: on(putGroup),
    group: on((state, id) => state.groups.get(id)),
    groupOfIntent: on(groupOfIntent),
    settleGroup: on(settleGroup),
    unsettledGroups: on(unsettledGroups),
    recordDecision: on((state, decision) => decide(state, decision)),
    decisions: on((state, { account, clientOrderId, limit }) =>
      [...state.decisions.values()].filter(matches({ account, clientOrderId })).slice(-limitOf(limit, 200)),
    ),
    raiseAlerts: on(raise),
    alerts: on((state, { account, clientOrderId, limit }) =>
      [...state.alerts.values()].filter(matches({ account, clientOrderId })).toReversed().slice(0, limitOf(limit, 200)),
    ),
    close: () => {},
  };
}

const limitOf = (limit: number | undefined, usual = mostRows) => Math.min(limit ?? usual, mostRows);

const matches =
  (wanted: Readonly<{ account?: string | undefined; clientOrderId?: string | undefined }>) =>
  (row: Readonly<{ account: string; clientOrderId?: string }>) =>
    (wanted.account === undefined || row.account === wanted.account) &&
    (wanted.clientOrderId === undefined || (row.clientOrderId ?? '') === wanted.clientOrderId);

type Put = Awaited<ReturnType<OrderStore['putIntent']>>;

function putIntent(
  state: MemoryState,
  ...[intent, venue, ownerWorkflowId, atMs]: Parameters<OrderStore['putIntent']>
): Put {
  checkIntent(intent);
  checkText(venue, 'venue', 1);
  const row = state.orders.get(intent.clientOrderId);
  if (row === undefined) {
    const record: OrderRecord = {
      intent,
      venue,
      state: 'initialized',
      version: 1,
      venueExecuted: '0',
      appliedExecuted: '0',
      reason: '',
      ownerWorkflowId,
      createdMs: atMs,
      changedMs: atMs,
    };
    writeOrder(state, record);
    return { kind: 'stored', record };
  }
  const known = row.record;
  if (!row.adopted) {
    return { kind: sameIntent(known.intent, intent) && known.venue === venue ? 'same' : 'changed', record: known };
  }
  const { book, reason, seed, leg, intentNumber, timeInForce } = intent;
  const shown = { ...known.intent, book, reason, seed, leg, intentNumber, timeInForce };
  if (!sameIntent(shown, intent) || known.venue !== venue) return { kind: 'changed', record: known };
  const record = { ...known, intent, ownerWorkflowId };
  state.orders.set(intent.clientOrderId, { record, adopted: false, lastChange: row.lastChange });
  for (const stored of state.fills.values()) {
    if (stored.clientOrderId === intent.clientOrderId) rebook(state, stored.fill, record);
  }
  decideOn(state, record, 'adopted', { why: 'found at the venue before the intent was stored', atMs });
  return { kind: 'same', record };
}

function submitOnce(
  state: MemoryState,
  ...[request, atMs]: Parameters<OrderStore['submitOnce']>
): Awaited<ReturnType<OrderStore['submitOnce']>> {
  checkSubmit(request);
  const record = mustFind(state, request.clientOrderId);
  if (record.state !== 'initialized') return { kind: 'lost', record };
  const { account, symbol, clientOrderId } = record.intent;
  const why = submitRefusal(accountState(state, account), { symbol }, request, request.venueMs);
  if (why !== undefined) {
    const decision = { account, clientOrderId, what: 'submitRefused', why, by: record.ownerWorkflowId, atMs };
    decide(state, decision, `${clientOrderId} submitRefused ${why}`);
    return { kind: 'refused', why, record };
  }
  const won: OrderRecord = { ...next(record, atMs), state: 'submitted', submission: request.submission };
  writeOrder(state, won);
  decideOn(state, won, 'submitted', { why: `granted as ${request.grant.reservationId}`, atMs });
  return { kind: 'won', record: won };
}

function deny(
  state: MemoryState,
  ...[clientOrderId, reason, atMs]: Parameters<OrderStore['deny']>
): Awaited<ReturnType<OrderStore['deny']>> {
  checkText(reason, 'reason', 1);
  const record = mustFind(state, clientOrderId);
  if (record.state === 'denied') return { kind: 'denied', record };
  if (record.state !== 'initialized') return { kind: 'lost', record };
  const denied: OrderRecord = { ...next(record, atMs), state: 'denied', reason };
  writeOrder(state, denied);
  decideOn(state, denied, 'denied', { why: reason, atMs });
  return { kind: 'denied', record: denied };
}

function afterRestore(
  state: MemoryState,
  ...[account, by, { venueMs, receiveWindowMs, settleMs }, atMs]: Parameters<OrderStore['afterRestore']>
): readonly OrderRecord[] {
  const reason = 'the store was restored from a backup: what it does not know of is looked up first';
  const before = accountState(state, account);
  const after = accountAfter(before, 'HALTED', { reason, by, person: false }, { venueMs, atMs });
  if (after !== before) decide(state, { account, what: 'halted', why: reason, by, atMs });
  const deadlineMs = venueMs + receiveWindowMs;
  state.accounts.set(account, { ...after, restoredSafeMs: deadlineMs + settleMs });
  decide(state, { account, what: 'restored', why: reason, by, atMs });
  for (const { record } of state.orders.values()) {
    if (record.intent.account !== account || record.state !== 'initialized') continue;
    const submission = { timestampMs: Math.min(record.createdMs, deadlineMs - 1), deadlineMs };
    const doubt = 'the store was restored from a backup: it may have been sent';
    writeOrder(state, { ...next(record, atMs), state: 'unknown', submission, reason: doubt });
  }
  return [...state.orders.values()]
    .filter(({ record, adopted }) => !adopted && record.intent.account === account && !isTerminal(record.state))
    .map(({ record }) => record);
}

function ordersOf(state: MemoryState, filter: Parameters<OrderStore['orders']>[0]): readonly OrderRecord[] {
  const { account, symbol, book, states, unsettled, venueOrderId, idPrefix = '', sinceMs, limit, before } = filter;
  return [...state.orders.values()]
    .map(({ record }) => record)
    .filter((record) => account === undefined || record.intent.account === account)
    .filter((record) => symbol === undefined || record.intent.symbol === symbol)
    .filter(({ intent }) => book === undefined || intent.book === book || isMember(state.groups.get(intent.book), book))
    .filter((record) => states === undefined || states.includes(record.state))
    .filter(
      (record) => unsettled !== true || !isTerminal(record.state) || record.venueExecuted !== record.appliedExecuted,
    )
    .filter((record) => venueOrderId === undefined || record.venueOrderId === venueOrderId)
    .filter((record) => record.intent.clientOrderId.startsWith(idPrefix))
    .filter((record) => sinceMs === undefined || record.createdMs >= sinceMs)
    .filter((record) => before === undefined || isBefore(record, before))
    .toSorted((a, b) => (isBefore(b, { createdMs: a.createdMs, clientOrderId: a.intent.clientOrderId }) ? -1 : 1))
    .slice(0, limitOf(limit, 200));
}

const isMember = (group: NettedGroup | undefined, book: string): boolean =>
  group?.members.some((member) => member.book === book) ?? false;

const isBefore = (record: OrderRecord, at: Readonly<{ createdMs: number; clientOrderId: string }>): boolean =>
  record.createdMs < at.createdMs ||
  (record.createdMs === at.createdMs && record.intent.clientOrderId < at.clientOrderId);

function fillsOf(state: MemoryState, filter: Parameters<OrderStore['fills']>[0]): readonly Fill[] {
  const { account, clientOrderId, symbol, sinceMs, limit, after } = filter;
  return [...state.fills.values()]
    .filter((stored) => account === undefined || stored.account === account)
    .filter((stored) => clientOrderId === undefined || stored.clientOrderId === clientOrderId)
    .map(({ fill }) => fill)
    .filter((fill) => symbol === undefined || fill.symbol === symbol)
    .filter((fill) => sinceMs === undefined || fill.venueMs >= sinceMs)
    .filter((fill) => after === undefined || compareFills(fill, after) > 0)
    .toSorted(compareFills)
    .slice(0, limitOf(limit, 1_000));
}

type FillPlace = Pick<Fill, 'venueMs' | 'venue' | 'symbol' | 'tradeId'>;

function compareFills(a: FillPlace, b: FillPlace): number {
  const keys = ({ venueMs, tradeId, symbol, venue }: FillPlace) => [venueMs, tradeId.length, tradeId, symbol, venue];
  const [left, right] = [keys(a), keys(b)];
  for (const [index, value] of left.entries()) {
    const other = right[index];
    if (other !== undefined && value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

function symbolTotals(state: MemoryState, account: string) {
  return [...state.totals]
    .filter(([, sum]) => sum !== 0n)
    .map(([key, sum]) => {
      const [of, ledgerAccount = '', asset = '', book = '', symbol = ''] = JSON.parse(key) as string[];
      return { of, symbol, ledgerAccount, asset, book, amount: unitText(sum) };
    })
    .filter(({ of }) => of === account)
    .map(({ symbol, ledgerAccount, asset, book, amount }) => ({ symbol, ledgerAccount, asset, book, amount }))
    .toSorted((a, b) => (totalPlace(a) < totalPlace(b) ? -1 : 1));
}

const totalPlace = ({ ledgerAccount, asset, book, symbol }: Readonly<Record<string, string>>): string =>
  [ledgerAccount, asset, book, symbol].join('\0');

function ledgerTotals(state: MemoryState, account: string) {
  const sums = new Map<string, { ledgerAccount: string; asset: string; book: string; amount: string }>();
  for (const { symbol: _, ...total } of symbolTotals(state, account)) {
    const key = totalPlace({ ...total, symbol: '' });
    sums.set(key, { ...total, amount: sumText(sums.get(key)?.amount ?? '0', total.amount) });
  }
  return [...sums.values()].filter(({ amount }) => amount !== '0');
}
