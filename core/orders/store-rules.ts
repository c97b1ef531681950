import { DeskError } from '../errors.ts';
import type {
  AccountState,
  Grant,
  LedgerEntry,
  ModeReason,
  OrderChange,
  OrderRecord,
  SubmitRefusal,
  SubmitRequest,
} from '../ports/order-store.ts';
import { sumText } from './amount.ts';
import { checkDecimal, compareDecimals } from './decimal.ts';
import type { Fill, OrderIntent, TradingMode } from './types.ts';

/**
 * What every order store decides, whatever it is made of: what a well-formed record is, who may submit, how a mode
 * changes. Pure, so that all stores decide the same.
 */

/** A grant of the guard is worth nothing after it (orders.md 3.2). */
export const grantLifeMs = 5_000;

/** Two processes read the venue's clock that much apart at most; more is a clock that must not sign. */
export const venueClockSpreadMs = 1_000;

/** Longest text that is stored of a reason, a name or an id; a longer one is refused, not cut. */
export const longestText = 4_000;

/** Rows of one call at most, whatever limit was asked for. */
export const mostRows = 10_000;

/** Whether a text has the form of our client order ids: 32 lower-case hex digits. */
export const isOrderId = (text: string): boolean => /^[0-9a-f]{32}$/.test(text);

/** Refuses (BadInput) an intent that no venue could be sent. */
export function checkIntent(intent: OrderIntent): void {
  const { clientOrderId, type, amount, price, stopPrice, restMs, intentNumber } = intent;
  if (!isOrderId(clientOrderId)) throw wrong('clientOrderId', '32 lower-case hex digits', clientOrderId);
  for (const field of ['account', 'symbol', 'seed', 'leg', 'book'] as const) checkText(intent[field], field, 1);
  checkText(intent.reason, 'reason');
  checkDecimal(amount, 'amount', 'positive');
  checkPriceOf('price', type === 'limit', price);
  checkPriceOf('stopPrice', type === 'stopMarket', stopPrice);
  if (restMs !== undefined && !(Number.isSafeInteger(restMs) && restMs > 0)) {
    throw wrong('restMs', 'a whole number of ms, above 0', String(restMs));
  }
  if (!Number.isSafeInteger(intentNumber) || intentNumber < 0) {
    throw wrong('intentNumber', 'an integer, 0 or above', String(intentNumber));
  }
}

function checkPriceOf(field: 'price' | 'stopPrice', needed: boolean, value: string | undefined): void {
  if (value !== undefined) checkDecimal(value, field, 'positive');
  if (needed !== (value !== undefined)) {
    throw wrong(field, needed ? 'a price: this type of order has one' : 'nothing: this type of order has none', value);
  }
}

export function checkText(value: unknown, path: string, shortest = 0): void {
  const right = typeof value === 'string' && value.length >= shortest && value.length <= longestText;
  if (!right) throw wrong(path, `a text of ${shortest} to ${longestText} characters`, String(value).slice(0, 60));
}

/** Refuses (BadInput) a fill that cannot be booked. */
export function checkFill(fill: Fill): void {
  const path = (field: string) => `fills.${fill.tradeId}.${field}`;
  for (const field of ['venue', 'symbol', 'tradeId'] as const) checkText(fill[field], path(field), 1);
  checkDecimal(fill.amount, path('amount'), 'positive');
  checkDecimal(fill.price, path('price'), 'notNegative');
  checkDecimal(fill.quoteAmount, path('quoteAmount'), 'notNegative');
  checkDecimal(fill.fee, path('fee'));
  if (fill.realizedPnl !== undefined) checkDecimal(fill.realizedPnl, path('realizedPnl'));
}

const sameFields = [
  'clientOrderId',
  'account',
  'symbol',
  'side',
  'type',
  'timeInForce',
  'reduceOnly',
  'book',
  'seed',
  'leg',
  'intentNumber',
] as const satisfies readonly (keyof OrderIntent)[];

/** Whether two intents are the same order. The reason is for people, and may be worded anew by a later run. */
export const sameIntent = (left: OrderIntent, right: OrderIntent): boolean =>
  sameFields.every((name) => left[name] === right[name]) &&
  (['amount', 'price', 'stopPrice'] as const).every((name) => sameNumber(left[name], right[name]));

const sameNumber = (left: string | undefined, right: string | undefined): boolean =>
  left === undefined || right === undefined ? left === right : compareDecimals(left, right) === 0;

/** Refuses (BadInput) a submission that contradicts itself: a bug of the caller, never a matter of timing. */
export function checkSubmit({ clientOrderId, submission, grant, venueMs }: SubmitRequest): void {
  const { timestampMs, deadlineMs } = submission;
  if (!(deadlineMs > timestampMs)) throw wrong('submission.deadlineMs', 'later than the timestamp', String(deadlineMs));
  if (!(timestampMs <= venueMs + venueClockSpreadMs)) {
    throw wrong('submission.timestampMs', "not ahead of the venue's clock", `${timestampMs - venueMs} ms ahead`);
  }
  if (grant.clientOrderId !== clientOrderId) {
    throw wrong('grant.clientOrderId', `that of the order, ${clientOrderId}`, grant.clientOrderId);
  }
}

/** So long after a restore a sender that had stopped may come back to an id that it sent before. */
export const restoredLooksMs = 7 * 86_400_000;

