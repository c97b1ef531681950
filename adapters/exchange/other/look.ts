import type { Exchange as CcxtExchange, Order as CcxtOrder } from 'ccxt';
import type { Fill, VenueOrder } from '../../../core/orders/types.ts';
import { VenueError, type FillPage, type OrderQuery, type OrderSighting } from '../../../core/ports/exchange.ts';
import type { Purpose, Session } from '../ccxt/session.ts';
import { readOtherFill, readOtherOrder } from './read.ts';

/** Rows a page where ccxt does not know how many the venue allows. */
const usualPage = 100;
const pageLimit = 1000;

type Call = Readonly<{ symbol: string; sinceMs: number; signal?: AbortSignal | undefined }>;

const has = ({ has: can }: CcxtExchange, name: string) => can[name] === true;

/** The lists that a venue has of orders that ended, the fullest first. */
const endedLists = ['fetchOrders', 'fetchCanceledAndClosedOrders', 'fetchClosedOrders'] as const;

/**
 * By the venue's id where it is known; else open orders, ended ones and fills since then, matched by our id or the
 * venue's. Never by size: two orders may have the same.
 */
export async function findOtherOrder(
  session: Session,
  query: OrderQuery,
  signal?: AbortSignal,
): Promise<OrderSighting> {
  const { ccxt } = session.client;
  const call = { ...query, signal };
  const found =
    (await byVenueId(session, query, signal)) ??
    (await amongOpen(session, query, signal)) ??
    (await amongEnded(session, call, query));
  const order = found && readOtherOrder(found, ccxt.id, query.symbol);
  const ids = new Set([order?.venueOrderId, query.venueOrderId].filter((id) => id !== undefined));
  const fills: Fill[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pageLimit; page += 1) {
    const { fills: some, next } = await otherFillPage(session, { ...call, cursor, purpose: 'look' });
    fills.push(...some.filter((fill) => ids.has(fill.venueOrderId) || fill.clientOrderId === query.clientOrderId));
    if (next === undefined) break;
    cursor = next;
  }
  return { ...(order !== undefined && { order }), fills };
}

async function byVenueId(
  { client: { ccxt }, unified }: Session,
  { venueOrderId, symbol }: OrderQuery,
  signal?: AbortSignal,
) {
  if (venueOrderId === undefined || !has(ccxt, 'fetchOrder')) return undefined;
  try {
    return await unified('look', () => ccxt.fetchOrder(venueOrderId, symbol), signal);
  } catch (thrown) {
    if (thrown instanceof VenueError && thrown.failure.kind === 'unknownOrder') return undefined;
    throw thrown;
  }
}

const ours = (orders: readonly CcxtOrder[], { clientOrderId }: OrderQuery) =>
  orders.findLast((order) => order.clientOrderId === clientOrderId);

const amongOpen = async ({ client: { ccxt }, unified }: Session, query: OrderQuery, signal?: AbortSignal) =>
  ours(await unified('look', () => ccxt.fetchOpenOrders(query.symbol), signal), query);

async function amongEnded(session: Session, call: Call, query: OrderQuery) {
  for await (const orders of endedPages(session, call, 'look')) {
    const found = ours(orders, query);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Of the fullest list that the venue has, page by page; nothing where it has none. */
async function* endedPages(
  { client: { ccxt }, unified }: Session,
  { symbol, sinceMs, signal }: Call,
  purpose: Purpose,
): AsyncGenerator<CcxtOrder[]> {
  const list = endedLists.find((name) => has(ccxt, name));
  if (list === undefined) return;
  const size = pageOf(ccxt, symbol, list);
  let since = sinceMs;
  for (let page = 0; page < pageLimit; page += 1) {
    const orders = await unified(purpose, () => ccxt[list](symbol, since, size), signal);
    yield orders;
    if (orders.length < size) return;
    since = following(since, Math.max(...orders.map(({ timestamp }) => timestamp ?? 0)));
  }
}

/** Open ones first, then what the venue's list of ended ones still has; one may be told twice. */
export async function otherOrdersSince(session: Session, call: Call): Promise<readonly VenueOrder[]> {
  const { symbol, signal } = call;
  const open = await openOtherOrders(session, { symbol, purpose: 'read' }, signal);
  const ended = (await Array.fromAsync(endedPages(session, call, 'read'))).flat();
  return [...open, ...ended.map((order) => readOtherOrder(order, session.client.ccxt.id, symbol))];
}

export const pageOf = (ccxt: CcxtExchange, symbol: string, call: string): number => {
  const most = Number(ccxt.featureValue(symbol, call, 'limit'));
  return Number.isInteger(most) && most > 0 ? most : usualPage;
};

/** Where the next page begins. One moment that fills a whole page cannot be got past by time. */
export function following(since: number, last: number): number {
  if (last > since) return last;
  const message = 'more rows in one millisecond than the venue shows at once';
  throw new VenueError({ kind: 'unknown', code: '', message });
}

/** Fills from a time on. A page begins with the last moment of the one before; its cursor names what was shown of it. */
export async function otherFillPage(
  { client: { ccxt }, unified }: Session,
  { symbol, sinceMs, cursor, purpose, signal }: Call & Readonly<{ cursor?: string | undefined; purpose: Purpose }>,
): Promise<FillPage> {
  const [from = '', ...shown] = cursor?.split(' ') ?? [String(sinceMs)];
  const since = Number(from);
  const size = pageOf(ccxt, symbol, 'fetchMyTrades');
  const trades = await unified(purpose, () => ccxt.fetchMyTrades(symbol, since, size), signal);
  const fills = trades
    .map((trade) => readOtherFill(trade, ccxt.id, symbol))
    .filter(({ venueMs, tradeId }) => venueMs >= sinceMs && !shown.includes(tradeId))
    .toSorted((a, b) => a.venueMs - b.venueMs);
  if (trades.length < size) return { fills };
  const last = following(since, fills.at(-1)?.venueMs ?? since);
  const atLast = fills.filter(({ venueMs }) => venueMs === last).map(({ tradeId }) => tradeId);
  return { fills, next: [last, ...atLast].join(' ') };
}

export async function openOtherOrders(
  { client: { ccxt }, unified }: Session,
  { symbol, purpose }: Readonly<{ symbol?: string | undefined; purpose: Purpose }>,
  signal?: AbortSignal,
): Promise<readonly VenueOrder[]> {
  const orders = await unified(purpose, () => ccxt.fetchOpenOrders(symbol), signal);
  return orders.map((order) => readOtherOrder(order, ccxt.id, order.symbol ?? symbol ?? ''));
}
