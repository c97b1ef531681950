import { createHash } from 'node:crypto';
import type { OrderAlert, OrderDecision, OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';
import { checkText, mostRows } from '../../../core/orders/store-rules.ts';
import type { Database, Row, Transaction, Value } from '../sql/database.ts';
import { orderAlert, orderDecision } from './rows.ts';

/** Decisions and alerts: what was decided, and what somebody has to look at. */
export const recordMethods = ({
  read,
  write,
}: Database): Pick<OrderStore, 'recordDecision' | 'decisions' | 'raiseAlerts' | 'alerts'> => ({
  recordDecision: (decision) => write((sql) => addDecision(sql, decision)),

  decisions: (filter) =>
    read(async (sql) => {
      const rows = await newest(sql, 'decisions', filter);
      return rows.map(orderDecision).toReversed();
    }),

  raiseAlerts: (alerts) => write((sql) => addAlerts(sql, alerts)),

  alerts: (filter) => read(async (sql) => (await newest(sql, 'alerts', filter)).map(orderAlert)),
});

const usualRows = 200;

/** The number of rows that a call gives. */
export const limitOf = (limit: number | undefined, usual = usualRows): number => Math.min(limit ?? usual, mostRows);

function newest(
  { rows }: Transaction,
  table: 'decisions' | 'alerts',
  { account, clientOrderId, limit }: Readonly<{ account?: string; clientOrderId?: string; limit?: number }>,
): Promise<readonly Row[]> {
  const where = conditions([
    ['account = ?', account],
    ['client_order_id = ?', clientOrderId],
  ]);
  return rows(`SELECT * FROM ${table} ${where.sql} ORDER BY seq DESC LIMIT ?`, ...where.values, limitOf(limit));
}

/** WHERE of those conditions that have a value. */
export function conditions(all: readonly (readonly [string, Value | undefined])[]): {
  sql: string;
  values: readonly Value[];
} {
  const given = all.filter((entry): entry is readonly [string, Value] => entry[1] !== undefined);
  return {
    sql: given.length === 0 ? '' : `WHERE ${given.map(([condition]) => condition).join(' AND ')}`,
    values: given.map(([, value]) => value),
  };
}

/** A decision that was recorded already is left alone: whoever decides may be repeated. */
export async function addDecision(
  { run }: Transaction,
  { account, clientOrderId = '', what, why, by, atMs }: OrderDecision,
  /** What tells it from others; by default all of it, so that only a repeated call is the same. */
  key = hashOf([account, clientOrderId, what, why, by, String(atMs)]),
): Promise<void> {
  checkText(what, 'what', 1);
  checkText(why, 'why');
  await run(
    `INSERT INTO decisions (key, account, client_order_id, what, why, decided_by, at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    key,
    account,
    clientOrderId,
    what,
    why,
    by,
    atMs,
  );
}

/** A decision on an order by its owner. */
export const decide = (
  sql: Transaction,
  { intent, ownerWorkflowId }: OrderRecord,
  what: string,
  { why, atMs }: Readonly<{ why: string; atMs: number }>,
): Promise<void> =>
  addDecision(sql, {
    account: intent.account,
    clientOrderId: intent.clientOrderId,
    what,
    why,
    by: ownerWorkflowId,
    atMs,
  });

export async function addAlerts({ run }: Transaction, alerts: readonly OrderAlert[]): Promise<void> {
  for (const { key, account, symbol, clientOrderId = '', severity, text, atMs } of alerts) {
    checkText(key, 'alerts.key', 1);
    checkText(text, 'alerts.text', 1);
    await run(
      `INSERT INTO alerts (key, account, symbol, client_order_id, severity, text, at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      key,
      account,
      symbol,
      clientOrderId,
      severity,
      text,
      atMs,
    );
  }
}

/** One text for many; no field can run into the next. */
export const hashOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');
