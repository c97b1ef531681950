import { DeskError } from '../../../core/errors.ts';
import { arrivalPriceOf } from '../../../core/orders/arrival-price.ts';
import { feeInQuote } from '../../../core/orders/fee-in-quote.ts';
import { mostRows } from '../../../core/orders/store-rules.ts';
import type { NettedGroup, OrderRecord, OrderStore } from '../../../core/ports/order-store.ts';
import { everyFill, everyOrder } from '../orders/every-fill.ts';
import { marketWords } from '../positions/positions-of.ts';
import type { FillRow } from './rows.ts';

/** Columns of `plugins run diag_slippage_report --fills`. */
export const slippageColumns = [
  'order',
  'symbol',
  'side',
  'venue',
  'strategy',
  'orderQty',
  'decisionPrice',
  'arrivalPrice',
  'time',
  'price',
  'qty',
  'fee',
] as const;

/** Rows, oldest order first, and what there is to know of them. */
type SlippageTable = Readonly<{ rows: readonly FillRow[]; told: readonly string[] }>;

type Counts = { unpriced: number; stops: number; partly: number; feesLeftOut: number };

/**
 * The fills of our orders with the prices around them. The price at arrival is the venue's of the price check just
 * before the order was sent; that of the decision is the group's where the order went out for netted wants, else the
 * same. What did not fill has no price at the order's end, so each order counts for what it filled.
 *
 * @throws DeskError BadInput where the fills are in several quote currencies, which no report adds up
 */
export async function slippageTable(
  store: OrderStore,
  { account, symbol }: Readonly<{ account?: string; symbol?: string }>,
): Promise<SlippageTable> {
  const counts: Counts = { unpriced: 0, stops: 0, partly: 0, feesLeftOut: 0 };
  const orders: FillRow[][] = [];
  const quotes = new Set<string>();
  const filter = { ...(account !== undefined && { account }), ...(symbol && { symbol: symbol.toUpperCase() }) };
  for await (const order of everyOrder(store, filter)) {
    if (Number(order.appliedExecuted) === 0) continue;
    const rows = await rowsOf(store, order, counts);
    if (rows.length > 0) quotes.add(marketWords(order.intent.symbol).quote);
    orders.push(rows);
  }
  if (quotes.size > 1) {
    throw new DeskError('BadInput', 'the fills are in several quote currencies', {
      path: '--slippage',
      expected: 'one of them, by --account or --symbol',
      found: [...quotes].toSorted().join(', '),
    });
  }
  return { rows: orders.toReversed().flat(), told: toldOf(counts) };
}

async function rowsOf(store: OrderStore, order: OrderRecord, counts: Counts): Promise<FillRow[]> {
  const { intent, venue, appliedExecuted } = order;
  const { clientOrderId, symbol, side, type, amount, book } = intent;
  if (type === 'stopMarket') {
    counts.stops += 1;
    return [];
  }
  const arrival = arrivalPriceOf(await store.decisions({ clientOrderId, limit: mostRows }));
  if (arrival === undefined) {
    counts.unpriced += 1;
    return [];
  }
  if (appliedExecuted !== amount) counts.partly += 1;
  const group = await store.group(book);
  const shared = [clientOrderId, symbol, side, venue, strategyOf(book, group), appliedExecuted];
  const prices = [group?.middle || arrival, arrival];
  const rows: FillRow[] = [];
  for await (const fill of everyFill(store, { clientOrderId })) {
    const fee = feeInQuote(fill);
    if (fee === '') counts.feesLeftOut += 1;
    rows.push([...shared, ...prices, new Date(fill.venueMs).toISOString(), fill.price, fill.amount, fee]);
  }
  return rows;
}

const strategyOf = (book: string, group: NettedGroup | undefined): string =>
  group === undefined ? book : [...new Set(group.members.map((member) => member.book))].toSorted().join('+');

function toldOf({ unpriced, stops, partly, feesLeftOut }: Counts): string[] {
  const told = [
    [unpriced, 'left out: no price was noted when they were sent (others’ orders, and those of earlier versions)'],
    [stops, 'left out: stop orders, which the venue sends at a price of its own'],
    [partly, 'filled in part: counted for what they filled, since no price of their end is kept'],
  ] as const;
  const orders = told.filter(([number]) => number > 0).map(([number, what]) => `${number} orders ${what}`);
  return feesLeftOut === 0 ? orders : [...orders, `${feesLeftOut} fills have their fee in a third asset: it is not in`];
}
