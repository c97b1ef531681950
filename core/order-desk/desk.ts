import type { Exchange } from '../ports/exchange.ts';
import type { OrderStore } from '../ports/order-store.ts';

/**
 * What the desk does about one account's orders, with the store and the venue behind ports. Time comes in from outside:
 * activities, the command line and simulations each bring their own.
 */
export type OrderDesk = Readonly<{
  account: string;
  orders: OrderStore;
  exchange: Exchange;
  /** Host time, for records only; deadlines are read from the venue's clock. */
  nowMs(): number;
  /** Rejects when the signal aborts. */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
}>;
