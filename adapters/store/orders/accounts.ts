import { accountAfter, checkText, newAccount } from '../../../core/orders/store-rules.ts';
import type { TradingMode } from '../../../core/orders/types.ts';
import type { AccountState, OrderStore } from '../../../core/ports/order-store.ts';
import type { Database, Transaction } from '../sql/database.ts';
import { number, text } from '../sql/rows.ts';
import { addDecision } from './records.ts';

/** Modes of accounts and halted symbols. */
export const accountMethods = ({
  read,
  write,
}: Database): Pick<OrderStore, 'accounts' | 'accountState' | 'setMode' | 'haltSymbol' | 'resumeSymbol'> => ({
  accounts: () =>
    read(async ({ rows }) => {
      const found = await rows(
        `SELECT account FROM account_modes UNION SELECT account FROM orders UNION SELECT account FROM ledger_totals
         UNION SELECT account FROM symbol_halts ORDER BY account`,
      );
      return found.map((row) => text(row, 'account'));
    }),

  accountState: (account) => read((sql) => accountState(sql, account)),

  setMode: (account, mode, why, ...[venueMs, atMs]) =>
    write((sql) => changeMode(sql, { account, mode, why, venueMs, atMs })),

  haltSymbol: (account, symbol, reason, atMs) => write((sql) => addSymbolHalt(sql, { account, symbol, reason, atMs })),

  resumeSymbol: (account, symbol, { reason, by }, atMs) =>
    write(async (sql) => {
      checkText(reason, 'reason', 1);
      const halted = await sql.row('SELECT 1 FROM symbol_halts WHERE account = ? AND symbol = ?', account, symbol);
      if (halted === undefined) return;
      await sql.run('DELETE FROM symbol_halts WHERE account = ? AND symbol = ?', account, symbol);
      await addDecision(sql, { account, what: 'symbolResumed', why: `${symbol}: ${reason}`, by, atMs });
    }),
});

export async function accountState({ row, rows }: Transaction, account: string): Promise<AccountState> {
  const found = await row('SELECT * FROM account_modes WHERE account = ?', account);
  const halts = await rows('SELECT * FROM symbol_halts WHERE account = ? ORDER BY symbol', account);
  const haltedSymbols = halts.map((halt) => ({
    symbol: text(halt, 'symbol'),
    reason: text(halt, 'reason'),
    sinceMs: number(halt, 'since_ms'),
  }));
  if (found === undefined) return { ...newAccount(account), haltedSymbols };
  return {
    account,
    mode: text(found, 'mode') as TradingMode,
    reason: text(found, 'reason'),
    by: text(found, 'changed_by'),
    changedMs: number(found, 'changed_ms'),
    ...(found['halted_venue_ms'] !== null && { haltedVenueMs: number(found, 'halted_venue_ms') }),
    ...(found['restored_safe_ms'] !== null && { restoredSafeMs: number(found, 'restored_safe_ms') }),
    haltedSymbols,
  };
}

type SymbolHalt = Readonly<{ account: string; symbol: string; reason: string; atMs: number }>;

/** Halts a symbol unless it is halted; the first reason stays. */
export async function addSymbolHalt(sql: Transaction, { account, symbol, reason, atMs }: SymbolHalt): Promise<void> {
  checkText(reason, 'reason', 1);
  const known = await sql.row('SELECT 1 FROM symbol_halts WHERE account = ? AND symbol = ?', account, symbol);
  if (known !== undefined) return;
  await sql.run('INSERT INTO symbol_halts VALUES (?, ?, ?, ?)', account, symbol, reason, atMs);
  await addDecision(sql, { account, what: 'symbolHalted', why: `${symbol}: ${reason}`, by: '', atMs });
}

const decisionOf: Readonly<Record<TradingMode, string>> = {
  ACTIVE: 'resumed',
  REDUCING: 'reducing',
  HALTED: 'halted',
};

type ModeChange = Readonly<{
  account: string;
  mode: TradingMode;
  why: Parameters<OrderStore['setMode']>[2];
  venueMs: number;
  atMs: number;
}>;

/** Sets the mode as the rules allow it, and records who did so and why. */
export async function changeMode(sql: Transaction, { account, mode, why, ...at }: ModeChange): Promise<AccountState> {
  const before = await accountState(sql, account);
  const after = accountAfter(before, mode, why, at);
  if (after === before) return before;
  await sql.run(
    `INSERT INTO account_modes (account, mode, reason, changed_by, changed_ms, halted_venue_ms)
     VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account) DO UPDATE SET mode = excluded.mode, reason = excluded.reason,
       changed_by = excluded.changed_by, changed_ms = excluded.changed_ms, halted_venue_ms = excluded.halted_venue_ms`,
    account,
    after.mode,
    after.reason,
    after.by,
    after.changedMs,
    after.haltedVenueMs ?? null,
  );
  await addDecision(sql, { account, what: decisionOf[mode], why: why.reason, by: why.by, atMs: at.atMs });
  return after;
}
