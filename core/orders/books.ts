import type { NettedGroup } from '../ports/order-store.ts';
import { signOf, units, unitDecimals, unitText } from './amount.ts';
import { pow10 } from '../venue/decimal.ts';
import type { FillShare } from './ledger.ts';
import type { Fill, Side } from './types.ts';

/** Orders, fills and positions of other programs and people: never deleted, never traded. */
export const unassignedBook = 'unassigned';

type Member = NettedGroup['members'][number];

/** The members that share what goes out: those of the larger side, each with its whole size. */
export function outgoingSide(members: readonly Member[]): Side {
  const net = members.reduce((sum, { side, amount }) => sum + signOf(side) * units(amount), 0n);
  return net >= 0n ? 'buy' : 'sell';
}

/** Who takes part in a sharing; no two have the same id. */
type Sharer = Readonly<{ id: string; size: bigint }>;

/**
 * Splits `total` pro rata to sizes in whole `unit`s by largest remainder, ties by lower id; what is finer than a unit
 * goes to the first. Gives the part of each sharer: together they are the total exactly, signs included.
 */
export function shareOut(total: bigint, sharers: readonly Sharer[], unit: bigint): (sharer: Sharer) => bigint {
  const sum = sharers.reduce((all, { size }) => all + size, 0n);
  if (sum <= 0n) return (sharer) => (sharer === sharers[0] ? total : 0n);
  const sign = total < 0n ? -1n : 1n;
  const whole = (total * sign) / unit;
  const dust = total * sign - whole * unit;
  const roundedDown = ({ size }: Sharer) => (whole * size) / sum;
  const order = sharers
    .map((sharer) => ({ sharer, rest: (whole * sharer.size) % sum }))
    .toSorted((a, b) => (a.rest === b.rest ? (a.sharer.id < b.sharer.id ? -1 : 1) : a.rest > b.rest ? -1 : 1))
    .map(({ sharer }) => sharer);
  // Less than there are sharers, since each lost less than one.
  const left = whole - sharers.reduce((all, sharer) => all + roundedDown(sharer), 0n);
  const roundedUp = new Set(order.slice(0, Number(left)));
  return (sharer) => {
    const part = roundedDown(sharer) + (roundedUp.has(sharer) ? 1n : 0n);
    return sign * (part * unit + (sharer === order[0] ? dust : 0n));
  };
}

/**
 * What is a member's of an order that went out for its group, in base asset: '0' for one that crosses inside. By size,
 * to 1e-8; what it got of each fill is in the ledger.
 */
export type OrderShare = Readonly<{ book: string; intentId: string; side: Side; wanted: string; share: string }>;

const shareDecimals = 8;

/** The members of a group, in their order, with their shares of one of its orders of this amount. */
export function orderShares({ members }: NettedGroup, amount: string): OrderShare[] {
  const side = outgoingSide(members);
  const sharers = members.map((member) => ({
    member,
    id: member.intentId,
    size: member.side === side ? units(member.amount) : 0n,
  }));
  const partOf = shareOut(units(amount), sharers, pow10(unitDecimals - shareDecimals));
  return sharers.map((sharer) => {
    const { book, intentId, side: own, amount: wanted } = sharer.member;
    return { book, intentId, side: own, wanted, share: unitText(partOf(sharer)) };
  });
}

/** A fill of a group's order, shared among the members of the larger side as it came: amount, quote, fee, profit. */
export function shareFill(fill: Fill, group: NettedGroup, ledgerDecimals: number): FillShare[] {
  const side = outgoingSide(group.members);
  const takers = group.members
    .filter((member) => member.side === side)
    .map(({ intentId, book, amount }) => ({ id: intentId, size: units(amount), book }));
  const unit = pow10(unitDecimals - ledgerDecimals);
  const split = (text: string) => shareOut(units(text), takers, unit);
  const amountOf = split(fill.amount);
  const quoteOf = split(fill.quoteAmount);
  const feeOf = split(fill.fee);
  const realizedOf = split(fill.realizedPnl ?? '0');
  return takers.map((taker) => ({
    book: taker.book,
    amount: amountOf(taker),
    quote: quoteOf(taker),
    fee: feeOf(taker),
    realized: realizedOf(taker),
  }));
}
