import { DeskError } from '../errors.ts';
import { oneOf, type Reader, readObject } from '../read-input.ts';
import { sumText } from './amount.ts';
import { unassignedBook } from './books.ts';
import { decimal, shortText } from './order-request.ts';
import type { OrderState, Side } from './types.ts';

/** What one book wants to trade: netted with what other books want of the same market before anything goes out. */
export type Want = Readonly<{
  /** Of whoever wants it, never used for another want: asked again with the same one, it is the same want. */
  intentId: string;
  book: string;
  /** CCXT unified. */
  symbol: string;
  side: Side;
  /** Of the base asset; what goes out of a group is rounded to the market's steps, a want itself is not. */
  amount: string;
  reason: string;
  /** `identity` of the asker's order store, as in an OrderRequest. */
  storeId?: string;
}>;

/** How a want ended. Decimal strings. */
export type WantResult = Omit<Want, 'reason' | 'storeId'> &
  Readonly<{
    /** `refused`: nothing of it was traded, and it is in no group. */
    kind: 'done' | 'refused';
    /** Empty when refused. */
    groupId: string;
    /** Traded inside, with other books. */
    crossed: string;
    /** Its part of what went out and was filled. */
    shared: string;
    /** Quote that both together took or brought, before fees. */
    quote: string;
    fees: Readonly<Record<string, string>>;
    /** Orders that went out for its group, oldest first. */
    legs: readonly Readonly<{ clientOrderId: string; state: OrderState; executed: string; reason: string }>[];
    /** Why it was refused, or is not whole; empty otherwise. */
    reason: string;
  }>;

const book: Reader = (value, path) => {
  const name = shortText(value, path) as string;
  const isReserved = name === unassignedBook || /^group-[0-9a-f]{32}$/.test(name);
  if (!isReserved) return name;
  throw new DeskError('BadInput', 'no book that trades', {
    path,
    expected: 'the name of a strategy’s book',
    found: name,
  });
};

/** Reads a want, whoever wrote it; `reason` may be left out. Throws BadInput with the path of what is wrong. */
export function parseWant(input: unknown): Want {
  const read = readObject(input ?? {}, '', {
    intentId: shortText,
    book,
    symbol: shortText,
    side: oneOf(['buy', 'sell']),
    amount: decimal,
    reason: shortText,
    storeId: shortText,
  }) as Partial<Want>;
  const { intentId, symbol, side, amount, reason = 'wanted', storeId } = read;
  const wanted = { intentId, book: read.book, symbol, side, amount };
  for (const path of ['intentId', 'book', 'symbol', 'side', 'amount'] as const) {
    if (wanted[path] === undefined) throw new DeskError('BadInput', 'missing', { path, expected: expectedOf[path] });
  }
  // Each reader returned its key's type, or threw, and none is missing.
  return { ...wanted, reason, ...(storeId !== undefined && { storeId }) } as Want;
}

const expectedOf = {
  intentId: 'an id of whoever wants it, for this want alone',
  book: 'the book that it is for',
  symbol: 'a market, as "BTC/USDT"',
  side: 'buy or sell',
  amount: 'a decimal text above 0, as "0.015"',
} as const;

type Content = Pick<Want, 'intentId' | 'book' | 'symbol' | 'side' | 'amount'>;

/** Whether two of one id want the same; why they want it does not count. */
export const sameWant = (left: Content, right: Content): boolean =>
  left.book === right.book &&
  left.symbol === right.symbol &&
  left.side === right.side &&
  sumText(left.amount) === sumText(right.amount);

export const refusedWant = (want: Want, reason: string): WantResult => {
  const { intentId, book: name, symbol, side, amount } = want;
  const nothing = { groupId: '', crossed: '0', shared: '0', quote: '0', fees: {}, legs: [] };
  return { intentId, book: name, symbol, side, amount, kind: 'refused', ...nothing, reason };
};
