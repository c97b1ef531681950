import { checkIntent, checkSubmit, checkText, sameIntent, submitRefusal } from '../../../core/orders/store-rules.ts';
import type { OrderIntent } from '../../../core/orders/types.ts';
import type { OrderRecord, OrderStore, SubmitRequest, SubmitResult } from '../../../core/ports/order-store.ts';
import type { Database, Transaction } from '../sql/database.ts';
import { number } from '../sql/rows.ts';
import { accountState, changeMode } from './accounts.ts';
import { requireReserve } from './disk-reserve.ts';
import { claimOrder, findOrder, insertOrder, mustFind, updateOrder } from './order-rows.ts';
import { rebook } from './ledger.ts';
import { addDecision, decide, hashOf } from './records.ts';
import { fillOf, orderRecord } from './rows.ts';

/** What happens to an intent before anything of it is sent. */
export const intentMethods = ({
  write,
  freeBytes,
}: Database): Pick<OrderStore, 'putIntent' | 'submitOnce' | 'deny' | 'afterRestore'> => ({
  putIntent: (intent, venue, ownerWorkflowId, atMs) =>
    write((sql) => putIntent(sql, newRecord(intent, { venue, ownerWorkflowId, atMs }))),

  submitOnce(request, atMs) {
    const askedMs = performance.now();
    return write(async (sql) => {
      // A process that waited for another one, or stood still, is that much later than it thinks.
      const later = { ...request, venueMs: request.venueMs + (performance.now() - askedMs) };
      const result = await submitOnce(sql, later, atMs);
      if (result.kind === 'won' && !request.reduces) requireReserve({ freeBytes });
      return result;
    });
  },

  deny: (clientOrderId, reason, atMs) =>
    write(async (sql) => {
      checkText(reason, 'reason', 1);
      const record = await mustFind(sql, clientOrderId);
      if (record.state === 'denied') return { kind: 'denied', record };
      if (record.state !== 'initialized') return { kind: 'lost', record };
      const denied: OrderRecord = { ...nextVersion(record, atMs), state: 'denied', reason };
      await updateOrder(sql, denied);
      await decide(sql, denied, 'denied', { why: reason, atMs });
      return { kind: 'denied', record: denied };
    }),

  afterRestore: (account, by, ...[{ venueMs, receiveWindowMs, settleMs }, atMs]) =>
    write(async (sql) => {
      const reason = 'the store was restored from a backup: what it does not know of is looked up first';
      const deadlineMs = venueMs + receiveWindowMs;
      await changeMode(sql, { account, mode: 'HALTED', why: { reason, by, person: false }, venueMs, atMs });
      const safeMs = deadlineMs + settleMs;
      await sql.run('UPDATE account_modes SET restored_safe_ms = ? WHERE account = ?', safeMs, account);
      await addDecision(sql, { account, what: 'restored', why: reason, by, atMs });
      await doubtInitialized(sql, account, { deadlineMs, atMs });
      const open = await sql.rows(
        `SELECT * FROM orders WHERE account = ? AND adopted = 0
           AND state IN ('submitted', 'accepted', 'partiallyFilled', 'unknown')
         ORDER BY created_ms, client_order_id`,
        account,
      );
      return open.map(orderRecord);
    }),
});

const newRecord = (
  intent: OrderIntent,
  { venue, ownerWorkflowId, atMs }: Readonly<{ venue: string; ownerWorkflowId: string; atMs: number }>,
): OrderRecord => ({
  intent,
  venue,
  state: 'initialized',
  version: 1,
  venueExecuted: '0',
  appliedExecuted: '0',
  reason: '',
  ownerWorkflowId,
  createdMs: atMs,
  changedMs: atMs,
});

const nextVersion = (record: OrderRecord, atMs: number): OrderRecord => ({
  ...record,
  version: record.version + 1,
  changedMs: atMs,
});

type Put = Awaited<ReturnType<OrderStore['putIntent']>>;

async function putIntent(sql: Transaction, wanted: OrderRecord): Promise<Put> {
  const { intent, venue, ownerWorkflowId } = wanted;
  checkIntent(intent);
  checkText(venue, 'venue', 1);
  const row = await sql.row('SELECT * FROM orders WHERE client_order_id = ?', intent.clientOrderId);
  if (row === undefined) {
    await insertOrder(sql, wanted);
    return { kind: 'stored', record: wanted };
  }
  const known = orderRecord(row);
  if (number(row, 'adopted') === 0) {
    return { kind: sameIntent(known.intent, intent) && known.venue === venue ? 'same' : 'changed', record: known };
  }
  // Adopted under our id: it was sent before the store's memory begins. What the venue showed of it must fit.
  const { book, reason, seed, leg, intentNumber } = intent;
  const shown = { ...known.intent, book, reason, seed, leg, intentNumber, timeInForce: intent.timeInForce };
  if (!sameIntent(shown, intent) || known.venue !== venue) return { kind: 'changed', record: known };
  const claimed = { ...known, intent, ownerWorkflowId };
  await claimOrder(sql, claimed);
  // What was adopted with it stands in the book of nobody.
  const id = intent.clientOrderId;
  const fills = await sql.rows('SELECT fill FROM fills WHERE client_order_id = ? AND account = ?', id, intent.account);
  for (const each of fills) await rebook(sql, fillOf(each), claimed);
  await decide(sql, claimed, 'adopted', {
    why: 'found at the venue before the intent was stored',
    atMs: wanted.createdMs,
  });
  return { kind: 'same', record: claimed };
}

async function submitOnce(sql: Transaction, request: SubmitRequest, atMs: number): Promise<SubmitResult> {
  const { clientOrderId, submission, grant } = request;
  checkSubmit(request);
  const record = await mustFind(sql, clientOrderId);
  if (record.state !== 'initialized') return { kind: 'lost', record };
  const { account, symbol } = record.intent;
  const why = submitRefusal(await accountState(sql, account), { symbol }, request, request.venueMs);
  if (why !== undefined) {
    // Said once for each reason: who is refused may try again and again.
    const decision = { account, clientOrderId, what: 'submitRefused', why, by: record.ownerWorkflowId, atMs };
    await addDecision(sql, decision, hashOf([clientOrderId, 'submitRefused', why]));
    return { kind: 'refused', why, record };
  }
  const won: OrderRecord = { ...nextVersion(record, atMs), state: 'submitted', submission };
  await updateOrder(sql, won, { reservation_id: grant.reservationId, granted_ms: grant.grantedMs });
  await decide(sql, won, 'submitted', { why: `granted as ${grant.reservationId}`, atMs });
  return { kind: 'won', record: won };
}

async function doubtInitialized(
  sql: Transaction,
  account: string,
  { deadlineMs, atMs }: Readonly<{ deadlineMs: number; atMs: number }>,
): Promise<void> {
  const rows = await sql.rows(
    `SELECT client_order_id FROM orders WHERE account = ? AND state = 'initialized'`,
    account,
  );
  for (const { client_order_id: id } of rows) {
    const record = await findOrder(sql, String(id));
    if (record === undefined) continue;
    const submission = { timestampMs: Math.min(record.createdMs, deadlineMs - 1), deadlineMs };
    const reason = 'the store was restored from a backup: it may have been sent';
    await updateOrder(sql, { ...nextVersion(record, atMs), state: 'unknown', submission, reason });
  }
}
