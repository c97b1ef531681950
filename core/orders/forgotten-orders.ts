import type { OrderRecord } from '../ports/order-store.ts';
import { largest, notionalOf, units } from './amount.ts';
import type { QuoteRates } from './limit-currency.ts';
import { bucketsOf, type NotionalByMinute } from './notional-by-minute.ts';
import { isOrderId } from './store-rules.ts';
import type { Fill } from './types.ts';

/**
 * Orders that were sent before a store was restored from a backup which does not know of their sending. No guard that is
 * built from this store has granted them, and they count against the notional of a day all the same.
 */
export type ForgottenInput = Readonly<{
  /** Rows of the last day, and those of the orders that `fills` are of. */
  records: readonly OrderRecord[];
  /** Of the last day, up to `safeMs`. */
  fills: readonly Fill[];
  /** What a market order without a fill is valued at, by symbol. */
  prices: Readonly<Record<string, string>>;
  /** What a quote is worth in the limits' currency, by symbol; one that is left out counts as it is. */
  rates?: QuoteRates;
  /** Venue time up to which forgotten requests may have been accepted. */
  safeMs: number;
}>;

/**
 * What was spent by forgotten orders, each counted whole at its last fill, or as late as it may have been accepted:
 * never earlier than it was, so that it is never left behind too early.
 */
export function forgottenNotional({ records, fills, prices, rates, safeMs }: ForgottenInput): NotionalByMinute {
  const inLimits = (symbol: string, notional: bigint) => notionalOf(units(rates?.[symbol] ?? '1'), notional);
  const fillsOf = fillsByRecord(fills);
  const rows = records
    .map((record) => ({ record, its: fillsOf(record) }))
    .filter(({ record, its }) => isForgotten(record, its))
    .map(({ record, its }) => ({
      venueMs: lastMsOf(its) ?? safeMs,
      notional: inLimits(record.intent.symbol, notionalOfRow(record, its, prices)),
    }));
  // Where the venue no longer knows an order, its fills are all that is known of it.
  const loose = looseFills(records, fills)
    .filter(([{ clientOrderId }]) => clientOrderId === undefined || isOrderId(clientOrderId))
    .map((its) => ({ venueMs: lastMsOf(its) ?? safeMs, notional: inLimits(its[0].symbol, sumOf(its, 'quoteAmount')) }));
  return bucketsOf([...rows, ...loose]);
}

/**
 * The venue has shown it, its id is one of ours, and this store never submitted it. `fills` that were adopted before its
 * workflow came back are known of it too, whatever its row says.
 */
export const isForgotten = (
  { intent, submission, venueOrderId, appliedExecuted }: OrderRecord,
  fills: readonly Fill[] = [],
): boolean =>
  submission === undefined &&
  isOrderId(intent.clientOrderId) &&
  (venueOrderId !== undefined || units(appliedExecuted) > 0n || fills.length > 0);

/** All known fills of one order. */
export type FillsOfOrder = readonly [Fill, ...Fill[]];

/** Fills whose order no row is of, by order. */
export function looseFills(records: readonly OrderRecord[], fills: readonly Fill[]): FillsOfOrder[] {
  const ids = new Set(records.map(({ intent }) => intent.clientOrderId));
  const venueIds = new Set(records.map(venueKeyOf));
  const byOrder = new Map<string, [Fill, ...Fill[]]>();
  for (const fill of fills) {
    const key = orderKey(fill);
    if (ids.has(fill.clientOrderId ?? '') || venueIds.has(key)) continue;
    const before = byOrder.get(key);
    if (before === undefined) byOrder.set(key, [fill]);
    else before.push(fill);
  }
  return [...byOrder.values()];
}

/** The venue's name of a fill's order; some venues tell a trade without it. */
export const orderKey = ({ symbol, venueOrderId }: Pick<Fill, 'symbol' | 'venueOrderId'>): string =>
  `${symbol} ${venueOrderId}`;

const venueKeyOf = ({ intent, venueOrderId }: OrderRecord): string | undefined =>
  venueOrderId === undefined ? undefined : orderKey({ symbol: intent.symbol, venueOrderId });

function fillsByRecord(fills: readonly Fill[]) {
  const byVenueId = Map.groupBy(fills, orderKey);
  const byId = Map.groupBy(fills, ({ clientOrderId }) => clientOrderId ?? '');
  return (record: OrderRecord): readonly Fill[] =>
    byVenueId.get(venueKeyOf(record) ?? '') ?? byId.get(record.intent.clientOrderId) ?? [];
}

const lastMsOf = (fills: readonly Fill[]): number | undefined =>
  fills.length === 0 ? undefined : Math.max(...fills.map(({ venueMs }) => venueMs));

const sumOf = (fills: readonly Fill[], field: 'amount' | 'quoteAmount'): bigint =>
  fills.reduce((sum, fill) => sum + units(fill[field]), 0n);

/** What was ordered, by its limit, else at what it traded at, else at what the venue says now; never less than it traded for. */
function notionalOfRow({ intent }: OrderRecord, fills: readonly Fill[], prices: ForgottenInput['prices']): bigint {
  const { amount, symbol, price, stopPrice } = intent;
  const quote = sumOf(fills, 'quoteAmount');
  const limit = price ?? stopPrice;
  const filled = sumOf(fills, 'amount');
  if (limit === undefined && filled > 0n) return largest(quote, (quote * units(amount) + filled - 1n) / filled);
  return largest(quote, notionalOf(units(limit ?? prices[symbol] ?? '0'), units(amount)));
}
