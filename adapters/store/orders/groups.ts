import { DeskError } from '../../../core/errors.ts';
import { compareDecimals, checkDecimal } from '../../../core/orders/decimal.ts';
import { mostRows } from '../../../core/orders/store-rules.ts';
import type { GroupSettlement, NettedGroup, OrderStore } from '../../../core/ports/order-store.ts';
import type { Database, Transaction } from '../sql/database.ts';
import { post } from './ledger.ts';
import { addDecision } from './records.ts';
import { nettedGroup } from './rows.ts';

type GroupMethods = 'putGroup' | 'group' | 'groupOfIntent' | 'settleGroup' | 'unsettledGroups';

/** Netted groups: written once, never regrouped, settled once. */
export const groupMethods = ({ read, write }: Database): Pick<OrderStore, GroupMethods> => ({
  putGroup: (group) => write((sql) => putGroup(sql, group)),
  group: (groupId) => read((sql) => groupOf(sql, groupId)),
  groupOfIntent: (intentId) =>
    read(async ({ row }) => {
      const sql =
        'SELECT g.* FROM netted_groups g JOIN netted_members m ON m.group_id = g.group_id WHERE m.intent_id = ?';
      const found = await row(sql, intentId);
      return found && nettedGroup(found);
    }),
  settleGroup: (settlement) => write((sql) => settleGroup(sql, settlement)),
  unsettledGroups: (account) =>
    read(async ({ rows }) => {
      const sql =
        'SELECT * FROM netted_groups WHERE account = ? AND settled_ms IS NULL ORDER BY at_ms, group_id LIMIT ?';
      return (await rows(sql, account, mostRows)).map(nettedGroup);
    }),
});

/** Who finds it settled leaves everything as it is: the first one to settle decided. */
async function settleGroup(sql: Transaction, settlement: GroupSettlement): Promise<'settled' | 'same'> {
  const { groupId, entries, decisions, atMs } = settlement;
  const found = await sql.row('SELECT settled_ms FROM netted_groups WHERE group_id = ?', groupId);
  if (found === undefined) {
    throw new DeskError('NotFound', 'the store has no such group', { path: 'groupId', found: groupId });
  }
  if (found['settled_ms'] !== null) return 'same';
  await post(sql, entries);
  for (const decision of decisions) await addDecision(sql, decision);
  await sql.run('UPDATE netted_groups SET settled_ms = ? WHERE group_id = ?', atMs, groupId);
  return 'settled';
}

async function groupOf({ row }: Transaction, groupId: string): Promise<NettedGroup | undefined> {
  const found = await row('SELECT * FROM netted_groups WHERE group_id = ?', groupId);
  return found && nettedGroup(found);
}

async function putGroup(sql: Transaction, group: NettedGroup): Promise<'stored' | 'same' | 'changed'> {
  const { groupId, account, symbol, members, atMs, seed = '', middle = '' } = group;
  for (const { intentId, amount } of members) checkDecimal(amount, `members.${intentId}.amount`, 'positive');
  if (new Set(members.map(({ intentId }) => intentId)).size < members.length) {
    throw new DeskError('BadInput', 'an intent is twice in one group', { path: 'members', found: groupId });
  }
  const known = await groupOf(sql, groupId);
  if (known !== undefined) return isSame(known, group) ? 'same' : 'changed';
  for (const { intentId } of members) {
    const elsewhere = await sql.row('SELECT 1 FROM netted_members WHERE intent_id = ?', intentId);
    if (elsewhere !== undefined) return 'changed';
  }
  await sql.run(
    'INSERT INTO netted_groups (group_id, account, symbol, members, at_ms, seed, middle) VALUES (?, ?, ?, ?, ?, ?, ?)',
    groupId,
    account,
    symbol,
    JSON.stringify(members),
    atMs,
    seed,
    middle,
  );
  for (const { intentId, book } of members) {
    await sql.run('INSERT INTO netted_members (intent_id, group_id, book) VALUES (?, ?, ?)', intentId, groupId, book);
  }
  return 'stored';
}

/** The moment apart, and whatever order the members are in. */
function isSame(left: NettedGroup, right: NettedGroup): boolean {
  if (left.account !== right.account || left.symbol !== right.symbol) return false;
  if (left.members.length !== right.members.length) return false;
  return left.members.every(({ book, side, amount, intentId }) =>
    right.members.some(
      (other) =>
        other.intentId === intentId &&
        other.book === book &&
        other.side === side &&
        compareDecimals(other.amount, amount) === 0,
    ),
  );
}
