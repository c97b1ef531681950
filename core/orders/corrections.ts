import type { LedgerEntry } from '../ports/order-store.ts';
import { units, unitText } from './amount.ts';
import { unassignedBook } from './books.ts';
import { entriesOf } from './ledger.ts';
import { derivedId } from './order-id.ts';

/** One asset (or, of a perpetual, one symbol) by the ledger and by the venue. Decimal strings. */
export type Holding = Readonly<{ ledgerAccount: 'assets' | 'positions'; asset: string; ledger: string; venue: string }>;

/** A difference that the reconciliation before this one saw too. */
export type Drift = Readonly<{ ledgerAccount: Holding['ledgerAccount']; asset: string; difference: string }>;

export type CorrectionInput = Readonly<{
  account: string;
  /** Empty where the query failed: then nothing is concluded. */
  holdings: readonly Holding[];
  before: readonly Drift[];
  /** Assets and symbols that an order of ours still moves: not settled, or its fills may not have come. */
  moving: readonly string[];
  /** Corrections that the ledger has, read before the holdings' sums: part of the id, since a drift can come back. */
  booked: readonly Pick<LedgerEntry, 'asset'>[];
  /** `booked` are all that there ever were: then their number tells one drift from another, whatever else was traded. */
  allBooked?: boolean;
  venueMs: number;
}>;

/**
 * What the venue holds and neither an order of ours nor funding explains: deposits, withdrawals, trades by hand. A difference is
 * booked when two reconciliations in a row saw the same one and nothing moves the asset; before that it is drift, and
 * an alert. Ids are hashes of what they explain, and of where in the ledger: two that know the same corrections book
 * once, however late one of them is.
 */
export function planCorrections(input: CorrectionInput): Readonly<{ drift: Drift[]; entries: LedgerEntry[] }> {
  const found = input.holdings
    .map((holding) => ({ ...holding, difference: unitText(units(holding.venue) - units(holding.ledger)) }))
    .filter(({ difference }) => difference !== '0');
  const drift = found.map(({ ledgerAccount, asset, difference }): Drift => ({ ledgerAccount, asset, difference }));
  const entries = found
    .filter(({ asset }) => !input.moving.includes(asset))
    .filter((each) => input.before.some((earlier) => isSame(earlier, each)))
    .flatMap(({ ledgerAccount, asset, ledger, difference }) => {
      const { account, booked, allBooked, venueMs } = input;
      const sum = allBooked === true ? '' : unitText(units(ledger));
      const before = booked.filter((entry) => entry.asset === asset).length;
      const id = derivedId('correction', account, ledgerAccount, asset, sum, difference, before);
      return entriesOf([[ledgerAccount, 'external', asset, units(difference)]], {
        transactionId: id,
        account,
        book: unassignedBook,
        symbol: ledgerAccount === 'positions' ? asset : '',
        source: id,
        venueMs,
      });
    });
  return { drift, entries };
}

const isSame = (a: Drift, b: Drift): boolean =>
  a.ledgerAccount === b.ledgerAccount && a.asset === b.asset && units(a.difference) === units(b.difference);
