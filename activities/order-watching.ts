import { activityInfo } from '@temporalio/activity';
import { valuationPrice } from '../core/order-desk/check-price.ts';
import type { OrderDesk } from '../core/order-desk/desk.ts';
import { followOrder } from '../core/order-desk/follow-order.ts';
import { haltCancelAll } from '../core/order-desk/halt-account.ts';
import { createOrderWatch, type OrderWatch } from '../core/order-desk/order-watch.ts';
import { priceInLimits } from '../core/order-desk/quote-rates.ts';
import { type LookProgress, resolveUnknown } from '../core/order-desk/resolve-unknown.ts';
import { askVenue } from '../core/order-desk/venue-failures.ts';
import type { FollowLimit } from '../core/orders/execution-types.ts';
import type { GuardUpdates } from '../core/orders/guard-messages.ts';
import { notionalOf, units, unitText } from '../core/orders/amount.ts';
import type { GuardDecision, ReservationRequest } from '../core/orders/guard-types.ts';
import type { OrderIntent } from '../core/orders/types.ts';
import type { OwnOrderListener } from '../core/ports/accounts.ts';
import type { OrderRecord } from '../core/ports/order-store.ts';
import { collarOf, limitsOf } from '../config/orders.ts';
import { deskOf, type OrderOf } from './orders.ts';
import { createFirstRounds } from './orders/first-round.ts';
import { keepAccount } from './orders/keep-account.ts';
import { type OfGuard, requireStore } from './orders/own-store.ts';
import { pause } from './orders/pause.ts';
import { pollEveryMs } from './orders/poll-every.ts';
import type { OrderActivityPorts } from './orders/ports.ts';
import { createClockWatch } from './orders/tell-clock.ts';
import { tellCorrections } from './orders/tell-corrections.ts';
import type { Carry } from './with-heartbeat.ts';
import { stepBeforeSending, stepUntilEvidence } from './orders/steps.ts';

/**
 * What waits for somebody else (a guard, a venue), on the queue `market`: it has many slots, so that no order that is
 * about to be sent or cancelled ever waits for one of these.
 */
export const createOrderWatchActivities = (ports: OrderActivityPorts) => {
  const watches = new Map<string, Promise<OrderWatch>>();
  const firstRounds = createFirstRounds(ports);
  const watchOf = (account: string): Promise<OrderWatch> => {
    const known = watches.get(account);
    if (known !== undefined) return known;
    const opened = openWatch(ports, account);
    watches.set(account, opened);
    opened.catch(() => watches.delete(account)); // the next one tries again
    return opened;
  };

  return {
    /** Asks the account's guard, by update, for the permission to submit; asked again it renews the grant. */
    reserve: ({ intent }: Readonly<{ intent: OrderIntent }>): Promise<GuardDecision> =>
      stepBeforeSending(async (signal) => {
        const { account, clientOrderId, reduceOnly, type } = intent;
        const desk = await deskOf(ports, account);
        // What takes risk away never waits for the rest.
        if (!reduceOnly && type !== 'stopMarket') await firstRounds.before(desk);
        const request = await requestOf(ports, desk, intent);
        const venueMs = await askVenue(desk.exchange.venueTimeMs());
        const storeId = await ports.orders.identity();
        const question = { name: 'reserve', message: { request, venueMs, storeId }, about: clientOrderId } as const;
        const decision = await ask(ports, account, question, signal);
        if (decision.kind === 'granted') await noteReserved(ports, request, { account, reduces: decision.reduces });
        return decision;
      }),

    /** Tells the guard that an order has ended: its reservation becomes position. */
    release: ({ account, clientOrderId, executed }: OrderOf & Readonly<{ executed: string }>): Promise<void> =>
      stepUntilEvidence(async (signal) => {
        const { exchange } = await deskOf(ports, account);
        const venueMs = await askVenue(exchange.venueTimeMs());
        const message = { clientOrderId, executed, venueMs };
        await ask(ports, account, { name: 'release', message, about: clientOrderId }, signal);
      }),

    /** Looks until the venue has shown the order or it is proven never accepted; a retry goes on with the looks of before. */
    resolveUnknown: ({ account, clientOrderId }: OrderOf): Promise<OrderRecord> =>
      stepUntilEvidence(async (signal, carry) => {
        let progress: Partial<LookProgress> | undefined = activityInfo().heartbeatDetails;
        carry(() => progress);
        const goOnFrom = progress?.lookUp;
        const onProgress = (told: LookProgress) => (progress = told);
        return resolveUnknown(await deskOf(ports, account), clientOrderId, { signal, onProgress, goOnFrom });
      }),

    /** Until the order has ended and its fills are applied, or its limit has passed. */
    followOrder: ({ account, clientOrderId, ...limit }: FollowedOrder): Promise<OrderRecord> =>
      stepUntilEvidence(async (signal, carry) => {
        let state = '';
        carry(() => state);
        const onProgress = (record: OrderRecord) => (state = `${record.state} ${record.appliedExecuted}`);
        const options = { watch: await watchOf(account), signal, onProgress, ...limit };
        return followOrder(await deskOf(ports, account), clientOrderId, options);
      }),

    /** Cancels everything until nothing can come any more, or the halt is over. */
    haltCancelAll: (halted: HaltedAccount): Promise<HaltEnd> =>
      stepUntilEvidence(async (signal, carry) => {
        await requireStore(ports.orders, halted.storeId, 'StoreUnavailable');
        return cancelHalted(await deskOf(ports, halted.account), halted, { signal, carry });
      }),

    /** Reconciles the account and renews its dead man's switch until it is stopped. */
    keepAccount: ({ account, storeId }: OfGuard): Promise<void> =>
      stepUntilEvidence(async (signal, carry) => {
        await requireStore(ports.orders, storeId, 'StoreUnavailable');
        const desk = await deskOf(ports, account);
        return keepAccount(ports, desk, {
          watch: await watchOf(account),
          onComplete: () => firstRounds.done(account),
          afterRound: createClockWatch(desk),
          beforeBooking: tellCorrections(ports, account),
          signal,
          carry,
        });
      }),
  };
};

