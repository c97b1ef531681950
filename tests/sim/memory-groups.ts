import { DeskError } from '../../core/errors.ts';
import { compareDecimals, checkDecimal } from '../../core/orders/decimal.ts';
import { mostRows } from '../../core/orders/store-rules.ts';
import type { GroupSettlement, NettedGroup } from '../../core/ports/order-store.ts';
import { decide, post } from './memory-rows.ts';
import type { MemoryState } from './memory-state.ts';

/** Netted groups of the store in memory: written once, never regrouped, settled once. */
export function putGroup(state: MemoryState, group: NettedGroup): 'stored' | 'same' | 'changed' {
  const { groupId, members } = group;
  for (const { intentId, amount } of members) checkDecimal(amount, `members.${intentId}.amount`, 'positive');
  if (new Set(members.map(({ intentId }) => intentId)).size < members.length) {
    throw new DeskError('BadInput', 'an intent is twice in one group', { path: 'members', found: groupId });
  }
  const known = state.groups.get(groupId);
  if (known !== undefined) return sameGroup(known, group) ? 'same' : 'changed';
  if (members.some(({ intentId }) => groupOfIntent(state, intentId) !== undefined)) return 'changed';
  state.groups.set(groupId, group);
  return 'stored';
}

export const groupOfIntent = (state: MemoryState, intentId: string): NettedGroup | undefined =>
  [...state.groups.values()].find(({ members }) => members.some((member) => member.intentId === intentId));

export function settleGroup(state: MemoryState, settlement: GroupSettlement): 'settled' | 'same' {
  const { groupId, entries, decisions } = settlement;
  if (!state.groups.has(groupId)) {
    throw new DeskError('NotFound', 'the store has no such group', { path: 'groupId', found: groupId });
  }
  if (state.settledGroups.has(groupId)) return 'same';
  post(state, entries, '');
  for (const decision of decisions) decide(state, decision);
  state.settledGroups.add(groupId);
  return 'settled';
}

export const unsettledGroups = (state: MemoryState, account: string): readonly NettedGroup[] =>
  [...state.groups.values()]
    .filter((group) => group.account === account && !state.settledGroups.has(group.groupId))
    .toSorted((a, b) => a.atMs - b.atMs || (a.groupId < b.groupId ? -1 : 1))
    .slice(0, mostRows);

const sameGroup = (left: NettedGroup, right: NettedGroup): boolean =>
  left.account === right.account &&
  left.symbol === right.symbol &&
  left.members.length === right.members.length &&
  left.members.every(({ book, side, amount, intentId }) =>
    right.members.some(
      (other) =>
        other.intentId === intentId &&
        other.book === book &&
        other.side === side &&
        compareDecimals(other.amount, amount) === 0,
    ),
  );
