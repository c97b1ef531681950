import { DeskError } from '../errors.ts';
import { type HaltState, startHalt, stepHalt } from '../orders/halt.ts';
import { settleTimeMs } from '../orders/look-up.ts';
import type { OrderStore } from '../ports/order-store.ts';
import type { OrderDesk } from './desk.ts';
import { unsettledOrders } from './open-records.ts';
import { askVenue } from './venue-failures.ts';

/** Between two cancel-alls of a halt. */
const pauseMs = 1_000;

/** What a halt asks of the store; where that does not answer it cancels all the same. */
export type HaltDesk = Pick<OrderDesk, 'account' | 'exchange' | 'pause'> &
  Readonly<{ orders: Pick<OrderStore, 'accountState' | 'orders'> }>;

export type HaltOptions = Readonly<{
  /** The newest deadline that a guard's grant can lead to; the store's own are read as well. */
  latestDeadlineMs: number;
  /**
   * `changedMs` of the mode that the account had before this halt: a halt that the store does not know yet is on its
   * way to it. Left out: of the mode that is read first.
   */
  sinceMs?: number | undefined;
  signal?: AbortSignal;
  onProgress?: (state: HaltState, lastFailure: string) => void;
}>;

/**
 * Cancels everything at the venue and goes on until one cancel-all that began after the latest submitted deadline and
 * the settle time has succeeded and nothing is open (`done`), or until somebody has ended the halt: nothing of what is
 * sent after that is cancelled. Where it was halted again meanwhile it counts from the newer halt. A store that does
 * not answer has not said that the halt is over; nothing is submitted by it either, so what is under way by then has
 * its deadline within a receive window.
 */
export async function haltCancelAll(
  desk: HaltDesk,
  { latestDeadlineMs, sinceMs, signal, onProgress }: HaltOptions,
): Promise<HaltState> {
  const { account, orders, exchange, pause } = desk;
  const stop = signal && { signal };
  let changedMs = (await whereItAnswers(orders.accountState(account)))?.changedMs;
  const beforeMs = sinceMs ?? changedMs ?? Infinity;
  const settleMs = settleTimeMs(exchange.traits);
  const begin = async () => {
    const rows = await whereItAnswers(unsettledOrders(orders, account));
    const submitted = rows?.map(({ submission }) => submission?.deadlineMs ?? 0) ?? [Infinity];
    return startHalt(Math.max(latestDeadlineMs, ...submitted), settleMs);
  };
  let state = await begin();
  for (let lastFailure = ''; !state.done;) {
    signal?.throwIfAborted();
    onProgress?.(state, lastFailure);
    try {
      const beganMs = await askVenue(exchange.serverTimeMs(stop));
      const word = await orders.accountState(account).catch(() => undefined);
      if (word !== undefined && word.mode !== 'HALTED' && word.changedMs > beforeMs) return state;
      if (word !== undefined && word.changedMs !== changedMs) {
        state = { ...(await begin()), cancelAlls: state.cancelAlls };
        ({ changedMs } = word);
      }
      if (state.safeMs === Infinity) {
        const lastMs = Math.max(latestDeadlineMs, beganMs + exchange.traits.receiveWindowMs);
        state = { ...state, safeMs: lastMs + settleMs };
      }
      const outcome = await exchange.cancelAll(undefined, stop);
      lastFailure = outcome.kind === 'failed' ? outcome.failure.message : '';
      const open = await askVenue(exchange.openOrders(undefined, stop)).catch(() => undefined);
      state = stepHalt(state, { beganMs, succeeded: outcome.kind === 'canceled', openOrders: open?.length });
    } catch (thrown) {
      signal?.throwIfAborted();
      lastFailure = thrown instanceof Error ? thrown.message : String(thrown);
    }
    if (!state.done) await pause(pauseMs, signal);
  }
  return state;
}

async function whereItAnswers<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (thrown) {
    if (thrown instanceof DeskError && thrown.code === 'StoreUnavailable') return undefined;
    throw thrown;
  }
}
