import { expect } from 'vitest';
import type { OrderStore } from '../../../core/ports/order-store.ts';

/** An empty store, and more connections to what it keeps (the same object where there is only one). */
export type OpenedOrderStore = Readonly<{
  store: OrderStore;
  second(): OrderStore | Promise<OrderStore>;
  /** A connection whose n-th write of a call fails; where a store can be made to fail. */
  failingAt?(n: number): OrderStore | Promise<OrderStore>;
}>;

type Work = (store: OrderStore, opened: OpenedOrderStore) => Promise<void>;

/** A test on a store of its own. */
export type WithStore = (work: Work) => () => Promise<void>;

export const withStoreOf =
  (open: () => Promise<OpenedOrderStore>): WithStore =>
  (work) =>
  async () => {
    const opened = await open();
    try {
      await work(opened.store, opened);
    } finally {
      opened.store.close();
    }
  };

/** A refusal that names the field. */
export const badInput = (path: string) => ({ code: 'BadInput', place: { path: expect.stringContaining(path) } });
