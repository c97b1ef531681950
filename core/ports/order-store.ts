import type { Fill, OrderIntent, OrderState, Submission, TradingMode, VenueOrder } from '../orders/types.ts';

/** A row of the order table. `version` counts its changes; whoever writes names the version it read. */
export type OrderRecord = Readonly<{
  intent: OrderIntent;
  venue: string;
  state: OrderState;
  version: number;
  /** From submitted on. */
  submission?: Submission;
  venueOrderId?: string;
  /** Sum of the fills that the venue says and that we applied; decimal strings of the base asset. */
  venueExecuted: string;
  appliedExecuted: string;
  /** Why it is denied, rejected, expired or unknown; empty otherwise. */
  reason: string;
  /** Workflow that drives it to its end; empty for adopted ones. */
  ownerWorkflowId: string;
  createdMs: number;
  changedMs: number;
}>;

/** The guard's permission to submit one intent. Venue time; not older than 5 s when it is used. */
export type Grant = Readonly<{ clientOrderId: string; grantedMs: number; reservationId: string }>;

export type SubmitRequest = Readonly<{
  clientOrderId: string;
  submission: Submission;
  grant: Grant;
  /** Venue time now, to tell the grant's age. */
  venueMs: number;
  /** Whether it reduces the position that the guard knows: what REDUCING lets through. */
  reduces: boolean;
  /** Venue time at which a look for this id began that found nothing; asked for after a restore from a backup only. */
  lookedVenueMs?: number;
}>;

/**
 * `restored`: the store was restored from a backup, so that the id may have been sent without its knowing; look first.
 * The others: the account's mode, the grant's age, or a halt of the symbol forbid it.
 */
export type SubmitRefusal = 'mode' | 'grant' | 'symbolHalted' | 'restored';

/** `lost`: somebody else submitted it, or it is denied: look at `record`. `refused`: it stays initialized. */
export type SubmitResult =
  | Readonly<{ kind: 'won'; record: OrderRecord }>
  | Readonly<{ kind: 'lost'; record: OrderRecord }>
  | Readonly<{ kind: 'refused'; why: SubmitRefusal; record: OrderRecord }>;

/** One step of the order machine with all that it brings about, written in one transaction or not at all. */
export type OrderChange = Readonly<{
  clientOrderId: string;
  /** Refused as `stale` unless the row still has it. */
  expectedVersion: number;
  state: OrderState;
  venueOrderId?: string;
  venueExecuted?: string;
  appliedExecuted?: string;
  reason?: string;
  fills: readonly Fill[];
  entries: readonly LedgerEntry[];
  alerts: readonly OrderAlert[];
  /** Halts the intent's symbol in the same transaction, with this reason. */
  haltSymbol?: string;
  atMs: number;
}>;

/** A posting of the double-entry ledger. The amounts of one `transactionId` sum to zero per asset. */
export type LedgerEntry = Readonly<{
  transactionId: string;
  account: string;
  /** As `assets:free`, `trading`, `fees`, `external`, `funding`. */
  ledgerAccount: string;
  asset: string;
  /** Decimal string, signed. */
  amount: string;
  book: string;
  symbol: string;
  /** What it comes from: trade id, funding id, or the hash of what a synthetic one explains. */
  source: string;
  venueMs: number;
}>;

export type OrderAlert = Readonly<{
  /** Same key, same alert: written once. */
  key: string;
  account: string;
  symbol: string;
  clientOrderId?: string;
  severity: 'YELLOW' | 'RED' | 'BLACK';
  text: string;
  atMs: number;
}>;

/** A decision with its reason: everything that the desk, a workflow or a person decided about orders. */
export type OrderDecision = Readonly<{
  account: string;
  clientOrderId?: string;
  /** As `reserved`, `denied`, `submitted`, `halted`, `resumed`, `crossed`, `adopted`. */
  what: string;
  why: string;
  /** Workflow id or person. */
  by: string;
  atMs: number;
}>;

export type AccountState = Readonly<{
  account: string;
  mode: TradingMode;
  reason: string;
  by: string;
  /**
   * Host time of the mode's change, and later than that of the change before whatever the clocks say: it tells an older
   * word from a newer one. `haltedVenueMs` is what invariant 7 is judged by.
   */
  changedMs: number;
  haltedVenueMs?: number;
  /**
   * Of a store that was restored from a backup: from this venue time on a look for an id proves that it was not sent
   * before. Until then no halt ends, and for a week after it nothing is submitted without such a look.
   */
  restoredSafeMs?: number;
  haltedSymbols: readonly Readonly<{ symbol: string; reason: string; sinceMs: number }>[];
}>;

