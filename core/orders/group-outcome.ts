import type { NettedGroup, OrderRecord } from '../ports/order-store.ts';
import { oneUnit, sumText, units, unitText } from './amount.ts';
import { outgoingSide, shareFill } from './books.ts';
import { crossParts, planOf } from './netting.ts';
import type { Fill } from './types.ts';
import type { WantResult } from './want.ts';

export type GroupEnd = Readonly<{
  /** All orders that went out for it, oldest first, each settled. */
  legs: readonly OrderRecord[];
  /** All fills of these. */
  fills: readonly Fill[];
  ledgerDecimals: number;
  /** As of `CrossTerms`. */
  middle: string;
  /** Why nothing could be sent, where no order was even stored; empty otherwise. */
  note: string;
}>;

/** Sums over fills; both '0' without any. */
export const filledOf = (fills: readonly Fill[]): Readonly<{ amount: string; quote: string }> => ({
  amount: sumText('0', ...fills.map(({ amount }) => amount)),
  quote: sumText('0', ...fills.map(({ quoteAmount }) => quoteAmount)),
});

/** Price at which the group crosses inside, rounded down to 18 decimals. */
export function crossPrice(fills: readonly Fill[], middle: string): string {
  const { amount, quote } = filledOf(fills);
  const out = units(amount);
  return out === 0n ? sumText(middle) : unitText((units(quote) * oneUnit) / out);
}

/**
 * What each member got, in their order: what it crossed and its part of each fill, by the same sharing as the ledger's
 * postings (`crossEntries`, `shareFill`).
 */
export function groupResults(group: NettedGroup, end: GroupEnd): WantResult[] {
  const { legs, fills, ledgerDecimals, middle } = end;
  const { symbol, groupId, members } = group;
  const inside = crossParts(group, { ledgerDecimals, filled: filledOf(fills), middle });
  const takers = members.filter(({ side }) => side === outgoingSide(members));
  const parts = fills.map((fill) => ({ fill, shares: shareFill(fill, group, ledgerDecimals) }));
  // All of it went out: who has less by then has it by the sharing of the last unit.
  const isWhole = planOf(group).outgoing?.amount === filledOf(fills).amount;
  const ends = legs.map(({ intent, state, appliedExecuted, reason }) => {
    return { clientOrderId: intent.clientOrderId, state, executed: appliedExecuted, reason };
  });
  return members.map((member) => {
    const cross = inside.find((part) => part.member === member) ?? { amount: 0n, quote: 0n };
    const own = parts.flatMap(({ fill, shares }) => {
      const share = shares[takers.indexOf(member)];
      return share === undefined ? [] : [{ ...share, feeAsset: fill.feeAsset }];
    });
    const shared = own.reduce((sum, { amount }) => sum + amount, 0n);
    const quote = own.reduce((sum, share) => sum + share.quote, cross.quote);
    const fees: Record<string, string> = {};
    for (const { fee, feeAsset } of own) fees[feeAsset] = sumText(fees[feeAsset] ?? '0', unitText(fee));
    return {
      ...member,
      symbol,
      kind: 'done',
      groupId,
      crossed: unitText(cross.amount),
      shared: unitText(shared),
      quote: unitText(quote),
      fees,
      legs: ends,
      reason: isWhole || cross.amount + shared >= units(member.amount) ? '' : missingReason(end),
    };
  });
}

/** Why less went out than was wanted. */
function missingReason({ legs, note }: GroupEnd): string {
  const last = legs.at(-1);
  if (last === undefined) return note === '' ? 'nothing went out' : note;
  const { state, reason } = last;
  if (state === 'filled') return 'rounded down to the market’s steps';
  return reason === '' ? `the order ended ${state}` : `the order ended ${state}: ${reason}`;
}
