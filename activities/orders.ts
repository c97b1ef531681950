import { activityInfo } from '@temporalio/activity';
import { collarOf, limitsOf } from '../config/orders.ts';
import { DeskError } from '../core/errors.ts';
import { roundToMarket } from '../core/orders/amount.ts';
import type { ExecutionInput } from '../core/orders/execution-types.ts';
import type { GuardState } from '../core/orders/guard-types.ts';
import { clientOrderId as orderIdOf, type OrderIdParts } from '../core/orders/order-id.ts';
import type { OrderRequest } from '../core/orders/order-request.ts';
import type { OrderIntent, TradingMode } from '../core/orders/types.ts';
import { marketOf } from '../core/order-desk/apply-event.ts';
import { cancelOrder } from '../core/order-desk/cancel-order.ts';
import { checkPrice, type PriceCheck, priceCheckBy } from '../core/order-desk/check-price.ts';
import type { OrderDesk } from '../core/order-desk/desk.ts';
import { loadGuard } from '../core/order-desk/load-guard.ts';
import { noteArrival } from '../core/order-desk/note-arrival.ts';
import { type SendResult, submitAndSend, type Submittal } from '../core/order-desk/submit-and-send.ts';
import { type Trip, tripToReducing } from '../core/order-desk/trip-account.ts';
import { askVenue } from '../core/order-desk/venue-failures.ts';
import type { OrderRecord } from '../core/ports/order-store.ts';
import { pause } from './orders/pause.ts';
import { type OfGuard, requireStore } from './orders/own-store.ts';
import type { OrderActivityPorts } from './orders/ports.ts';
import { stepBeforeSending, stepUntilEvidence } from './orders/steps.ts';

export type { OrderActivityPorts } from './orders/ports.ts';

/** One order of an account. */
export type OrderOf = Readonly<{ account: string; clientOrderId: string }>;

export type StoredIntent = Readonly<{ kind: 'stored' | 'same' | 'changed'; record: OrderRecord }>;

/** The account's venue and store, as the functions of core/order-desk take them. */
export async function deskOf({ orders, accounts, nowMs }: OrderActivityPorts, account: string): Promise<OrderDesk> {
  return { account, orders, exchange: await accounts.exchange(account), nowMs, pause };
}

/** By what an account's prices are checked: its settings, and the other venue where they name one. */
export async function priceCheckOf({ settingsOf, accounts }: OrderActivityPorts, account: string): Promise<PriceCheck> {
  const settings = settingsOf(account);
  return priceCheckBy(collarOf(settings), settings.price_check.reference_account, accounts);
}

/** What an execution begins with, beside its ids. */
export type PreparedOrder = Pick<ExecutionInput, 'order' | 'traits' | 'replans'>;

export type PrepareAndStore = Readonly<{ request: OrderRequest; ids: OrderIdParts }>;

async function prepare(ports: OrderActivityPorts, request: OrderRequest): Promise<PreparedOrder> {
  await requireStore(ports.orders, request.storeId, 'BadInput');
  const { exchange } = await deskOf(ports, request.account);
  const { account, symbol, side, type, timeInForce, reduceOnly, restMs, book, reason } = request;
  const market = await marketOf(exchange, symbol);
  const reference = request.price ?? (await askVenue(exchange.referencePrice(symbol))).price;
  const { amount, price, stopPrice } = roundToMarket(request, market, reference);
  const replans = request.replans ?? ports.settingsOf(account).new_intents_after_not_sent;
  const sized = { amount, ...(price !== undefined && { price }), ...(stopPrice !== undefined && { stopPrice }) };
  const rests = restMs !== undefined && { restMs };
  const order = { account, symbol, side, type, timeInForce, reduceOnly, ...rests, book, reason, ...sized };
  return { order, traits: exchange.traits, replans };
}

const store = ({ orders, nowMs }: OrderActivityPorts, intent: OrderIntent, venue: string): Promise<StoredIntent> =>
  orders.putIntent(intent, venue, ownWorkflowId(), nowMs());

const ownWorkflowId = (): string => activityInfo().workflowExecution?.workflowId ?? '';

/**
 * The steps of an order, on the queue `orders`: each is over in a moment, and any of them may run twice, at once, or
 * after its workflow gave up on it. What waits for somebody is in order-watching.ts.
 */
