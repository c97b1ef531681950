import { forgottenNotional, isForgotten, looseFills, orderKey, type FillsOfOrder } from '../orders/forgotten-orders.ts';
import { countedDayMs } from '../orders/guard.ts';
import type { NotionalByMinute } from '../orders/notional-by-minute.ts';
import { isOrderId } from '../orders/store-rules.ts';
import type { Fill } from '../orders/types.ts';
import type { OrderRecord, OrderStore } from '../ports/order-store.ts';
import type { OrderDesk } from './desk.ts';
import type { LimitCurrency } from '../orders/limit-currency.ts';
import { quoteRates } from './quote-rates.ts';
import { pricesFor } from './load-guard.ts';
import { recentOrders } from './open-records.ts';
import { askVenue } from './venue-failures.ts';

export type ForgottenOptions = Readonly<{
  /** Venue time up to which requests that the backup has forgotten may have been accepted. */
  safeMs: number;
  /** Asks for all orders of the day too: those that ended without a fill have left no other trace. */
  allOrders: boolean;
  /** How often an order was looked for and not found, by the venue's name of it: kept by whoever asks again. */
  looked: Map<string, number>;
  /** What the notional is counted in. */
  limits?: LimitCurrency;
  signal: AbortSignal;
}>;

/** A venue that forgets filled orders is not asked for one for ever. */
const mostLooks = 3;

/** Orders that are looked for in one reading; the others wait for the next one. */
const mostOrders = 20;

/** A venue of so few markets is asked for the orders of all of them, else of those that the desk knows something of. */
const fewMarkets = 20;

/**
 * What orders that the backup has forgotten have spent in the last day, from the fills and orders that reconciliation
 * took over. An order of which only fills are known is looked for first, and adopted: it counts as it was placed, not
 * as far as it was filled. DeskError where something could not be asked: then nothing is known.
 */
export async function readForgotten(desk: OrderDesk, options: ForgottenOptions): Promise<NotionalByMinute> {
  const { account, orders, exchange, nowMs } = desk;
  const { safeMs, signal } = options;
  const venueMs = await askVenue(exchange.serverTimeMs({ signal }));
  const sinceMs = venueMs - countedDayMs(exchange.traits);
  const fills = await fillsUntil(orders, account, { sinceMs, safeMs });
  const shown = options.allOrders ? await adoptOrders(desk, fills, { sinceMs, signal }) : new Map<string, string>();
  const recent = await recentOrders(orders, account, nowMs());
  const older = await Promise.all(looseFills(recent, fills).map((its) => rowOf(desk, its)));
  const known = [...recent, ...older.filter((row) => row !== undefined)];
  const due = looseFills(known, fills).filter(([fill]) => (options.looked.get(orderKey(fill)) ?? 0) < mostLooks);
  const found: OrderRecord[] = [];
  for (const its of due.slice(0, mostOrders)) {
    const row = await lookFor(desk, its, { ...options, sinceMs });
    if (row !== undefined) found.push(row);
  }
  // A workflow that came back may have stored, and denied, what had been sent before: the venue shows it all the same.
  const records = [...known, ...found].map((row) => seenAt(row, shown.get(row.intent.clientOrderId)));
  const unpriced = records.filter(
    (row) => isForgotten(row) && (row.intent.price ?? row.intent.stopPrice) === undefined,
  );
  const prices = await pricesFor(desk, unpriced);
  const symbols = [...records.map(({ intent }) => intent.symbol), ...fills.map(({ symbol }) => symbol)];
  const rates = await quoteRates(exchange, symbols, options.limits ?? {});
  return forgottenNotional({ records, fills, prices, rates, safeMs });
}

/** Adopts orders under ids of ours that the store does not know; gives the venue's ids of all that it showed under ours. */
async function adoptOrders(
  { account, orders, exchange, nowMs }: OrderDesk,
  fills: readonly Fill[],
  { sinceMs, signal }: Readonly<{ sinceMs: number; signal: AbortSignal }>,
): Promise<Map<string, string>> {
  const venueIds = new Map<string, string>();
  const markets = (await askVenue(exchange.markets())).map(({ symbol }) => symbol);
  const recent = await recentOrders(orders, account, nowMs());
  const known = [...recent.map(({ intent }) => intent.symbol), ...fills.map(({ symbol }) => symbol)];
  for (const symbol of new Set(markets.length <= fewMarkets ? [...markets, ...known] : known)) {
    const shown = await askVenue(exchange.ordersSince(symbol, sinceMs, { signal }));
    const ours = shown.filter(({ clientOrderId = '' }) => isOrderId(clientOrderId));
    for (const { clientOrderId = '', venueOrderId } of ours) venueIds.set(clientOrderId, venueOrderId);
    const rows = await Promise.all(ours.map(({ clientOrderId = '' }) => orders.order(clientOrderId)));
    const forgotten = ours.filter((_, place) => rows[place] === undefined);
    if (forgotten.length > 0) await orders.adopt(forgotten, [], [], account, nowMs());
  }
  return venueIds;
}

const seenAt = (row: OrderRecord, venueOrderId: string | undefined): OrderRecord =>
  venueOrderId === undefined || row.venueOrderId !== undefined ? row : { ...row, venueOrderId };

const pageRows = 1_000;

async function fillsUntil(
  orders: OrderStore,
  account: string,
  { sinceMs, safeMs }: Readonly<{ sinceMs: number; safeMs: number }>,
): Promise<Fill[]> {
  const all: Fill[] = [];
  for (let after: Fill | undefined; ;) {
    const page = await orders.fills({ account, sinceMs, limit: pageRows, ...(after && { after }) });
    all.push(...page.filter(({ venueMs }) => venueMs <= safeMs));
    after = page.at(-1);
    if (page.length < pageRows || after === undefined || after.venueMs > safeMs) return all;
  }
}

/** The row of an order that is older than a day. */
async function rowOf({ account, orders }: OrderDesk, [fill]: FillsOfOrder): Promise<OrderRecord | undefined> {
  const { symbol, venueOrderId } = fill;
  const [row] = venueOrderId === '' ? [] : await orders.orders({ account, symbol, venueOrderId, limit: 1 });
  return row;
}

async function lookFor(
  desk: OrderDesk,
  its: FillsOfOrder,
  { looked, sinceMs, signal }: ForgottenOptions & Readonly<{ sinceMs: number }>,
): Promise<OrderRecord | undefined> {
  const { account, orders, exchange, nowMs } = desk;
  const [fill] = its;
  const { symbol, venueOrderId, clientOrderId = venueOrderId } = fill;
  if (venueOrderId === '') return undefined;
  const { order } = await askVenue(exchange.findOrder({ symbol, venueOrderId, clientOrderId, sinceMs }, { signal }));
  if (order === undefined) {
    looked.set(orderKey(fill), (looked.get(orderKey(fill)) ?? 0) + 1);
    return undefined;
  }
  await orders.adopt([order], [], [], account, nowMs());
  return rowOf(desk, its);
}
