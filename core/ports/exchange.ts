import type { Fill, OrderIntent, Submission, VenueOrder } from '../orders/types.ts';

/** What a venue can and cannot do, as far as the order path decides by it. */
export type VenueTraits = Readonly<{
  /** As ccxt names it, with the market: `binance`, `binanceusdm`, `kraken`. */
  venue: string;
  /** False: a stopped sender can still be late, and an operator has to allow the venue by name. */
  hasDeadline: boolean;
  /** Its default and widest receive window. */
  receiveWindowMs: number;
  /** Longest time that an order may spend in its engine before it is decided: part of the settle time. */
  engineTimeMs: number;
  /** How long an accepted order may be missing from its queries. */
  readLagMs: number;
  /** It forgets the client ids of filled orders (OKX): look-ups go by fills too. */
  forgetsFilledIds: boolean;
  deadManSwitch: 'none' | 'symbol' | 'account';
  /** Decimals of the minimal unit of the ledger: 8 at Binance, 10 at Kraken. */
  ledgerDecimals: number;
  /** Whether positions are held by the venue (perpetuals) or are balances (spot). */
  hasPositions: boolean;
  /** Where the key's rates are small: open orders are asked for no oftener, whatever the desk's setting. */
  leastPollMs?: number;
}>;

/** Decimal strings. A market order obeys `marketLot` where the venue has it. */
export type Market = Readonly<{
  symbol: string;
  base: string;
  quote: string;
  /** Asset in which a perpetual settles; absent on spot. */
  settle?: string;
  priceTick: string;
  amountStep: string;
  minAmount: string;
  maxAmount?: string;
  minNotional: string;
  /**
   * Rate of the taker fee that a buy pays in quote beside its price, a fraction; left out where the venue takes it from
   * what was bought, or does not say.
   */
  takerFeeInQuote?: string;
  active: boolean;
}>;

export type Balance = Readonly<{ asset: string; free: string; locked: string }>;

/** `amount` is negative for a short; flat positions are left out. */
export type Position = Readonly<{
  symbol: string;
  amount: string;
  entryPrice: string;
  unrealizedPnl: string;
  leverage: string;
}>;

/** `unknown` where the venue does not say: then `doctor` says so. */
export type KeyRights = Readonly<{
  read: boolean | 'unknown';
  trade: boolean | 'unknown';
  withdraw: boolean | 'unknown';
  ipBound: boolean | 'unknown';
}>;

/**
 * What went wrong, decided by the venue's numeric code or text and never by a library's class (adapters/exchange/errors).
 * `unknown` is everything after the first byte left that is not surely something else.
 */
export type VenueFailureKind =
  | 'rejected'
  | 'rateLimited'
  | 'notReachable'
  | 'badCredentials'
  | 'maintenance'
  | 'unknownOrder'
  | 'unknown';

export type VenueFailure = Readonly<{
  kind: VenueFailureKind;
  /** The venue's own code or text, as `-2010` or `EOrder:Insufficient funds`; empty where nothing came. */
  code: string;
  /** For people, without secrets or URLs. */
  message: string;
  /** Of rateLimited: when the venue takes requests again, host ms from now on. */
  retryAfterMs?: number;
  /** Not by the venue's word: cancels and look-ups go on, now and then. */
  guessed?: true;
}>;

/** Thrown by every reading call of the port; sending calls return their failure instead. */
export class VenueError extends Error {
  override readonly name = 'VenueError';
  readonly failure: VenueFailure;

  constructor(failure: VenueFailure, cause?: unknown) {
    super(failure.message, cause === undefined ? undefined : { cause });
    this.failure = failure;
  }
}

/** Sending never throws: an exception that could be taken for "not sent" is how orders are doubled. */
export type SendOutcome =
  | Readonly<{ kind: 'accepted'; order: VenueOrder; fills: readonly Fill[] }>
  | Readonly<{ kind: 'failed'; failure: VenueFailure }>;

/** `unknownOrder` may mean filled: look. */
export type CancelOutcome =
  | Readonly<{ kind: 'canceled'; order?: VenueOrder }>
  | Readonly<{ kind: 'failed'; failure: VenueFailure }>;

export type OrderReference = Readonly<{ symbol: string; clientOrderId: string; venueOrderId?: string }>;

/** Where to look for an order: `sinceMs` is the signed timestamp - 5 s, for look-ups by fills. */
export type OrderQuery = OrderReference & Readonly<{ sinceMs: number }>;