/** A netted group: one row before any leg, never regrouped. */
export type NettedGroup = Readonly<{
  groupId: string;
  account: string;
  symbol: string;
  members: readonly Readonly<{ book: string; side: 'buy' | 'sell'; amount: string; intentId: string }>[];
  atMs: number;
  /** What the ids of its legs are made of: whoever goes on with the group uses this one, never its own. */
  seed?: string;
  /** The venue's price when it was decided, at which it crosses where nothing went out. */
  middle?: string;
}>;

/** How a group ended: written in one transaction, once. Who settles again changes nothing. */
export type GroupSettlement = Readonly<{
  groupId: string;
  /** What crossed inside. */
  entries: readonly LedgerEntry[];
  decisions: readonly OrderDecision[];
  atMs: number;
}>;

export type OrderFilter = Readonly<{
  account?: string;
  symbol?: string;
  /** Those of the book, and those of groups that it is a member of. A group's id: what went out for the group. */
  book?: string;
  states?: readonly OrderState[];
  /** Only those that have not ended, or whose fills are not all applied: what reconciliation and the guard look at. */
  unsettled?: true;
  venueOrderId?: string;
  /** How ids begin: people do not type 32 digits. */
  idPrefix?: string;
  /** Created at or after. */
  sinceMs?: number;
  /** Newest first; default 200, at most 10,000. */
  limit?: number;
  /** The last one of the page before: goes on after it. */
  before?: Readonly<{ createdMs: number; clientOrderId: string }>;
}>;

export type FillFilter = Readonly<{
  account?: string;
  clientOrderId?: string;
  symbol?: string;
  /** Venue time, at or after. */
  sinceMs?: number;
  /** Oldest first; default 1,000, at most 10,000. */
  limit?: number;
  /** The last one of the page before: goes on after it. */
  after?: Pick<Fill, 'venueMs' | 'venue' | 'symbol' | 'tradeId'>;
}>;

/** Who changes a mode. Only `person: true` with a reason ends a halt. */
export type ModeReason = Readonly<{ reason: string; by: string; person: boolean }>;

/** One version of an order's row: how it came to be what it is. */
export type OrderStep = Readonly<{
  clientOrderId: string;
  version: number;
  state: OrderState;
  venueExecuted: string;
  appliedExecuted: string;
  reason: string;
  atMs: number;
}>;

/**
 * What the desk knows of its orders. One store for all processes of an account, durable to the disk when a call
 * returns (SQLite synchronous=FULL; Postgres fsync and synchronous_commit on). Each call is one transaction and may be
 * repeated with the same arguments. Failures: DeskError StoreUnavailable; NotFound for an id that was never stored;
 * BadInput for malformed amounts, unbalanced entries and steps that no order may take, with nothing written.
 * What the store itself decides it records as a decision: submitted, submitRefused, denied, halted, reducing, resumed,
 * symbolHalted, symbolResumed, adopted, restored.
 */
