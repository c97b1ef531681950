import type { GuardDecision, GuardLimits, GuardState, GuardTiming, ReservationRequest } from './guard-types.ts';
import type { NotionalByMinute } from './notional-by-minute.ts';
import type { TradingMode } from './types.ts';

/** The updates that a guard takes (workflow `accountGuard`), by name: what is sent and what comes back. */
export type GuardUpdates = Readonly<{
  /** Asks for the permission to submit one intent. Again for the same id: decides anew, and counts it from then on. */
  reserve: Readonly<{ message: ReserveMessage; answer: GuardDecision }>;
  /** An order has ended and is settled: its reservation becomes position. Repeats are harmless. */
  release: Readonly<{ message: ReleaseMessage; answer: void }>;
  /** No order after it. Anybody may; what is halted stays so. */
  halt: Readonly<{ message: HaltMessage; answer: GuardView }>;
  /** Ends a halt or REDUCING; a person with a reason. */
  resume: Readonly<{ message: ResumeMessage; answer: GuardView }>;
  setMode: Readonly<{ message: SetModeMessage; answer: GuardView }>;
  /** What the store and the venue say, from whoever reconciles. */
  sync: Readonly<{ message: SyncMessage; answer: void }>;
  /** How it stands, for those who send updates too (workflows/guard-messages.ts says why they ask no query). */
  look: Readonly<{ message: void; answer: GuardView }>;
}>;

/** `storeId`: of the asker's order store. A guard that was loaded from another one refuses. */
export type ReserveMessage = Readonly<{ request: ReservationRequest; venueMs: number; storeId?: string }>;
export type ReleaseMessage = Readonly<{ clientOrderId: string; executed: string; venueMs: number }>;
/** With `symbol` only that one. */
export type HaltMessage = Readonly<{ reason: string; by: string; symbol?: string }>;
export type ResumeMessage = Readonly<{ reason: string; by: string; symbol?: string }>;
export type SetModeMessage = Readonly<{ mode: TradingMode; reason: string; by: string; person: boolean }>;

/** What the store says at one moment. Positions are left out where they agree with the guard's. */
export type SyncMessage = Readonly<{
  mode: TradingMode;
  reason: string;
  /** `changedMs` of that mode in the store: what is older than the guard's is not taken over. */
  changedMs?: number | undefined;
  haltedSymbols: GuardState['haltedSymbols'];
  positions?: Readonly<{
    settledCount: number;
    loadedMs?: number;
    ledgerPositions: Readonly<Record<string, string>>;
    appliedByOrder: Readonly<Record<string, string>>;
  }>;
  /** Of a store that was restored from a backup: what orders that it had forgotten have spent in the last day. */
  forgotten?: Readonly<{ loadedMs?: number; notionalByMinute: NotionalByMinute }>;
  limits?: GuardLimits;
  timing?: GuardTiming;
  /** What is held is worth now, by the venue. */
  priced?: Readonly<{ prices: Readonly<Record<string, string>>; venueMs: number }>;
}>;

/** How a guard stands, for people and for reconciliation: the answer of its query `view` and of its update `look`. */
export type GuardView = Readonly<{
  account: string;
  mode: TradingMode;
  reason: string;
  modeChangedMs?: number;
  haltedSymbols: GuardState['haltedSymbols'];
  positions: GuardState['positions'];
  /** Ids of the orders that hold a reservation. */
  underWay: readonly string[];
  settledCount: number;
  loadedMs?: number;
  latestDeadlineMs: number;
  limits: GuardLimits;
  prices: GuardState['prices'];
  /** True while it still reads the store: everything else is empty then. */
  loading: boolean;
}>;
