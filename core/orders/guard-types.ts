import type { Grant } from '../ports/order-store.ts';
import type { NotionalByMinute } from './notional-by-minute.ts';
import type { Side, TradingMode } from './types.ts';

/** What an account may do. Decimal strings; notionals in `currency`, where it is given. */
export type GuardLimits = Readonly<{
  currency?: string;
  /** Other currencies that count as one of it. */
  atPar?: readonly string[];
  maxOrderNotional: string;
  /** Of one symbol (on spot: of one base asset, whatever it is quoted in), long or short, with everything under way filled. */
  maxPositionNotional: string;
  /** Sum of the same over all symbols. */
  maxExposureNotional: string;
  maxOrdersPerMinute: number;
  maxNotionalPerDay: string;
}>;

/** Venue times that a granted order can still take before it counts at the venue. */
export type GuardTiming = Readonly<{ receiveWindowMs: number; engineTimeMs: number }>;

/**
 * What an intent asks for. `price` values it, in the limits' currency: its limit, or the worst price that the collar lets
 * through.
 */
export type ReservationRequest = Readonly<{
  clientOrderId: string;
  symbol: string;
  side: Side;
  amount: string;
  price: string;
  reduceOnly: boolean;
  /** Why it has no price in that currency (it is 0 then): only what reduces is let through. */
  unvalued?: string;
  /** Rests at the venue to protect: while one does, the dead man's switch stays off in its scope. */
  protective: boolean;
}>;

export type Reservation = ReservationRequest &
  Readonly<{
    reservationId: string;
    grantedMs: number;
    reduces: boolean;
  }>;

/** An id whose order ended, kept for 24 h so that a repeat reserves nothing anew. */
export type DecidedId = Readonly<{ clientOrderId: string; endedMs: number }>;

/** Plain JSON: carried over continue-as-new as it is. Times are the venue's. */
export type GuardState = Readonly<{
  account: string;
  /** `identity` of the order store that it was loaded from. */
  storeId?: string;
  limits: GuardLimits;
  timing: GuardTiming;
  mode: TradingMode;
  reason: string;
  /** `changedMs` of the store's mode that this one is of, or was before a halt that is on its way to the store. */
  modeChangedMs?: number;
  haltedSymbols: readonly Readonly<{ symbol: string; reason: string }>[];
  /** Signed amounts of the base asset, without what reservations still hold. */
  positions: Readonly<Record<string, string>>;
  /** Last price that each symbol was valued at: by its last order, or by the keeper where it is held. */
  prices: Readonly<Record<string, string>>;
  /** Venue time of the keeper's last prices. */
  pricedMs?: number;
  reservations: readonly Reservation[];
  decided: readonly DecidedId[];
  /** Grants of the last minute + grace, oldest first. */
  recentGrantsMs: readonly number[];
  /** Notional granted: at most 1,442 buckets. */
  notionalByMinute: NotionalByMinute;
  /** Of one that was built from a store less than a day after that was restored from a backup. */
  restored?: RestoredGuard;
  /** Counts `ended`. */
  settledCount: number;
  /** Venue time at which it was rebuilt from the store: it counts from 0 again, and what was read before it is void. */
  loadedMs?: number;
  /** The newest deadline that a grant can lead to: a halt cancels until after it. */
  latestDeadlineMs: number;
}>;

/** What a backup may have forgotten, and limits are told of afterwards. */
export type RestoredGuard = Readonly<{
  /** Venue time up to which forgotten requests may have been accepted. */
  safeMs: number;
  /** What they spent in the last day; absent until somebody has looked, and nothing is granted until then. */
  forgotten?: NotionalByMinute;
}>;

type ModeWord = Readonly<{ mode: TradingMode; reason: string; changedMs?: number | undefined }>;

export type GuardEvent =
  | Readonly<{ type: 'reserve'; request: ReservationRequest; venueMs: number }>
  /** After a terminal state in the store, when applied fills equal what the venue executed. */
  | Readonly<{ type: 'ended'; clientOrderId: string; executed: string; venueMs: number }>
  /**
   * Positions anew from the store (manual trades, late fills, corrections): the ledger's by symbol, and of each order
   * under way what the ledger holds of it, signed. Read after `settledCount` was asked; without effect when an order has
   * ended since, one was granted that is not named, because a part would count twice, or the guard was rebuilt.
   */
  | Readonly<{
      type: 'synced';
      settledCount: number;
      loadedMs?: number;
      ledgerPositions: Readonly<Record<string, string>>;
      appliedByOrder: Readonly<Record<string, string>>;
    }>
  /** What a restored store had forgotten, read after `safeMs`; void for a guard that was rebuilt since. */
  | Readonly<{ type: 'remembered'; loadedMs?: number; notionalByMinute: NotionalByMinute }>
  /** `changedMs`: the store's, where it has it already; without effect where a newer one is known. */
  | (Readonly<{ type: 'setMode'; person: boolean; venueMs: number }> & ModeWord)
  /** The store has what was set here; somebody may have set something else between. */
  | (Readonly<{ type: 'modeStored' }> & ModeWord)
  | Readonly<{ type: 'haltSymbol'; symbol: string; reason: string }>
  | Readonly<{ type: 'resumeSymbol'; symbol: string; person: boolean }>
  /** What the venue said at that time, of symbols that are held. */
  | Readonly<{ type: 'priced'; prices: Readonly<Record<string, string>>; venueMs: number }>;

export type GuardDecision =
  | Readonly<{ kind: 'granted'; grant: Grant; reduces: boolean }>
  | Readonly<{ kind: 'refused'; reason: string }>;

/**
 * `decision` answers a `reserve`; `haltNow`: cancel everything and keep to it (halt.ts). `trip`: the rates are spent on
 * what increases exposure, set REDUCING with this reason.
 */
export type GuardStep = Readonly<{ state: GuardState; decision?: GuardDecision; haltNow?: true; trip?: string }>;
