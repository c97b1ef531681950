import { sumText } from '../../../core/orders/amount.ts';
import { feeInQuote } from '../../../core/orders/fee-in-quote.ts';
import { type LotMethod, lotsOf } from '../../../core/orders/lots.ts';
import type { Fill } from '../../../core/orders/types.ts';
import type { OrderRecord } from '../../../core/ports/order-store.ts';
import { marketWords } from '../positions/positions-of.ts';

/** Titles of the exported columns. Amounts are exact decimal numbers, times ISO 8601 in UTC. */
export const fillColumns = [
  'time',
  'account',
  'venue',
  'symbol',
  'side',
  'amount',
  'price',
  'quote_amount',
  'quote_asset',
  'fee',
  'fee_asset',
  'fee_in_quote',
  'liquidity',
  'realized_pnl',
  'realized_pnl_by_venue',
  'method',
  'trade_id',
  'venue_order_id',
  'client_order_id',
  'book',
] as const;

export type FillRow = readonly string[];

/** Which order of ours a fill is of, by the venue's number. */
export type OwnerOf = (fill: Fill) => OrderRecord | undefined;

/** Rows of the fills of one account and market, oldest first, with what each realised by lots, before fees. */
export function fillRows(
  fills: readonly Fill[],
  account: string,
  by: Readonly<{ method: LotMethod; ownerOf: OwnerOf }>,
) {
  const realized = new Map<string, string>();
  for (const lot of lotsOf(fills, by.method).closed) {
    realized.set(lot.closedTradeId, sumText(realized.get(lot.closedTradeId) ?? '0', lot.realized));
  }
  return fills.map((fill): FillRow => {
    const { quote } = marketWords(fill.symbol);
    const order = by.ownerOf(fill);
    return [
      new Date(fill.venueMs).toISOString(),
      account,
      fill.venue,
      fill.symbol,
      fill.side,
      fill.amount,
      fill.price,
      fill.quoteAmount,
      quote,
      fill.fee,
      fill.feeAsset,
      feeInQuote(fill),
      fill.liquidity,
      realized.get(fill.tradeId) ?? '0',
      fill.realizedPnl ?? '',
      by.method,
      fill.tradeId,
      fill.venueOrderId,
      order?.intent.clientOrderId ?? fill.clientOrderId ?? '',
      order?.intent.book ?? 'unassigned',
    ];
  });
}

/** A value that spreadsheets take as text is quoted where it must be, and never read as a formula. */
export function csvLine(values: readonly string[]): string {
  return values.map((value) => csvValue(value)).join(',');
}

function csvValue(value: string): string {
  const harmless = /^[=+@\t\r]/.test(value) || /^-(?![\d.])/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
