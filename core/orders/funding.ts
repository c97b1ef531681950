import type { FundingPayment } from '../ports/exchange.ts';
import type { LedgerEntry } from '../ports/order-store.ts';
import { pow10 } from '../venue/decimal.ts';
import { absolute, unitDecimals, units } from './amount.ts';
import { shareOut, unassignedBook } from './books.ts';
import { entriesOf } from './ledger.ts';

/** What a book holds of a perpetual: units, negative for a short. */
export type BookSize = Readonly<{ book: string; size: bigint }>;

/** The venue numbers its payments, so whoever reads one again books it under the same id. */
export const fundingId = ({ venue, symbol, fundingId: id }: FundingPayment): string =>
  `funding ${venue} ${symbol} ${id}`;

/**
 * A payment among the books that hold the position, pro rata to size in whole `unit`s. The venue pays on the sum of
 * them: a book on the other side of it gets what its share costs the others. What no book holds is nobody's.
 */
export function shareFunding(total: bigint, held: readonly BookSize[], unit: bigint): ReadonlyMap<string, bigint> {
  const net = held.reduce((sum, { size }) => sum + size, 0n);
  if (net === 0n) return new Map([[unassignedBook, total]]);
  const isWith = ({ size }: BookSize) => size > 0n === net > 0n;
  const sharers = (books: readonly BookSize[]) =>
    books.filter(({ size }) => size !== 0n).map(({ book, size }) => ({ id: book, size: absolute(size) }));
  const along = sharers(held.filter(isWith));
  const against = sharers(held.filter((each) => !isWith(each)));
  const ofThese = along.reduce((sum, { size }) => sum + size, 0n);
  const exact = (total * ofThese) / absolute(net);
  const forAlong = against.length === 0 ? total : exact - (exact % unit);
  const alongOf = shareOut(forAlong, along, unit);
  const againstOf = shareOut(total - forAlong, against, unit);
  return new Map([
    ...along.map((each) => [each.id, alongOf(each)] as const),
    ...against.map((each) => [each.id, againstOf(each)] as const),
  ]);
}

type FundingTerms = Readonly<{ account: string; held: readonly BookSize[]; ledgerDecimals: number }>;

/** The postings of a payment: from `funding` to `assets`, the other way where it was paid. */
export function fundingEntries(
  payment: FundingPayment,
  { account, held, ledgerDecimals }: FundingTerms,
): LedgerEntry[] {
  const { symbol, asset, amount, venueMs } = payment;
  const transactionId = fundingId(payment);
  const shares = shareFunding(units(amount), held, pow10(unitDecimals - ledgerDecimals));
  // The source is no bare number: it could be that of a trade.
  const common = { transactionId, account, symbol, source: transactionId, venueMs };
  return [...shares].flatMap(([book, share]) => entriesOf([['assets', 'funding', asset, share]], { ...common, book }));
}
