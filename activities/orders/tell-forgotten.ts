import type { OrderDesk } from '../../core/order-desk/desk.ts';
import { readForgotten } from '../../core/order-desk/read-forgotten.ts';
import type { ReconcileReport } from '../../core/order-desk/reconcile-account.ts';
import { askVenue } from '../../core/order-desk/venue-failures.ts';
import { countedDayMs } from '../../core/orders/guard.ts';
import type { GuardView, SyncMessage } from '../../core/orders/guard-messages.ts';
import type { AccountState, OrderRecord } from '../../core/ports/order-store.ts';
import type { OrderActivityPorts } from './ports.ts';

/** What a keeper knows of a store that was restored from a backup. */
export type KeptForgotten = {
  /** It once was. */
  restored: boolean;
  /** The guard may grant nothing before it has heard what the backup has forgotten. */
  guardWaits: boolean;
  /** What it was told last. */
  told: string;
  /** Which orders were looked for in vain, and how often. */
  looked: Map<string, number>;
};

export const noForgotten = (): KeptForgotten => ({ restored: false, guardWaits: false, told: '', looked: new Map() });

/** Whole reconciliations come more often while the guard waits; no venue's queries may lag so long. */
const waitingEveryMs = 15_000;

export const wholeEveryMs = ({ guardWaits }: KeptForgotten, usualMs: number): number =>
  guardWaits ? Math.min(usualMs, waitingEveryMs) : usualMs;

/** Venue time before a whole reconciliation, where it is needed: it says nothing of what came after it began. */
export const beginning = async ({ restored }: KeptForgotten, desk: OrderDesk): Promise<number | undefined> =>
  restored ? askVenue(desk.exchange.serverTimeMs()) : undefined;

export type ForgottenOptions = Readonly<{
  kept: KeptForgotten;
  view: GuardView;
  state: AccountState;
  /** Of a whole reconciliation. */
  report: ReconcileReport;
  /** When it began; undefined where nobody knew yet that the store had been restored. */
  begunMs: number | undefined;
  signal: AbortSignal;
}>;

/**
 * What a restored store had forgotten, for a guard that was built from it. Told only after a whole reconciliation that
 * missed nothing and began when everything forgotten had to show.
 */
export async function tellForgotten(
  { guards }: Pick<OrderActivityPorts, 'guards'>,
  desk: OrderDesk,
  { kept, view, state, report, begunMs, signal }: ForgottenOptions,
): Promise<void> {
  const { account, orders, nowMs } = desk;
  const { restoredSafeMs: safeMs } = state;
  if (safeMs === undefined) return;
  kept.restored = true;
  const isFirst = !kept.told.startsWith(`${view.loadedMs} `);
  const isOver = begunMs !== undefined && begunMs > safeMs + countedDayMs(desk.exchange.traits);
  kept.guardWaits = isFirst && !isOver;
  if (isOver || begunMs === undefined || begunMs <= safeMs) return;
  // A fill may wait for an order whose id at the venue is not known yet.
  if (report.failures.length > 0 || (isFirst && report.records.some(isOpenQuestion))) return;
  const { limits } = view;
  const options = { safeMs, allOrders: isFirst, looked: kept.looked, limits, signal };
  const notionalByMinute = await readForgotten(desk, options);
  const told = `${view.loadedMs} ${JSON.stringify(notionalByMinute)}`;
  if (told === kept.told) return;
  const forgotten = { ...(view.loadedMs !== undefined && { loadedMs: view.loadedMs }), notionalByMinute };
  // Read anew: somebody may have halted meanwhile, and the guard takes over what it is told.
  const { mode, reason, changedMs, haltedSymbols: halted } = await orders.accountState(account);
  const haltedSymbols = halted.map(({ symbol, reason: why }) => ({ symbol, reason: why }));
  const argument: SyncMessage = { mode, reason, changedMs, haltedSymbols, forgotten };
  await guards.update(account, { name: 'sync', argument, updateId: `forgotten:${account}:${nowMs()}` }, signal);
  kept.told = told;
  kept.guardWaits = false;
}

const isOpenQuestion = ({ state }: OrderRecord): boolean => state === 'submitted' || state === 'unknown';
