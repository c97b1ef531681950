import type { VenueTraits } from '../ports/exchange.ts';
import type { Grant, OrderRecord, SubmitRefusal } from '../ports/order-store.ts';
import type { OrderIntent } from './types.ts';

/** One leg to trade. The intent's id and number are made inside. */
export type ExecutionInput = Readonly<{
  namespace: string;
  /** `orderSeed` of the top workflow, handed down; never read in a child. */
  seed: string;
  leg: string;
  /** The first number to use: carried over continue-as-new and restarts of the caller, never falls. */
  intentNumber: number;
  /** Already in the market's steps (`roundToMarket`). */
  order: Omit<OrderIntent, 'clientOrderId' | 'seed' | 'leg' | 'intentNumber'>;
  traits: VenueTraits;
  /** Intents that may follow one that is notSent, 0 to 3. 0 for a group's leg: there the group alone plans anew. */
  replans: number;
  /** A resting order is canceled so long after it was signed; without it, it rests until it ends or a cancel comes. */
  restMs?: number;
}>;

export type ExecutionPhase =
  | 'storing'
  | 'reserving'
  | 'checkingPrice'
  | 'submitting'
  | 'resolving'
  | 'following'
  | 'denying'
  | 'ending'
  | 'finished';

/**
 * How long an order is followed at most; neither: until it has settled. `untilVenueMs` is venue time: unlike `atMostMs`
 * it means the same moment to whoever begins to follow anew.
 */
export type FollowLimit = Readonly<{ atMostMs?: number; untilVenueMs?: number }>;

/** Plain JSON: carried over continue-as-new as it is. */
export type ExecutionState = Readonly<{
  input: ExecutionInput;
  phase: ExecutionPhase;
  intent: OrderIntent;
  replansLeft: number;
  /** Empty, or why it is to be canceled. */
  cancelReason: string;
  /** The answer to a cancel is still to come: none is sent beside it. */
  cancelUnderWay: boolean;
  /** Of the newest `follow`: the answer to one with another limit is of one that it replaced. */
  followLimit: FollowLimit;
  /** Another content was stored under our id: it is ended, and the caller plans anew. */
  intentChanged: boolean;
  record?: OrderRecord;
  grant?: Grant;
  reduces: boolean;
  /** Grants that grew too old before they were used. */
  staleGrants: number;
  /** Intents of this leg that ended before this one, oldest first; at most 3. */
  earlier: readonly ExecutionResult[];
}>;

/** How one intent ended. `executed` is what its fills add up to. */
export type ExecutionResult = Readonly<{
  clientOrderId: string;
  intentNumber: number;
  state: OrderRecord['state'];
  executed: string;
  reason: string;
}>;

export type ExecutionOutcome = Readonly<{
  /** `intentChanged`: what was stored under our id has ended as `last` says; plan anew from it. */
  kind: 'ended' | 'intentChanged';
  last: ExecutionResult;
  earlier: readonly ExecutionResult[];
  /** The first number that a later intent of the leg may use. */
  nextIntentNumber: number;
}>;

/** What the interpreter does: it hands in the event that comes of each. Doing one again does no harm. */
export type ExecutionCommand =
  /** OrderStore.putIntent -> `intentStored`. */
  | Readonly<{ type: 'storeIntent'; intent: OrderIntent }>
  /** accountGuard, by the light activity -> `reserved` or `refused`. Asked again for the same id it decides anew. */
  | Readonly<{ type: 'reserve'; intent: OrderIntent }>
  /** The collar (collar.ts) -> `priceChecked`. */
  | Readonly<{ type: 'checkPrice'; intent: OrderIntent }>
  /** Compare-and-set and, where that is won, the one request -> `submitted`. */
  | Readonly<{ type: 'submit'; intent: OrderIntent; grant: Grant; reduces: boolean }>
  /** Looks until the venue has shown it or it is proven never accepted (look-up.ts) -> `recordRead`. */
  | Readonly<{ type: 'resolve'; clientOrderId: string }>
  /** Until it has ended and is settled, or its limit has passed -> `followed`. */
  | (Readonly<{ type: 'follow'; clientOrderId: string }> & FollowLimit)
  /** Cancels at the venue, beside what is under way; one that was never submitted is denied -> `cancelAnswered`. */
  | Readonly<{ type: 'cancel'; clientOrderId: string; reason: string }>
  /** OrderStore.deny -> `recordRead`. */
  | Readonly<{ type: 'deny'; clientOrderId: string; reason: string }>
  /** accountGuard: reservation becomes position in one step -> `guardTold`. */
  | Readonly<{ type: 'end'; clientOrderId: string; executed: string }>
  | Readonly<{ type: 'finish'; outcome: ExecutionOutcome }>;

export type ExecutionEvent =
  | Readonly<{ type: 'intentStored'; kind: 'stored' | 'same' | 'changed'; record: OrderRecord }>
  | Readonly<{ type: 'reserved'; grant: Grant; reduces: boolean }>
  | Readonly<{ type: 'refused'; reason: string }>
  /** `refusal`: why the price forbids it. */
  | Readonly<{ type: 'priceChecked'; refusal?: string }>
  | Readonly<{ type: 'submitted'; kind: 'sent' | 'lost'; record: OrderRecord }>
  | Readonly<{ type: 'submitted'; kind: 'refused'; why: SubmitRefusal; record: OrderRecord }>
  | Readonly<{ type: 'recordRead'; record: OrderRecord }>
  /** With the limit of the `follow` that it answers. */
  | (Readonly<{ type: 'followed'; record: OrderRecord }> & FollowLimit)
  /** The row after the look that follows a cancel: it need not have ended. Left out where the cancel was refused. */
  | Readonly<{ type: 'cancelAnswered'; record?: OrderRecord }>
  | Readonly<{ type: 'guardTold' }>
  /** A person, the caller or a halt wants it gone. May come at any time, beside the answer to what is under way. */
  | Readonly<{ type: 'cancelRequested'; reason: string }>;

export type ExecutionStep = Readonly<{ state: ExecutionState; commands: readonly ExecutionCommand[] }>;
