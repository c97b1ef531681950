import { DeskError, type ErrorCode } from '../../core/errors.ts';
import type { OrderStore } from '../../core/ports/order-store.ts';

/** What a guard asks for: in the store that it was loaded from, and no other. */
export type OfGuard = Readonly<{ account: string; storeId?: string | undefined }>;

/**
 * All processes of an account share one store (orders.md 3.1). Two desks on one Temporal server share its queues, too:
 * what was asked at one must not be done by a worker of the other, on its account and into its store.
 */
export async function requireStore(
  orders: OrderStore,
  storeId: string | undefined,
  code: Extract<ErrorCode, 'BadInput' | 'StoreUnavailable'>,
): Promise<void> {
  if (storeId === undefined) return;
  const own = await orders.identity();
  if (own === storeId) return;
  throw new DeskError(code, anotherDesk, { path: 'storeId', expected: own, found: storeId });
}

/** What to do about it, too. */
export const anotherDesk =
  'another desk’s worker took this: two desks share the queues of one Temporal server. Give each a server or a namespace of its own (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE)';
