import { setTimeout as pause } from 'node:timers/promises';
import type { OrderState } from '../core/orders/types.ts';
import type { OrderStore } from '../core/ports/order-store.ts';

/** An account whose venue's clock is in our hand. */
export type HurriedAccount = Readonly<{
  account: string;
  store: Pick<OrderStore, 'orders'>;
  /** Time passes at the venue. */
  advance(ms: number): Promise<unknown>;
  /** Orders in these states wait for the venue's clock. */
  states: readonly OrderState[];
  /** An open question has that long to be answered first. */
  questionMs: number;
}>;

const lookMs = 100;

/** One jump that comes as an order leaves must not make its deadline one that the venue refuses. */
const hurryMs = 2_000;

/**
 * Lets time pass at the venue while orders wait for it (deadline and settle time are the venue's), until `stopped`.
 * Nothing else on the order path is decided by it, so an hour of waiting costs a minute.
 */
export async function hurry(
  { account, store, advance, states, questionMs }: HurriedAccount,
  stopped: AbortSignal,
): Promise<void> {
  while (!stopped.aborted) {
    const waiting = await store.orders({ account, states });
    if (waiting.some(({ changedMs }) => Date.now() - changedMs > questionMs)) await advance(hurryMs);
    await pause(lookMs);
  }
}
