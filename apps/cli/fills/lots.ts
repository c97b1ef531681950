import { oneUnit, sumText, units, unitText } from '../../../core/orders/amount.ts';
import { type ClosedLot, type LotMethod, type LotMoney, lotsOf, type OpenLot } from '../../../core/orders/lots.ts';
import type { Fill } from '../../../core/orders/types.ts';
import { marketWords } from '../positions/positions-of.ts';
import type { FillRow, OwnerOf } from './rows.ts';

/** Titles of the exported columns. Amounts are exact decimal numbers, times ISO 8601 in UTC. */
export const lotColumns = [
  'status',
  'account',
  'symbol',
  'book',
  'side',
  'amount',
  'opened_at',
  'opened_price',
  'cost',
  'closed_at',
  'closed_price',
  'proceeds',
  'gain',
  'gain_before_fees',
  'quote_asset',
  'fee_assets',
  'fees_not_in_quote',
  'method',
  'opening_trade_id',
  'closing_trade_id',
] as const;

export type LotRows = Readonly<{ closed: readonly FillRow[]; open: readonly FillRow[] }>;

/** A row for each lot of the fills of one account and market, oldest fill first. */
export function lotRows(
  fills: readonly Fill[],
  account: string,
  by: Readonly<{ method: LotMethod; ownerOf: OwnerOf }>,
): LotRows {
  const bookOf = booksOf(fills, by.ownerOf);
  const { closed, open } = lotsOf(fills, by.method);
  const row = (lot: OpenLot | ClosedLot) => rowOf(lot, { account, method: by.method, bookOf });
  return { closed: closed.map(row), open: open.map(row) };
}

type BookOf = (tradeId: string) => string;

function booksOf(fills: readonly Fill[], ownerOf: OwnerOf): BookOf {
  const books = new Map(fills.map((fill) => [fill.tradeId, ownerOf(fill)?.intent.book ?? 'unassigned']));
  return (tradeId) => books.get(tradeId) ?? 'unassigned';
}

/** Of a short, the fill that closes it is the one that costs, and the one that opened it brought the proceeds. */
function rowOf(
  lot: OpenLot | ClosedLot,
  { account, method, bookOf }: Readonly<{ account: string; method: LotMethod; bookOf: BookOf }>,
): FillRow {
  const isShort = lot.amount.startsWith('-');
  const amount = lot.amount.replace('-', '');
  const end = 'closing' in lot ? lot : undefined;
  const [bought, sold] = isShort ? [end?.closing, lot.opening] : [lot.opening, end?.closing];
  const cost = bought === undefined ? '' : sumText(bought.quote, bought.feesInQuote);
  const proceeds = sold === undefined ? '' : difference(sold.quote, sold.feesInQuote);
  const books = new Set([bookOf(lot.openedTradeId), ...(end === undefined ? [] : [bookOf(end.closedTradeId)])]);
  const { base, quote } = marketWords(lot.symbol);
  const fees = feesOf(lot.opening, end?.closing);
  return [
    end === undefined ? 'open' : 'closed',
    account,
    lot.symbol,
    books.size === 1 ? [...books].join('') : '',
    isShort ? 'short' : 'long',
    amount,
    new Date(lot.openedMs).toISOString(),
    priceOf(lot.opening, amount),
    cost,
    end === undefined ? '' : new Date(end.closedMs).toISOString(),
    end === undefined ? '' : priceOf(end.closing, amount),
    proceeds,
    end === undefined ? '' : difference(proceeds, cost),
    end?.realized ?? '',
    quote,
    Object.keys(fees).join(' '),
    Object.entries(fees)
      .filter(([asset]) => asset !== base && asset !== quote)
      .map(([asset, fee]) => `${fee} ${asset}`)
      .join(' '),
    method,
    lot.openedTradeId,
    end?.closedTradeId ?? '',
  ];
}

/** By asset, of both ends of a lot. */
function feesOf(...ends: readonly (LotMoney | undefined)[]): Readonly<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const end of ends) {
    for (const [asset, fee] of Object.entries(end?.fees ?? {})) sums[asset] = sumText(sums[asset] ?? '0', fee);
  }
  return sums;
}

/** Without fees; by average cost, what all that was open cost. */
const priceOf = ({ quote }: LotMoney, amount: string): string => unitText((units(quote) * oneUnit) / units(amount));

const difference = (left: string, right: string): string => unitText(units(left) - units(right));