export type OrderStore = Readonly<{
  /** Tells this store from every other: 16 hex digits, made with it, the same in its copies and backups. */
  identity(): Promise<string>;
  /** Before anything else. The same intent again: `same`; other content under its id: `changed`, nothing is written. */
  putIntent(
    intent: OrderIntent,
    venue: string,
    ownerWorkflowId: string,
    atMs: number,
  ): Promise<Readonly<{ kind: 'stored' | 'same' | 'changed'; record: OrderRecord }>>;
  /**
   * initialized -> submitted, under the conditions of orders.md 3.2. Only who gets `won` may send, once; asked again it
   * is `lost`. The wait for other writers counts as venue time that has passed.
   */
  submitOnce(request: SubmitRequest, atMs: number): Promise<SubmitResult>;
  /** initialized -> denied; `lost` when it was submitted or ended before. */
  deny(
    clientOrderId: string,
    reason: string,
    atMs: number,
  ): Promise<Readonly<{ kind: 'denied' | 'lost'; record: OrderRecord }>>;
  /**
   * One step; fills whose (account, venue, symbol, tradeId) is known are left out and named, and entries whose source they are.
   * `appliedExecuted` is always the sum of the stored fills. When the venue's id of the order becomes known, fills that
   * were adopted under it before become the order's and move to its book. The very same change again: `applied`, nothing is written.
   */
  apply(
    change: OrderChange,
  ): Promise<Readonly<{ kind: 'applied' | 'stale'; record: OrderRecord; knownTradeIds: readonly string[] }>>;
  /**
   * Fills and orders of other programs and people, into the book `unassigned`. An order is kept under its client id
   * where that has the form of ours, else as `venue:<account>:<venue>:<symbol>:<venueOrderId>`. Its fills count for it,
   * also those that were adopted before it. One that we sent, and its fills, are left to `apply`. When an intent turns
   * up later under an adopted id (in a store that was restored from a backup), it takes the row over as it stands, and
   * what was booked of it into its book.
   */
  adopt(
    orders: readonly VenueOrder[],
    fills: readonly Fill[],
    entries: readonly LedgerEntry[],
    account: string,
    atMs: number,
  ): Promise<void>;
  order(clientOrderId: string): Promise<OrderRecord | undefined>;
  orders(filter: OrderFilter): Promise<readonly OrderRecord[]>;
  /** How an order came to be what it is, oldest first. */
  steps(clientOrderId: string): Promise<readonly OrderStep[]>;
  fills(filter: FillFilter): Promise<readonly Fill[]>;
  /** Of an account: where two of ours trade with each other, both sides of the trade have its id. */
  knownFill(account: string, fill: Pick<Fill, 'venue' | 'symbol' | 'tradeId'>): Promise<Fill | undefined>;
  /** A transaction that is posted already stays as it is; with other amounts it raises an alert. */
  postEntries(entries: readonly LedgerEntry[]): Promise<void>;
  /** Newest first; of one ledger account where given. */
  entries(account: string, limit?: number, ledgerAccount?: string): Promise<readonly LedgerEntry[]>;
  /** What an order's steps posted, oldest first. */
  entriesOf(clientOrderId: string): Promise<readonly LedgerEntry[]>;
  /** Sums of the ledger by the market that they come from, too; by name. Those of 0 are left out. */
  symbolTotals(
    account: string,
  ): Promise<
    readonly Readonly<{ symbol: string; ledgerAccount: string; asset: string; book: string; amount: string }>[]
  >;
  /** Sums of the ledger by (ledgerAccount, asset, book), decimal strings; those of 0 are left out. */
  ledgerTotals(
    account: string,
  ): Promise<readonly Readonly<{ ledgerAccount: string; asset: string; book: string; amount: string }>[]>;

  /** Every account that the store knows anything of, by name. */
  accounts(): Promise<readonly string[]>;
  accountState(account: string): Promise<AccountState>;
  /** HALTED is left only with `by` a person and a reason: refused (BadInput) otherwise. Works without Temporal. */
  setMode(account: string, mode: TradingMode, why: ModeReason, venueMs: number, atMs: number): Promise<AccountState>;
  haltSymbol(account: string, symbol: string, reason: string, atMs: number): Promise<void>;
  resumeSymbol(
    account: string,
    symbol: string,
    why: Readonly<{ reason: string; by: string }>,
    atMs: number,
  ): Promise<void>;

  /** `changed`: the id, or an intent of it, is in another group already; nothing is written. */
  putGroup(group: NettedGroup): Promise<'stored' | 'same' | 'changed'>;
  group(groupId: string): Promise<NettedGroup | undefined>;
  /** The one group that an intent was ever in. */
  groupOfIntent(intentId: string): Promise<NettedGroup | undefined>;
  /** NotFound for a group that was never stored. */
  settleGroup(settlement: GroupSettlement): Promise<'settled' | 'same'>;
  /** Groups whose crossing is not booked yet, oldest first; at most 10,000. */
  unsettledGroups(account: string): Promise<readonly NettedGroup[]>;

  recordDecision(decision: OrderDecision): Promise<void>;
  /** The newest of them, oldest first; default 200, at most 10,000. `clientOrderId: ''`: those that are of no order. */
  decisions(
    filter: Readonly<{ account?: string; clientOrderId?: string; limit?: number }>,
  ): Promise<readonly OrderDecision[]>;
  /** Each key once, however often it is raised. */
  raiseAlerts(alerts: readonly OrderAlert[]): Promise<void>;
  /** Newest first; default 200. */
  alerts(
    filter: Readonly<{ account?: string; clientOrderId?: string; limit?: number }>,
  ): Promise<readonly OrderAlert[]>;
  /**
   * After a restore from a backup, before anything is sent: halts the account, and what the backup has as `initialized`
   * becomes `unknown`, since it may have been sent after the backup was made and a stopped sender could send it until
   * venueMs + receiveWindowMs. Sets `restoredSafeMs`, the settle time after that. Gives every order that has not ended:
   * they are looked up, then a person resumes.
   */
  afterRestore(
    account: string,
    by: string,
    venue: Readonly<{ venueMs: number; receiveWindowMs: number; settleMs: number }>,
    atMs: number,
  ): Promise<readonly OrderRecord[]>;
  close(): void;
}>;
