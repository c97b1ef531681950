import { DeskError } from '../errors.ts';
import type { FollowLimit } from '../orders/execution-types.ts';
import { isSettled } from '../orders/order-machine.ts';
import type { OrderRecord } from '../ports/order-store.ts';
import { applyEvent, storedOrder } from './apply-event.ts';
import type { OrderDesk } from './desk.ts';
import { findOrder, isFound, sightingEvent } from './look.ts';
import type { OrderWatch } from './order-watch.ts';
import { deskErrorOfVenue } from './venue-failures.ts';

/** However quiet it is, an order is looked at so often. */
const longestWaitMs = 60_000;
/** Until an ended order's last fills have come, or the venue shows an order that it has just accepted. */
const shortPauseMs = 1_000;

/** With a limit the row is returned as it stands when that has passed: `atMostMs` by the host's clock. */
export type FollowOptions = FollowLimit &
  Readonly<{ watch: OrderWatch; signal: AbortSignal; onProgress?: (record: OrderRecord) => void }>;

/**
 * Follows an order that the venue has accepted until it has ended and everything that the venue executed of it is
 * applied, and returns its row. A look that fails or finds nothing ends nothing.
 */
export async function followOrder(
  desk: OrderDesk,
  clientOrderId: string,
  { watch, signal, onProgress, ...limit }: FollowOptions,
): Promise<OrderRecord> {
  const startedMs = desk.nowMs();
  for (;;) {
    signal.throwIfAborted();
    const before = await storedOrder(desk.orders, clientOrderId);
    onProgress?.(before);
    if (isSettled(before)) return before;
    const looked = await lookAndApply(desk, before, signal);
    const record = looked ?? before;
    const leftMs = await leftOf(desk, limit, startedMs);
    if (isSettled(record) || leftMs <= 0) return record;
    const { state, venueExecuted: executed } = record;
    const resting = looked !== undefined && (state === 'accepted' || state === 'partiallyFilled');
    if (resting) await watch.change({ clientOrderId, state, executed }, Math.min(longestWaitMs, leftMs), signal);
    else await desk.pause(Math.min(shortPauseMs, leftMs), signal);
  }
}

/** Never too little: while the venue's time is not known, its limit has not passed. */
async function leftOf(
  { exchange, nowMs }: OrderDesk,
  { atMostMs = Infinity, untilVenueMs }: FollowLimit,
  startedMs: number,
): Promise<number> {
  const leftMs = startedMs + atMostMs - nowMs();
  if (untilVenueMs === undefined) return leftMs;
  const venueMs = await exchange.venueTimeMs().catch(() => -Infinity);
  return Math.min(leftMs, untilVenueMs - venueMs);
}

/** The row after one look; undefined when the look failed or found nothing. */
async function lookAndApply(
  desk: OrderDesk,
  record: OrderRecord,
  signal: AbortSignal,
): Promise<OrderRecord | undefined> {
  try {
    const sighting = await findOrder(desk.exchange, record, signal);
    if (!isFound(sighting)) return undefined;
    return await applyEvent(desk, record.intent.clientOrderId, sightingEvent(sighting));
  } catch (thrown) {
    signal.throwIfAborted();
    if (deskErrorOfVenue(thrown) instanceof DeskError) return undefined;
    throw thrown;
  }
}
