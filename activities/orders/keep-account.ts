import type { OrderDesk } from '../../core/order-desk/desk.ts';
import { heldPrices } from '../../core/order-desk/held-prices.ts';
import { appliedByOrder, readTogether } from '../../core/order-desk/load-guard.ts';
import type { OrderWatch } from '../../core/order-desk/order-watch.ts';
import {
  noMemory,
  reconcileAccount,
  type ReconcileMemory,
  type ReconcileOptions,
} from '../../core/order-desk/reconcile-account.ts';
import { askVenue } from '../../core/order-desk/venue-failures.ts';
import type { GuardView, SyncMessage } from '../../core/orders/guard-messages.ts';
import { sumText } from '../../core/orders/amount.ts';
import { isSettled } from '../../core/orders/order-machine.ts';
import type { AccountState } from '../../core/ports/order-store.ts';
import { limitsOf } from '../../config/orders.ts';
import type { Carry } from '../with-heartbeat.ts';
import { keepSwitch, type OpenSeen } from './keep-switch.ts';
import { pollEveryMs } from './poll-every.ts';
import type { OrderActivityPorts } from './ports.ts';
import { beginning, type KeptForgotten, noForgotten, tellForgotten, wholeEveryMs } from './tell-forgotten.ts';

/** What a keeper knows from one round to the next. */
export type Kept = {
  memory: ReconcileMemory;
  seen: OpenSeen | undefined;
  /** Of the dead man's switch, in words. */
  armed: string;
  wholeMs: number;
  /** Whether the last whole round saw all of the venue, and told the guard. */
  isComplete: boolean;
  hasToldGuard: boolean;
  rounds: number;
  last: string;
  forgotten: KeptForgotten;
};

export type KeeperOptions = Readonly<{
  /** Who waits for orders of the account in this process, and need not ask for itself. */
  watch?: OrderWatch | undefined;
  /** Called after each round that has seen all of the venue. */
  onComplete?: (() => void) | undefined;
  /** Called after each round; one that fails is said, as a round that fails is. */
  afterRound?: (() => Promise<void>) | undefined;
  /** Raises the alarm of what is about to be booked as external. */
  beforeBooking?: ReconcileOptions['beforeBooking'];
  signal: AbortSignal;
  carry: Carry;
}>;

export const beginKeeping = (): Kept => ({
  memory: noMemory,
  seen: undefined,
  armed: '',
  wholeMs: 0,
  isComplete: false,
  hasToldGuard: false,
  rounds: 0,
  last: '',
  forgotten: noForgotten(),
});

/**
 * Keeps an account until it is stopped: reconciles its orders every few seconds, fills and holdings less often, renews
 * the dead man's switch, and tells the guard what it cannot know by itself. A round that fails is said and followed by
 * the next one.
 */
export async function keepAccount(
  ports: OrderActivityPorts,
  desk: OrderDesk,
  { watch, onComplete, afterRound, beforeBooking, signal, carry }: KeeperOptions,
): Promise<void> {
  const kept = beginKeeping();
  carry(() => ({ rounds: kept.rounds, armed: kept.armed, last: kept.last }));
  const every = () => pollEveryMs(ports.settingsOf(desk.account), desk.exchange.traits);
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const switched = keepSwitch(desk, {
    isEnabled: () => ports.settingsOf(desk.account).dead_man_switch.enabled,
    seen: () => kept.seen,
    everyMs: every,
    onState: (state) => (kept.armed = state),
    signal: both,
  });
  try {
    await Promise.all([
      keepReconciled(ports, desk, { kept, watch, onComplete, afterRound, beforeBooking, signal: both, everyMs: every }),
      switched,
    ]);
  } finally {
    stop.abort();
    await switched.catch(() => {});
  }
}

async function keepReconciled(
  ports: OrderActivityPorts,
  desk: OrderDesk,
  {
    kept,
    watch,
    onComplete,
    afterRound,
    beforeBooking,
    signal,
    everyMs,
  }: Omit<KeeperOptions, 'carry'> & Readonly<{ kept: Kept; everyMs: () => number }>,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      kept.last = await oneRound(ports, desk, { kept, watch, beforeBooking, signal });
      if (kept.isComplete) onComplete?.();
      await afterRound?.();
    } catch (thrown) {
      signal.throwIfAborted();
      kept.last = thrown instanceof Error ? thrown.message : String(thrown);
    }
    kept.rounds++;
    await desk.pause(everyMs(), signal);
  }
}

