import { DeskError } from '../../core/errors.ts';
import { units } from '../../core/orders/amount.ts';
import { balancedTransactions, checkText, newAccount } from '../../core/orders/store-rules.ts';
import type {
  AccountState,
  LedgerEntry,
  OrderAlert,
  OrderDecision,
  OrderRecord,
} from '../../core/ports/order-store.ts';
import type { MemoryState } from './memory-state.ts';

export const next = (record: OrderRecord, atMs: number): OrderRecord => ({
  ...record,
  version: record.version + 1,
  changedMs: atMs,
});

/** Writes a row's next version and its step. */
export function writeOrder(
  state: MemoryState,
  record: OrderRecord,
  extra: Readonly<{ adopted?: boolean; lastChange?: string }> = {},
): void {
  const { clientOrderId } = record.intent;
  const before = state.orders.get(clientOrderId);
  const { adopted = before?.adopted ?? false, lastChange = before?.lastChange ?? '' } = extra;
  state.orders.set(clientOrderId, { record, adopted, lastChange });
  const { version, state: at, venueExecuted, appliedExecuted, reason, changedMs } = record;
  state.steps.push({ clientOrderId, version, state: at, venueExecuted, appliedExecuted, reason, atMs: changedMs });
}

export function mustFind(state: MemoryState, clientOrderId: string): OrderRecord {
  const row = state.orders.get(clientOrderId);
  if (row !== undefined) return row.record;
  throw new DeskError('NotFound', 'no intent is stored under this id', { path: 'clientOrderId', found: clientOrderId });
}

export const accountState = (state: MemoryState, account: string): AccountState =>
  state.accounts.get(account) ?? newAccount(account);

type SymbolHalt = Readonly<{ account: string; symbol: string; reason: string; atMs: number }>;

export function haltSymbol(state: MemoryState, { account, symbol, reason, atMs }: SymbolHalt): void {
  checkText(reason, 'reason', 1);
  const before = accountState(state, account);
  if (before.haltedSymbols.some((halt) => halt.symbol === symbol)) return;
  const haltedSymbols = [...before.haltedSymbols, { symbol, reason, sinceMs: atMs }];
  state.accounts.set(account, {
    ...before,
    haltedSymbols: haltedSymbols.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)),
  });
  decide(state, { account, what: 'symbolHalted', why: `${symbol}: ${reason}`, by: '', atMs });
}

export function decide(state: MemoryState, decision: OrderDecision, key = JSON.stringify(decision)): void {
  checkText(decision.what, 'what', 1);
  checkText(decision.why, 'why');
  if (!state.decisions.has(key)) state.decisions.set(key, decision);
}

export const decideOn = (
  state: MemoryState,
  { intent, ownerWorkflowId: by }: OrderRecord,
  what: string,
  { why, atMs }: Readonly<{ why: string; atMs: number }>,
): void => decide(state, { account: intent.account, clientOrderId: intent.clientOrderId, what, why, by, atMs });

export function raise(state: MemoryState, alerts: readonly OrderAlert[]): void {
  for (const alert of alerts) {
    checkText(alert.key, 'alerts.key', 1);
    checkText(alert.text, 'alerts.text', 1);
    if (!state.alerts.has(alert.key)) state.alerts.set(alert.key, alert);
  }
}

/** Posts each transaction once; one that comes again with other amounts raises an alert. */
export function post(state: MemoryState, entries: readonly LedgerEntry[], clientOrderId: string): void {
  for (const lines of balancedTransactions(entries).values()) {
    const [first] = lines;
    if (first === undefined) continue;
    const known = state.entries
      .map(({ entry }) => entry)
      .filter((entry) => entry.account === first.account && entry.transactionId === first.transactionId);
    if (known.length > 0) {
      if (JSON.stringify(known.map(meaning)) !== JSON.stringify(lines.map(meaning)))
        raise(state, [otherAmounts(first, clientOrderId)]);
      continue;
    }
    for (const entry of lines) {
      state.entries.push({ entry, clientOrderId });
      const key = totalKey(entry);
      state.totals.set(key, (state.totals.get(key) ?? 0n) + units(entry.amount));
    }
  }
}

const meaning = ({ ledgerAccount, asset, amount, book }: LedgerEntry) => [ledgerAccount, asset, amount, book];

const otherAmounts = ({ account, transactionId, symbol, venueMs }: LedgerEntry, clientOrderId: string): OrderAlert => ({
  key: `ledger ${account} ${transactionId}`,
  account,
  symbol,
  ...(clientOrderId === '' ? {} : { clientOrderId }),
  severity: 'RED',
  text: `transaction ${transactionId} was posted again with other amounts; the first ones stand`,
  atMs: venueMs,
});

export const totalKey = ({ account, ledgerAccount, asset, book, symbol }: LedgerEntry) =>
  JSON.stringify([account, ledgerAccount, asset, book, symbol]);
