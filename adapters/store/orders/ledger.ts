import { sumText, units, unitText } from '../../../core/orders/amount.ts';
import { balancedTransactions } from '../../../core/orders/store-rules.ts';
import type { Fill } from '../../../core/orders/types.ts';
import type { LedgerEntry, OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';
import type { Database, Transaction } from '../sql/database.ts';
import { text } from '../sql/rows.ts';
import { addAlerts, conditions, hashOf, limitOf } from './records.ts';
import { ledgerEntry } from './rows.ts';

/** The double-entry ledger: postings, and their sums, which are kept with them so that asking for one is not a sum over all. */
export const ledgerMethods = ({
  read,
  write,
}: Database): Pick<OrderStore, 'postEntries' | 'entries' | 'entriesOf' | 'symbolTotals' | 'ledgerTotals'> => ({
  postEntries: (entries) => write((sql) => post(sql, entries)),

  entries: (account, limit, ledgerAccount) =>
    read(async ({ rows }) => {
      const where = conditions([
        ['account = ?', account],
        ['ledger_account = ?', ledgerAccount],
      ]);
      const sql = `SELECT * FROM ledger_entries ${where.sql} ORDER BY seq DESC LIMIT ?`;
      return (await rows(sql, ...where.values, limitOf(limit))).map(ledgerEntry);
    }),

  entriesOf: (clientOrderId) =>
    read(async ({ rows }) => {
      const sql = 'SELECT * FROM ledger_entries WHERE client_order_id = ? ORDER BY seq LIMIT ?';
      return (await rows(sql, clientOrderId, limitOf(Infinity))).map(ledgerEntry);
    }),

  symbolTotals: (account) => read((sql) => symbolTotals(sql, account)),

  ledgerTotals: (account) =>
    read(async (sql) => {
      const sums = new Map<string, Awaited<ReturnType<OrderStore['ledgerTotals']>>[number]>();
      for (const { symbol: _, ...total } of await symbolTotals(sql, account)) {
        const key = hashOf([total.ledgerAccount, total.asset, total.book]);
        sums.set(key, { ...total, amount: sumText(sums.get(key)?.amount ?? '0', total.amount) });
      }
      return [...sums.values()].filter(({ amount }) => amount !== '0');
    }),
});

async function symbolTotals({ rows }: Transaction, account: string): ReturnType<OrderStore['symbolTotals']> {
  const found = await rows(
    `SELECT * FROM ledger_totals WHERE account = ? AND amount <> '0' ORDER BY ledger_account, asset, book, symbol`,
    account,
  );
  return found.map((row) => ({
    symbol: text(row, 'symbol'),
    ledgerAccount: text(row, 'ledger_account'),
    asset: text(row, 'asset'),
    book: text(row, 'book'),
    amount: text(row, 'amount'),
  }));
}

/** Posts each transaction once. One that is posted already stays; with other amounts it raises an alert. */
export async function post(sql: Transaction, entries: readonly LedgerEntry[], clientOrderId = ''): Promise<void> {
  for (const lines of balancedTransactions(entries).values()) await postTransaction(sql, lines, clientOrderId);
}

async function postTransaction(sql: Transaction, lines: readonly LedgerEntry[], clientOrderId: string): Promise<void> {
  const [first] = lines;
  if (first === undefined) return;
  const { account, transactionId, symbol, venueMs } = first;
  const known = await sql.rows(
    'SELECT * FROM ledger_entries WHERE account = ? AND transaction_id = ? ORDER BY line',
    account,
    transactionId,
  );
  if (known.length > 0) {
    if (JSON.stringify(known.map(ledgerEntry).map(meaning)) === JSON.stringify(lines.map(meaning))) return;
    const alert = {
      key: `ledger ${account} ${transactionId}`,
      text: `transaction ${transactionId} was posted again with other amounts; the first ones stand`,
    };
    await addAlerts(sql, [{ ...alert, account, symbol, clientOrderId, severity: 'RED', atMs: venueMs }]);
    return;
  }
  for (const [line, entry] of lines.entries()) {
    await sql.run(
      `INSERT INTO ledger_entries (account, transaction_id, line, ledger_account, asset, amount, book, symbol, source,
         client_order_id, venue_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      account,
      transactionId,
      line,
      entry.ledgerAccount,
      entry.asset,
      entry.amount,
      entry.book,
      entry.symbol,
      entry.source,
      clientOrderId,
      entry.venueMs,
    );
    await addToTotal(sql, entry);
  }
}

/**
 * Moves what a fill posted in `unassigned` to the book of the order that it turned out to be of. A netted group has many
 * books: there it stays where it is. Somebody is told either way.
 */
export async function rebook(sql: Transaction, { symbol, tradeId }: Fill, order: OrderRecord): Promise<void> {
  const { account, book, clientOrderId } = order.intent;
  const isGroup = (await sql.row('SELECT 1 FROM netted_groups WHERE group_id = ?', book)) !== undefined;
  const rows = await sql.rows(
    `SELECT * FROM ledger_entries WHERE account = ? AND symbol = ? AND source = ? AND book = 'unassigned' ORDER BY seq`,
    account,
    symbol,
    tradeId,
  );
  const moved = isGroup ? [] : rows.map(ledgerEntry);
  const entries = moved.flatMap((entry) => {
    const transactionId = `to ${book}: ${entry.transactionId}`;
    return [
      { ...entry, transactionId, amount: unitText(-units(entry.amount)) },
      { ...entry, transactionId, book },
    ];
  });
  await post(sql, entries, clientOrderId);
  const key = `late owner ${account} ${symbol} ${tradeId}`;
  const where = isGroup ? 'stays in unassigned, since its order belongs to several books' : `is in book ${book} now`;
  const said = `trade ${tradeId} was adopted before its order was known; it ${where}`;
  await addAlerts(sql, [
    { key, account, symbol, clientOrderId, severity: 'YELLOW', text: said, atMs: order.changedMs },
  ]);
}

/** What two postings must agree in to be the same. */
const meaning = ({ ledgerAccount, asset, amount, book }: LedgerEntry) => [ledgerAccount, asset, amount, book];

async function addToTotal(sql: Transaction, { account, ledgerAccount, asset, book, symbol, amount }: LedgerEntry) {
  const of = [account, ledgerAccount, asset, book, symbol] as const;
  const row = await sql.row(
    `SELECT amount FROM ledger_totals WHERE account = ? AND ledger_account = ? AND asset = ? AND book = ? AND symbol = ?`,
    ...of,
  );
  const sum = sumText(row === undefined ? '0' : text(row, 'amount'), amount);
  await sql.run(
    `INSERT INTO ledger_totals (account, ledger_account, asset, book, symbol, amount) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (account, ledger_account, asset, book, symbol) DO UPDATE SET amount = excluded.amount`,
    ...of,
    sum,
  );
}
