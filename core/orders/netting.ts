import type { LedgerEntry, NettedGroup } from '../ports/order-store.ts';
import { pow10 } from '../venue/decimal.ts';
import { absolute, oneUnit, signOf, smallest, unitDecimals, units, unitText } from './amount.ts';
import { outgoingSide, shareOut } from './books.ts';
import { entriesOf, type LedgerMarket } from './ledger.ts';
import { derivedId } from './order-id.ts';
import type { Side } from './types.ts';

/** One strategy's wish that waits at the guard's decision. */
export type WaitingIntent = Readonly<{ intentId: string; book: string; symbol: string; side: Side; amount: string }>;

/** `outgoing` is absent where both sides are equal: everything crosses inside. */
export type NettingPlan = Readonly<{
  group: NettedGroup;
  crossed: string;
  outgoing?: Readonly<{ side: Side; amount: string }>;
}>;

/**
 * What waits at one decision, netted per symbol. The group's id is a hash of its members, so the same decision made
 * again is the same row, and one with other members is another group: it is never regrouped. An intent that waits
 * alone is a group of one, whose fills are all its own.
 */
export function netIntents(waiting: readonly WaitingIntent[], account: string, atMs: number): NettingPlan[] {
  const bySymbol = Map.groupBy(waiting, ({ symbol }) => symbol);
  return [...bySymbol]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, intents]) => {
      const members = intents
        .map(({ book, side, amount, intentId }) => ({ book, side, amount, intentId }))
        .toSorted((a, b) => (a.intentId < b.intentId ? -1 : 1));
      const parts = members.flatMap(({ intentId, side, amount }) => [intentId, side, amount]);
      return planOf({ groupId: derivedId('group', account, symbol, ...parts), account, symbol, members, atMs });
    });
}

/** What a stored group is about: the same whenever it is asked. */
export function planOf(group: NettedGroup): NettingPlan {
  const bought = sumOf(group, 'buy');
  const sold = sumOf(group, 'sell');
  const crossed = unitText(smallest(bought, sold));
  if (bought === sold) return { group, crossed };
  return { group, crossed, outgoing: { side: outgoingSide(group.members), amount: unitText(absolute(bought - sold)) } };
}

const sumOf = ({ members }: NettedGroup, side: Side): bigint =>
  members.filter((member) => member.side === side).reduce((sum, { amount }) => sum + units(amount), 0n);

export type CrossTerms = Readonly<{
  market: LedgerMarket;
  ledgerDecimals: number;
  /** Sums over the fills of what went out; both '0' where nothing did. */
  filled: Readonly<{ amount: string; quote: string }>;
  /** The venue's mid when the group was decided: the price where nothing went out. */
  middle: string;
  venueMs: number;
}>;

/** What one member crosses inside. Units, without sign. */
export type CrossPart = Readonly<{ member: NettedGroup['members'][number]; amount: bigint; quote: bigint }>;

/**
 * The part that crosses between books, buyers first: at the average price of what went out, shared on each side pro rata
 * to size. What one side pays the other gets to the last unit.
 */
export function crossParts(group: NettedGroup, terms: Omit<CrossTerms, 'market' | 'venueMs'>): CrossPart[] {
  const { ledgerDecimals, filled, middle } = terms;
  const crossed = smallest(sumOf(group, 'buy'), sumOf(group, 'sell'));
  if (crossed === 0n) return [];
  const unit = pow10(unitDecimals - ledgerDecimals);
  const out = units(filled.amount);
  const exact = out === 0n ? (crossed * units(middle)) / oneUnit : (crossed * units(filled.quote)) / out;
  const quote = exact - (exact % unit);
  return (['buy', 'sell'] as const).flatMap((side) => {
    const sharers = group.members
      .filter((member) => member.side === side)
      .map((member) => ({ member, id: member.intentId, size: units(member.amount) }));
    const amountOf = shareOut(crossed, sharers, unit);
    const quoteOf = shareOut(quote, sharers, unit);
    return sharers.map((sharer) => ({ member: sharer.member, amount: amountOf(sharer), quote: quoteOf(sharer) }));
  });
}

/** The postings of `crossParts`: no fee, one cross id, and the account's own sums do not move. */
export function crossEntries(group: NettedGroup, terms: CrossTerms): LedgerEntry[] {
  const { market, venueMs } = terms;
  const transactionId = derivedId('cross', group.groupId);
  // A perpetual moves no money when it changes hands inside: what each book paid stays with its position's cost.
  const base = market.settle === undefined ? market.base : market.symbol;
  const holding = market.settle === undefined ? 'assets' : 'positions';
  const money = market.settle === undefined ? 'assets' : 'trading';
  return crossParts(group, terms).flatMap(({ member: { side, book }, amount, quote }) =>
    entriesOf(
      [
        [holding, 'crossing', base, signOf(side) * amount],
        [money, 'crossing', market.quote, -signOf(side) * quote],
      ],
      { transactionId, account: group.account, book, symbol: group.symbol, source: group.groupId, venueMs },
    ),
  );
}