/** One round, a whole one where it is time for that; gives what it did, in words. */
export async function oneRound(
  ports: OrderActivityPorts,
  desk: OrderDesk,
  {
    kept,
    watch,
    beforeBooking,
    signal,
  }: Pick<KeeperOptions, 'watch' | 'beforeBooking' | 'signal'> & Readonly<{ kept: Kept }>,
): Promise<string> {
  const { account, nowMs } = desk;
  const { reconcile } = ports.settingsOf(account);
  const everyMs = wholeEveryMs(kept.forgotten, reconcile.positions_every_seconds * 1_000);
  const whole = nowMs() - kept.wholeMs >= everyMs;
  // What an order ends between the two readings is known by the count that was read first.
  const view = whole ? await ports.guards.view(account) : undefined;
  const begunMs = whole ? await beginning(kept.forgotten, desk) : undefined;
  const isAlive = (workflowId: string) => ports.guards.isRunning(workflowId);
  const report = await reconcileAccount(desk, { memory: kept.memory, whole, isAlive, beforeBooking, signal });
  kept.memory = report.memory;
  if (whole) {
    kept.wholeMs = nowMs();
    kept.isComplete = report.hasSeenAll;
    kept.hasToldGuard = false;
  }
  if (report.openOrders !== undefined) {
    kept.seen = { open: report.openOrders, atMs: nowMs() };
    watch?.feed(report.openOrders);
  }
  if (view !== undefined && !view.loading) {
    const state = await tellGuard(ports, desk, { view, signal });
    kept.hasToldGuard = state !== undefined;
    if (state) await tellForgotten(ports, desk, { kept: kept.forgotten, view, state, report, begunMs, signal });
  }
  return [...report.done, ...report.failures].join('; ').slice(0, 1_000);
}

/** Ends that no workflow will tell of, and what differs between store and guard. Gives the account's state, if it was read. */
async function tellGuard(
  ports: OrderActivityPorts,
  desk: OrderDesk,
  { view, signal }: Readonly<{ view: GuardView; signal: AbortSignal }>,
): Promise<AccountState | undefined> {
  const { account, orders, nowMs } = desk;
  const limits = limitsOf(ports.settingsOf(account));
  const underWay = async () =>
    (await Promise.all(view.underWay.map((id) => orders.order(id)))).filter((row) => row !== undefined);
  const { records, ledgerPositions } = await readTogether(desk, underWay, limits);
  let released = 0;
  for (const record of records) {
    const { clientOrderId } = record.intent;
    if (!isSettled(record) || (await ports.guards.isRunning(record.ownerWorkflowId))) continue;
    const venueMs = await askVenue(desk.exchange.venueTimeMs());
    const argument = { clientOrderId, executed: record.appliedExecuted, venueMs };
    const updateId = `release:${clientOrderId}:${record.version}`;
    await ports.guards.update(account, { name: 'release', argument, updateId }, signal);
    released++;
  }
  if (released > 0) return undefined; // the positions that were read are older than the guard's now
  const state = await orders.accountState(account);
  const none = Object.fromEntries(view.underWay.map((id) => [id, '0']));
  const applied = { ...none, ...appliedByOrder(records) };
  const expected = { ...view.positions };
  for (const { intent } of records) {
    const part = applied[intent.clientOrderId] ?? '0';
    expected[intent.symbol] = sumText(expected[intent.symbol] ?? '0', part);
  }
  const differs = JSON.stringify(limits) !== JSON.stringify(view.limits) || !sameAmounts(expected, ledgerPositions);
  const haltedSymbols = state.haltedSymbols.map(({ symbol, reason }) => ({ symbol, reason }));
  const halts =
    JSON.stringify(haltedSymbols) !== JSON.stringify(view.haltedSymbols) || state.changedMs !== view.modeChangedMs;
  const held = [...Object.keys(ledgerPositions), ...records.map(({ intent }) => intent.symbol)];
  const prices = await heldPrices(desk, held, limits);
  const moved = Object.entries(prices).some(([symbol, price]) => view.prices?.[symbol] !== price);
  if (!differs && !halts && !moved) return state;
  const priced = { prices, venueMs: await askVenue(desk.exchange.venueTimeMs()) };
  const { mode, reason, changedMs } = state;
  const { settledCount, loadedMs } = view;
  const since = loadedMs !== undefined && { loadedMs };
  const positions = { settledCount, ...since, ledgerPositions, appliedByOrder: applied };
  const argument: SyncMessage = { mode, reason, changedMs, haltedSymbols, positions, limits, priced };
  await ports.guards.update(account, { name: 'sync', argument, updateId: `sync:${account}:${nowMs()}` }, signal);
  return state;
}

const sameAmounts = (left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>): boolean =>
  [...new Set([...Object.keys(left), ...Object.keys(right)])].every(
    (key) => sumText(left[key] ?? '0') === sumText(right[key] ?? '0'),
  );