async function cancelHalted(
  desk: OrderDesk,
  { latestDeadlineMs, sinceMs }: HaltedAccount,
  { signal, carry }: Readonly<{ signal: AbortSignal; carry: Carry }>,
): Promise<HaltEnd> {
  let progress: unknown;
  carry(() => progress);
  const onProgress = (state: unknown, lastFailure: string) => (progress = { state, lastFailure });
  const { done } = await haltCancelAll(desk, { latestDeadlineMs, sinceMs, signal, onProgress });
  return done ? 'canceled' : 'resumed';
}

async function openWatch(ports: OrderActivityPorts, account: string): Promise<OrderWatch> {
  const { exchange } = await deskOf(ports, account);
  const everyMs = () => pollEveryMs(ports.settingsOf(account), exchange.traits);
  const watch = createOrderWatch({ exchange, everyMs, pause });
  // Not waited for, and no error of it matters: without a stream the venue is asked as often as the settings say.
  ports.accounts.hearOrders?.(account, listenerOf(watch)).catch(() => false);
  return watch;
}

/** What the guard is asked for, valued in the currency of the limits. */
async function requestOf(
  { settingsOf }: OrderActivityPorts,
  { account, exchange }: OrderDesk,
  intent: OrderIntent,
): Promise<ReservationRequest> {
  const { clientOrderId, symbol, side, amount, reduceOnly, type } = intent;
  const settings = settingsOf(account);
  const price = await valuationPrice(exchange, intent, collarOf(settings));
  const valued = await priceInLimits(exchange, { symbol, price }, limitsOf(settings));
  return { clientOrderId, symbol, side, amount, ...valued, reduceOnly, protective: type === 'stopMarket' };
}

/** For whoever asks why later; what is refused is in the row of the order, which is denied with the guard's reason. */
function noteReserved(
  { orders, settingsOf, nowMs }: OrderActivityPorts,
  { clientOrderId, amount, price }: ReservationRequest,
  { account, reduces }: Readonly<{ account: string; reduces: boolean }>,
): Promise<void> {
  const notional = unitText(notionalOf(units(price), units(amount)));
  const { maxOrderNotional: most, currency } = limitsOf(settingsOf(account));
  const why = `${notional} of ${most} ${currency} an order, valued at ${price}${reduces ? '; it reduces the position' : ''}`;
  const by = `account-guard:${account}`;
  return orders.recordDecision({ account, clientOrderId, what: 'reserved', why, by, atMs: nowMs() });
}

const listenerOf = (watch: OrderWatch): OwnOrderListener => ({
  order({ clientOrderId, state, executed }) {
    if (clientOrderId !== undefined) watch.hint({ clientOrderId, state, executed });
  },
  connected: () => watch.look(),
});

export type FollowedOrder = OrderOf & FollowLimit;

export type HaltedAccount = OfGuard & Readonly<{ latestDeadlineMs: number; sinceMs?: number | undefined }>;

/** `resumed`: somebody has ended the halt in the store before everything was cancelled. */
export type HaltEnd = 'canceled' | 'resumed';

export type OrderWatchActivities = ReturnType<typeof createOrderWatchActivities>;

type Question<Name extends keyof GuardUpdates> = Readonly<{
  name: Name;
  message: GuardUpdates[Name]['message'];
  about: string;
}>;

/** The update's id is that of this activity, so that a retry of it gets the first answer and a later step a new one. */
async function ask<Name extends keyof GuardUpdates>(
  { guards }: OrderActivityPorts,
  account: string,
  { name, message, about }: Question<Name>,
  signal: AbortSignal,
): Promise<GuardUpdates[Name]['answer']> {
  const { activityId, workflowExecution } = activityInfo();
  const updateId = `${name}:${about}:${workflowExecution?.runId ?? ''}:${activityId}`;
  return (await guards.update(account, { name, argument: message, updateId }, signal)) as GuardUpdates[Name]['answer'];
}