export const createOrderActivities = (ports: OrderActivityPorts) => ({
  /** Rounds what is asked for to the market's steps, and says what the venue is like. Nothing is stored yet. */
  prepareOrder: (request: OrderRequest): Promise<PreparedOrder> => stepBeforeSending(() => prepare(ports, request)),

  /** The same, and the first intent's row with it: one step fewer before the order goes out. */
  prepareAndStore: ({ request, ids }: PrepareAndStore): Promise<PreparedOrder & Readonly<{ stored: StoredIntent }>> =>
    stepBeforeSending(async () => {
      const prepared = await prepare(ports, request);
      const { namespace: _, ...kept } = ids;
      const intent = { ...prepared.order, clientOrderId: orderIdOf(ids), ...kept };
      return { ...prepared, stored: await store(ports, intent, prepared.traits.venue) };
    }),

  /** Before anything else of an intent: its row. */
  storeIntent: ({ intent, venue }: Readonly<{ intent: OrderIntent; venue: string }>): Promise<StoredIntent> =>
    stepBeforeSending(() => store(ports, intent, venue)),

  /** Why the price forbids the order; where it does not, the price is noted with the order. */
  checkPrice: ({ intent }: Readonly<{ intent: OrderIntent }>): Promise<Readonly<{ refusal?: string }>> =>
    stepBeforeSending(async () => {
      const check = await priceCheckOf(ports, intent.account);
      const desk = await deskOf(ports, intent.account);
      const refusal = await checkPrice(desk, intent, check);
      if (refusal !== undefined) return { refusal };
      await noteArrival(desk, intent, ownWorkflowId());
      return {};
    }),

  /** Compare-and-set and, only where that is won, the one request. */
  submitAndSend: ({ account, ...submittal }: Submittal & Readonly<{ account: string }>): Promise<SendResult> =>
    stepUntilEvidence(async () => submitAndSend(await deskOf(ports, account), submittal)),

  cancelOrder: ({ account, clientOrderId, reason }: OrderOf & Readonly<{ reason: string }>): Promise<OrderRecord> =>
    stepUntilEvidence(async (signal) => cancelOrder(await deskOf(ports, account), clientOrderId, { reason, signal })),

  /** initialized -> denied; one that was submitted meanwhile is as it is. */
  deny: ({ clientOrderId, reason }: OrderOf & Readonly<{ reason: string }>): Promise<OrderRecord> =>
    stepUntilEvidence(async () => (await ports.orders.deny(clientOrderId, reason, ports.nowMs())).record),

  /** The guard's state from the store. */
  loadGuard: ({ account }: Readonly<{ account: string }>): Promise<GuardState> =>
    stepUntilEvidence(async () => {
      const state = await loadGuard(await deskOf(ports, account), limitsOf(ports.settingsOf(account)));
      return { ...state, storeId: await ports.orders.identity() };
    }),

  /** The mode's flag in the store, which stops what the guard has granted already. */
  storeMode: (message: StoredMode): Promise<ModeStored> =>
    stepBeforeSending(async () => {
      const { account, mode, storeId, ...why } = message;
      await requireStore(ports.orders, storeId, 'StoreUnavailable');
      const venueMs = await venueMsOrOurs(ports, account);
      const { changedMs } = await ports.orders.setMode(account, mode, why, venueMs, ports.nowMs());
      return { changedMs };
    }),

  /** Nothing increases any more: the store's flag, the decision and an alert. Gives the store's word, whatever it is. */
  tripToReducing: (trip: Trip): Promise<ModeStored & Readonly<{ mode: TradingMode; reason: string }>> =>
    stepBeforeSending(async () => {
      const word = await tripToReducing(ports, trip, await venueMsOrOurs(ports, trip.account));
      return { mode: word.mode, reason: word.reason, changedMs: word.changedMs };
    }),

  storeSymbolHalt: ({ account, symbol, reason, by, halted, storeId }: StoredSymbolHalt): Promise<void> =>
    stepBeforeSending(async () => {
      const { orders, nowMs } = ports;
      await requireStore(orders, storeId, 'StoreUnavailable');
      if (symbol === '') throw new DeskError('BadInput', 'no symbol', { path: 'symbol' });
      if (halted) await orders.haltSymbol(account, symbol, reason, nowMs());
      else await orders.resumeSymbol(account, symbol, { reason, by }, nowMs());
    }),
});

/** A halt does not wait for a venue that does not answer: our clock stands in for its. */
async function venueMsOrOurs(ports: OrderActivityPorts, account: string): Promise<number> {
  try {
    return await (await ports.accounts.exchange(account)).venueTimeMs();
  } catch {
    return ports.nowMs();
  }
}

export type StoredMode = OfGuard & Readonly<{ mode: TradingMode; reason: string; by: string; person: boolean }>;

/** Which of the store's words it became. */
export type ModeStored = Readonly<{ changedMs: number }>;

export type StoredSymbolHalt = OfGuard & Readonly<{ symbol: string; reason: string; by: string; halted: boolean }>;

export type OrderActivities = ReturnType<typeof createOrderActivities>;