/** All that one look in open orders, closed orders and fills found. */
export type OrderSighting = Readonly<{ order?: VenueOrder; fills: readonly Fill[] }>;

/** Ready to be handed over: `next` goes on after them; absent when these were the last. */
export type FillPage = Readonly<{ fills: readonly Fill[]; next?: string }>;

/** What holding a perpetual brought, or cost where `amount` is negative; `fundingId` is the venue's own. */
export type FundingPayment = Readonly<{
  venue: string;
  fundingId: string;
  symbol: string;
  asset: string;
  amount: string;
  venueMs: number;
}>;

/** `symbols`: perpetuals that the account may have held, for venues that are asked one by one; others tell all. */
export type FundingQuery = Readonly<{ symbols: readonly string[]; sinceMs: number; cursor?: string | undefined }>;

export type FundingPage = Readonly<{ payments: readonly FundingPayment[]; next?: string }>;

/** `source` says what was asked: the collar prefers another venue, then mark or index, then the middle of the book. */
export type ReferencePrice = Readonly<{
  price: string;
  source: 'mark' | 'index' | 'bookMid' | 'lastTrade';
  venueMs: number;
  /** The last trade with its own time, which the collar holds against the reference; left out: only the reference counts. */
  lastTrade?: Readonly<{ price: string; venueMs: number }>;
}>;

type Stop = Readonly<{ signal?: AbortSignal }>;

/**
 * One account at one venue. Each call spends from the key's rate budget (orders.md 8; createOrder by `payToSend`), sends at most one request a
 * page, and never repeats a request that changes something. Every URL that it can reach is the configured one.
 */
export type Exchange = Readonly<{
  traits: VenueTraits;
  /** Trading rules, fetched once and kept for an hour. */
  markets(options?: Stop): Promise<readonly Market[]>;
  balances(options?: Stop): Promise<readonly Balance[]>;
  /** Empty on spot. */
  positions(options?: Stop): Promise<readonly Position[]>;
  /** Asked now, from the venue's own clock. */
  serverTimeMs(options?: Stop): Promise<number>;
  /** The venue's clock by the last answers and the monotonic clock of this process; for timestamps, not for deadlines. */
  venueTimeMs(): Promise<number>;
  keyRights(options?: Stop): Promise<KeyRights>;
  /**
   * Takes the room of one order in the rate budget, before it is submitted; throws VenueError `rateLimited` when there is
   * none within a second. An order that was submitted and then held back would count as unknown.
   */
  payToSend(symbol: string): Promise<void>;
  /** Sends once, signed with exactly the submission's timestamp and deadline. */
  createOrder(intent: OrderIntent, submission: Submission, options?: Stop): Promise<SendOutcome>;
  /** One look in open orders, closed orders and fills (USD-M: and algo orders), by our id or the venue's; never by size. */
  findOrder(query: OrderQuery, options?: Stop): Promise<OrderSighting>;
  cancelOrder(order: OrderReference, options?: Stop): Promise<CancelOutcome>;
  /** Cancels what rests; of one symbol where given. Says which symbols it could not ask. */
  cancelAll(symbol: string | undefined, options?: Stop): Promise<CancelOutcome>;
  /** All, algo orders among them; of one symbol where given. */
  openOrders(symbol?: string, options?: Stop): Promise<readonly VenueOrder[]>;
  /** Fills of a symbol at or after a venue time, oldest first. */
  fillsSince(symbol: string, sinceMs: number, cursor?: string, options?: Stop): Promise<FillPage>;
  /** Funding payments at or after a venue time; absent where the venue has none or does not tell them. */
  fundingSince?(query: FundingQuery, options?: Stop): Promise<FundingPage>;
  /**
   * Plain orders of a symbol that were placed at or after a venue time, open and ended, as far as the venue still tells
   * them (it may have forgotten filled ones); USD-M's stops that wait are in `openOrders`.
   */
  ordersSince(symbol: string, sinceMs: number, options?: Stop): Promise<readonly VenueOrder[]>;
  /** Renews the dead man's switch; 0 disarms. Refused (BadInput) where the venue has none. */
  armDeadManSwitch(timeoutMs: number, symbol?: string, options?: Stop): Promise<void>;
  /** At most a second old: orders that come close share it. */
  referencePrice(symbol: string): Promise<ReferencePrice>;
  close(): Promise<void>;
}>;
