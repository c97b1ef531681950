import { DeskError } from '../errors.ts';
import type { OrderEvent } from '../orders/order-machine.ts';
import type { Submission } from '../orders/types.ts';
import type { SendOutcome, VenueTraits } from '../ports/exchange.ts';
import type { Grant, OrderRecord, SubmitRefusal, SubmitResult } from '../ports/order-store.ts';
import { applyEvent, storedOrder } from './apply-event.ts';
import type { OrderDesk } from './desk.ts';
import { findOrder, isFound, sightingEvent } from './look.ts';
import { clearSwitchFor } from './renew-switch.ts';
import { askVenue } from './venue-failures.ts';

export type Submittal = Readonly<{ clientOrderId: string; grant: Grant; reduces: boolean }>;

/**
 * `lost`: somebody else submitted it or it has ended: look. `refused`: it stays initialized; ask the guard again, or
 * deny it.
 */
export type SendResult = Readonly<
  { kind: 'sent' | 'lost'; record: OrderRecord } | { kind: 'refused'; why: SubmitRefusal; record: OrderRecord }
>;

/** How far back fills are looked through for an intent that a restored store has forgotten. */
const forgottenMs = 86_400_000;

/**
 * Moves an intent to submitted by compare-and-set and, only where that is won, sends it once with exactly the timestamp
 * and deadline that were written. In a store
 * that was restored from a backup it looks first. Whatever the answer, it goes into the store; without one the order is `unknown`. It
 * takes no abort signal: a request that is under way is not taken back by hanging up.
 */
export async function submitAndSend(desk: OrderDesk, submittal: Submittal): Promise<SendResult> {
  await beforeSubmitting(desk, submittal.clientOrderId);
  let submitted = await submit(desk, submittal);
  if (submitted.kind === 'refused' && submitted.why === 'restored') {
    // The row is new here, and what it may have been before the restore is older.
    const forgotten = { ...submitted.record, createdMs: submitted.record.createdMs - forgottenMs };
    const lookedVenueMs = await askVenue(desk.exchange.serverTimeMs());
    const sighting = await findOrder(desk.exchange, forgotten);
    if (isFound(sighting)) {
      return { kind: 'lost', record: await applyEvent(desk, submittal.clientOrderId, sightingEvent(sighting)) };
    }
    submitted = await submit(desk, submittal, lookedVenueMs);
  }
  if (submitted.kind !== 'won') return submitted;
  const { intent, submission } = submitted.record;
  if (submission === undefined) throw new DeskError('Internal', 'submitted without a deadline');
  const outcome = await desk.exchange.createOrder(intent, submission);
  return { kind: 'sent', record: await applyEvent(desk, submittal.clientOrderId, eventOf(outcome)) };
}

/**
 * Where the venue's rates leave no room, or its dead man's switch cannot be cleared for a protective stop, nothing is
 * submitted: whoever tries again finds the grant's age checked anew.
 */
async function beforeSubmitting({ orders, exchange }: OrderDesk, clientOrderId: string): Promise<void> {
  const { state, intent } = await storedOrder(orders, clientOrderId);
  if (state !== 'initialized') return;
  await clearSwitchFor({ exchange }, intent);
  await askVenue(exchange.payToSend(intent.symbol));
}

/** The compare-and-set with timestamp and deadline in venue time; with when a look found nothing, where there was one. */
async function submit(
  { orders, exchange, nowMs }: OrderDesk,
  submittal: Submittal,
  lookedVenueMs?: number,
): Promise<SubmitResult> {
  const venueMs = await askVenue(exchange.venueTimeMs());
  const submission = submissionAt(venueMs, exchange.traits);
  const looked = lookedVenueMs !== undefined && { lookedVenueMs };
  return orders.submitOnce({ ...submittal, submission, venueMs, ...looked }, nowMs());
}

/** Timestamp and deadline to be written with the submission, in venue time. */
const submissionAt = (venueMs: number, { receiveWindowMs }: Pick<VenueTraits, 'receiveWindowMs'>): Submission => ({
  timestampMs: venueMs,
  deadlineMs: venueMs + receiveWindowMs,
});

/**
 * What an answer proves. Only a refusal in the venue's own words ends an order; all else, `notReachable` among it, is
 * unknown until looks have proven it.
 */
function eventOf(outcome: SendOutcome): OrderEvent {
  if (outcome.kind === 'accepted') return { type: 'sighted', order: outcome.order, fills: outcome.fills };
  const { kind, code, message } = outcome.failure;
  const reason = [code, message].filter(Boolean).join(': ');
  return kind === 'rejected' ? { type: 'rejected', reason } : { type: 'answerLost', reason: `${kind}: ${reason}` };
}
