import { z } from 'zod';
import type { VenueOrder } from '../../../core/orders/types.ts';
import { VenueError, type OrderQuery, type OrderSighting } from '../../../core/ports/exchange.ts';
import type { Purpose } from '../ccxt/session.ts';
import type { KrakenApi } from './api.ts';
import { fillsOfOrder, secondBefore } from './fills.ts';
import { krakenOrder, orderInfos, type OrderInfo } from './shapes.ts';

const pageSize = 50;
const pageLimit = 1000;

const openShape = z.object({ open: orderInfos });
const closedShape = z.object({ closed: orderInfos, count: z.coerce.number().int() });

type Found = Readonly<{ venueOrderId: string; info: OrderInfo }>;

/**
 * By the venue's id where it is known; else in open orders, then in closed ones, by our id. ccxt's own look-up would send
 * our id as `userref`, which is another thing.
 */
export async function findKrakenOrder(
  api: KrakenApi,
  query: OrderQuery,
  { throughAll, signal }: Readonly<{ throughAll: boolean; signal?: AbortSignal | undefined }>,
): Promise<OrderSighting> {
  const found =
    (await byVenueId(api, query, signal)) ??
    (await amongOpen(api, query, signal)) ??
    (await amongClosed(api, query, signal)) ??
    (throughAll ? await throughClosed(api, query, signal) : undefined);
  if (found === undefined) return { fills: [] };
  const { venueOrderId, info } = found;
  const order = krakenOrder(venueOrderId, info, query.symbol);
  if (order.executed === '0') return { order, fills: [] };
  const filled = { ...order, tradeIds: info.trades ?? [], openedMs: info.opentm };
  return { order, fills: await fillsOfOrder(api, filled, signal) };
}

async function byVenueId({ ask }: KrakenApi, { venueOrderId }: OrderQuery, signal?: AbortSignal) {
  if (venueOrderId === undefined) return undefined;
  try {
    const params = { txid: venueOrderId, trades: true };
    const infos = await ask({ path: 'QueryOrders', params, purpose: 'look', signal }, orderInfos);
    const info = infos[venueOrderId];
    return info && { venueOrderId, info };
  } catch (thrown) {
    if (thrown instanceof VenueError && thrown.failure.kind === 'unknownOrder') return undefined;
    throw thrown;
  }
}

const oursIn = (infos: Readonly<Record<string, OrderInfo>>, { clientOrderId }: OrderQuery): Found | undefined => {
  const own = Object.entries(infos).find(([, info]) => info.cl_ord_id === clientOrderId);
  return own && { venueOrderId: own[0], info: own[1] };
};

async function amongOpen({ ask }: KrakenApi, query: OrderQuery, signal?: AbortSignal) {
  const params = { cl_ord_id: query.clientOrderId, trades: true };
  const { open } = await ask({ path: 'OpenOrders', params, purpose: 'look', signal }, openShape);
  return oursIn(open, query);
}

async function amongClosed({ ask }: KrakenApi, query: OrderQuery, signal?: AbortSignal) {
  const params = { cl_ord_id: query.clientOrderId, trades: true };
  const { closed } = await ask({ path: 'ClosedOrders', params, purpose: 'look', signal }, closedShape);
  return oursIn(closed, query);
}

/** Every closed order since then: for a venue that no longer finds filled ones by our id. */
async function throughClosed(api: KrakenApi, query: OrderQuery, signal?: AbortSignal): Promise<Found | undefined> {
  for await (const closed of closedPages(api, { sinceMs: query.sinceMs, purpose: 'look' }, signal)) {
    const found = oursIn(closed, query);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Orders that have ended, of all markets, page by page; the venue tells them by when they were closed. */
async function* closedPages(
  { ask }: KrakenApi,
  { sinceMs, purpose }: Readonly<{ sinceMs: number; purpose: Purpose }>,
  signal?: AbortSignal,
): AsyncGenerator<Readonly<Record<string, OrderInfo>>> {
  for (let page = 0; page < pageLimit; page += 1) {
    const params = { start: secondBefore(sinceMs), ofs: page * pageSize, trades: true };
    const { closed, count } = await ask({ path: 'ClosedOrders', params, purpose, signal }, closedShape);
    yield closed;
    if ((page + 1) * pageSize >= count) return;
  }
}

/** Of one symbol, open ones first. One that ends while it is asked is told twice. */
export async function krakenOrdersSince(
  api: KrakenApi,
  { symbol, sinceMs }: Readonly<{ symbol: string; sinceMs: number }>,
  signal?: AbortSignal,
): Promise<readonly VenueOrder[]> {
  const open = await openKrakenOrders(api, { symbol, purpose: 'read' }, signal);
  const closed = await Array.fromAsync(closedPages(api, { sinceMs, purpose: 'read' }, signal));
  const ended = await Promise.all(
    closed.flatMap((infos) =>
      Object.entries(infos).map(async ([id, info]) =>
        krakenOrder(id, info, (await api.markets.symbolOf(info.descr.pair, signal)) ?? info.descr.pair),
      ),
    ),
  );
  return [...open, ...ended.filter((order) => order.symbol === symbol)];
}

/** Open orders, of one symbol or of all. */
export async function openKrakenOrders(
  { ask, markets }: KrakenApi,
  { symbol, purpose }: Readonly<{ symbol?: string | undefined; purpose: Purpose }>,
  signal?: AbortSignal,
): Promise<readonly VenueOrder[]> {
  const { open } = await ask({ path: 'OpenOrders', purpose, signal }, openShape);
  const orders = await Promise.all(
    Object.entries(open).map(async ([id, info]) => {
      const { pair } = info.descr;
      return krakenOrder(id, info, (await markets.symbolOf(pair, signal)) ?? pair);
    }),
  );
  return orders.filter((order) => symbol === undefined || order.symbol === symbol);
}