/** Why an initialized order may not be submitted at this venue time; undefined where it may. */
export function submitRefusal(
  { mode, haltedSymbols, restoredSafeMs }: AccountState,
  { symbol }: Readonly<{ symbol: string }>,
  { grant, reduces, lookedVenueMs = 0 }: SubmitRequest,
  venueMs: number,
): SubmitRefusal | undefined {
  if (mode === 'HALTED' || (mode === 'REDUCING' && !reduces)) return 'mode';
  if (haltedSymbols.some((halt) => halt.symbol === symbol)) return 'symbolHalted';
  if (!isFresh(grant, venueMs)) return 'grant';
  const doubted = restoredSafeMs !== undefined && venueMs <= restoredSafeMs + restoredLooksMs;
  return doubted && lookedVenueMs <= restoredSafeMs ? 'restored' : undefined;
}

const isFresh = ({ grantedMs }: Grant, venueMs: number): boolean =>
  venueMs - grantedMs <= grantLifeMs && grantedMs - venueMs <= venueClockSpreadMs;

/**
 * Refuses (BadInput) a step that no order may take: back to `initialized`, from where it could be sent again, or to
 * `submitted`, which only submitOnce writes.
 */
export function checkChange(change: OrderChange, { state, intent, venue }: OrderRecord): void {
  const { fills, venueExecuted, haltSymbol } = change;
  const resend = change.state === 'initialized' || (change.state === 'submitted' && state !== 'submitted');
  if (resend) throw wrong('state', 'a state that an order reaches after it was submitted', change.state);
  if (venueExecuted !== undefined) checkDecimal(venueExecuted, 'venueExecuted', 'notNegative');
  if (change.reason !== undefined) checkText(change.reason, 'reason');
  if (haltSymbol !== undefined) checkText(haltSymbol, 'haltSymbol', 1);
  for (const fill of fills) {
    checkFill(fill);
    if (fill.symbol !== intent.symbol) throw wrong(`fills.${fill.tradeId}.symbol`, intent.symbol, fill.symbol);
    if (fill.venue !== venue) throw wrong(`fills.${fill.tradeId}.venue`, venue, fill.venue);
  }
}

/**
 * Sum of an order's fills after a change that brings `fills`. What the writer believes is compared where nothing happened
 * that it could not know of; another sum is refused (BadInput): it lost or doubled a fill.
 */
export function appliedAfter(before: string, fills: readonly Fill[], believed: string | undefined): string {
  const sum = sumText(before, ...fills.map(({ amount }) => amount));
  if (believed === undefined) return sum;
  checkDecimal(believed, 'appliedExecuted', 'notNegative');
  if (compareDecimals(believed, sum) !== 0)
    throw wrong('appliedExecuted', `the sum of the order's fills, ${sum}`, believed);
  return sum;
}

/** The entries by transaction, in the order of their first. Refused whole (BadInput) unless each sums to zero per asset. */
export function balancedTransactions(entries: readonly LedgerEntry[]): ReadonlyMap<string, readonly LedgerEntry[]> {
  const transactions = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const path = `entries.${entry.transactionId}`;
    for (const field of ['transactionId', 'account', 'ledgerAccount', 'asset', 'source'] as const) {
      checkText(entry[field], `${path}.${field}`, 1);
    }
    checkDecimal(entry.amount, `${path}.amount`);
    const key = `${entry.account} ${entry.transactionId}`;
    transactions.set(key, [...(transactions.get(key) ?? []), entry]);
  }
  for (const lines of transactions.values()) checkBalance(lines);
  return transactions;
}

function checkBalance(lines: readonly LedgerEntry[]): void {
  const sums = new Map<string, Readonly<{ transactionId: string; sum: string }>>();
  for (const { asset, amount, transactionId } of lines) {
    sums.set(asset, { transactionId, sum: sumText(sums.get(asset)?.sum ?? '0', amount) });
  }
  for (const [asset, { transactionId, sum }] of sums) {
    if (sum !== '0') throw wrong(`entries.${transactionId}`, `amounts of ${asset} that sum to 0`, sum);
  }
}

/**
 * The account's state after somebody set its mode. HALTED is left only by a person with a reason (BadInput otherwise);
 * halting what is halted changes nothing, so that the moment it is judged by stays the first one.
 */
export function accountAfter(
  before: AccountState,
  mode: TradingMode,
  why: ModeReason,
  at: Readonly<{ venueMs: number; atMs: number }>,
): AccountState {
  checkText(why.reason, 'reason');
  checkText(why.by, 'by', 1);
  if (before.mode === 'HALTED' && mode !== 'HALTED') {
    if (!why.person) throw wrong('by', 'a person: nobody else ends a halt', why.by);
    if (why.reason.trim() === '') throw wrong('reason', 'why trading may go on', 'nothing');
    const { restoredSafeMs } = before;
    if (restoredSafeMs !== undefined && at.venueMs <= restoredSafeMs) {
      const when = new Date(restoredSafeMs).toISOString();
      throw wrong('mode', `HALTED until ${when} by the venue: the store was restored from a backup`, mode);
    }
  }
  if (before.mode === mode) return before;
  return {
    account: before.account,
    mode,
    reason: why.reason,
    by: why.by,
    changedMs: Math.max(at.atMs, before.changedMs + 1),
    haltedSymbols: before.haltedSymbols,
    ...(before.restoredSafeMs !== undefined && { restoredSafeMs: before.restoredSafeMs }),
    ...(mode === 'HALTED' && { haltedVenueMs: at.venueMs }),
  };
}

/** Of an account that nobody has ever said anything about. */
export const newAccount = (account: string): AccountState => ({
  account,
  mode: 'ACTIVE',
  reason: '',
  by: '',
  changedMs: 0,
  haltedSymbols: [],
});

const wrong = (path: string, expected: string, found: string | undefined) =>
  new DeskError('BadInput', 'the order store does not take it', { path, expected, found: found ?? 'nothing' });
