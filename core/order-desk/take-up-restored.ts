import { settleTimeMs } from '../orders/look-up.ts';
import type { OrderDesk } from './desk.ts';
import { type ReconcileReport, noMemory, reconcileAccount } from './reconcile-account.ts';
import { askVenue } from './venue-failures.ts';

export type RestoreOptions = Readonly<{
  by: string;
  signal: AbortSignal;
  /** Called while nothing can be proven yet. */
  onWait?: (leftMs: number, underWay: number) => void;
}>;

const longestPauseMs = 1_000;
/** The newest row of the backup may have been written so long before it. */
const beforeBackupMs = 3_600_000;
/** Where the backup has no order at all. */
const withoutOrdersMs = 7 * 86_400_000;

/**
 * What to do with an account after its store was restored from a backup, before anything is sent: halts it, waits until
 * a look proves something, looks up all that is under way, and takes over what the store has forgotten. The account
 * stays HALTED: a person resumes it.
 */
export async function takeUpRestored(
  desk: OrderDesk,
  { by, signal, onWait }: RestoreOptions,
): Promise<ReconcileReport> {
  const { account, orders, exchange, nowMs, pause } = desk;
  const { receiveWindowMs } = exchange.traits;
  const venueMs = await askVenue(exchange.serverTimeMs({ signal }));
  const settleMs = settleTimeMs(exchange.traits);
  const [newest] = await orders.orders({ account, limit: 1 });
  const open = await orders.afterRestore(account, by, { venueMs, receiveWindowMs, settleMs }, nowMs());
  const safeMs = venueMs + receiveWindowMs + settleMs;
  for (;;) {
    const leftMs = safeMs - (await askVenue(exchange.serverTimeMs({ signal })));
    if (leftMs < 0) break;
    onWait?.(leftMs, open.length);
    await pause(Math.min(leftMs + 1, longestPauseMs), signal);
  }
  const sinceMs = newest === undefined ? nowMs() - withoutOrdersMs : newest.createdMs - beforeBackupMs;
  const symbols = new Set((await orders.symbolTotals(account)).map(({ symbol }) => symbol).filter(Boolean));
  for (const { intent } of open) symbols.add(intent.symbol);
  const fillsFromMs = Object.fromEntries([...symbols].map((symbol) => [symbol, sinceMs]));
  return reconcileAccount(desk, { memory: { ...noMemory, fillsFromMs }, whole: true, isAlive: nobody, signal });
}

/** Whoever drove an order before knows another past than this store. */
const nobody = (): Promise<boolean> => Promise.resolve(false);
