import { z } from 'zod';
import type { Fill, VenueOrder } from '../../../core/orders/types.ts';
import { VenueError, type FillPage, type OrderQuery, type OrderReference } from '../../../core/ports/exchange.ts';
import type { Purpose } from '../ccxt/session.ts';
import { readAnswer } from '../read-answer.ts';
import type { BinanceApi } from './api.ts';
import { orderShape, tradeShape, venueFill, venueOrder } from './shapes.ts';

const pageSize = 1000;

/** Pages that one look reads at most: a million orders or trades. */
const pageLimit = 1000;

export const isUnknownOrder = (thrown: unknown): boolean =>
  thrown instanceof VenueError && thrown.failure.kind === 'unknownOrder';

/** The venue's id names one order for ever; ours may have been used again after the first was filled. */
export const nameOf = ({ clientOrderId, venueOrderId }: OrderReference) =>
  venueOrderId === undefined ? { origClientOrderId: clientOrderId } : { orderId: venueOrderId };

/** One look by id, open or ended; undefined where the venue does not know it (yet). */
export async function lookByName(
  { signed, markets, dialect }: BinanceApi,
  query: OrderReference,
  signal?: AbortSignal,
): Promise<VenueOrder | undefined> {
  const { id } = await markets.find(query.symbol, signal);
  try {
    const params = { symbol: id, ...nameOf(query) };
    const answer = await signed({ method: 'GET', path: 'order', params, purpose: 'look', signal });
    return venueOrder(readAnswer(orderShape, answer, 'order'), dialect.venue, query.symbol);
  } catch (thrown) {
    if (isUnknownOrder(thrown)) return undefined;
    throw thrown;
  }
}

type OrdersQuery = Readonly<{ symbol: string; sinceMs: number; purpose: Purpose }>;

/** All orders of the symbol since a time, page by page. */
async function* orderPages(
  { signed, markets, dialect }: BinanceApi,
  { symbol, sinceMs, purpose }: OrdersQuery,
  signal?: AbortSignal,
): AsyncGenerator<readonly VenueOrder[]> {
  const { id } = await markets.find(symbol, signal);
  let from: Readonly<Record<string, string | number>> = { startTime: sinceMs };
  for (let page = 0; page < pageLimit; page += 1) {
    const params = { symbol: id, limit: pageSize, ...from };
    const answer = await signed({ method: 'GET', path: 'allOrders', params, purpose, signal });
    const orders = readAnswer(z.array(orderShape), answer, 'allOrders');
    yield orders.map((order) => venueOrder(order, dialect.venue, symbol));
    const last = orders.at(-1);
    if (orders.length < pageSize || last === undefined) return;
    from = { orderId: String(BigInt(last.orderId) + 1n) };
  }
}

/** Through all orders of the symbol since a time: another index than the one by id. */
export async function lookThroughOrders(
  api: BinanceApi,
  { symbol, clientOrderId, sinceMs }: OrderQuery,
  signal?: AbortSignal,
): Promise<VenueOrder | undefined> {
  for await (const orders of orderPages(api, { symbol, sinceMs, purpose: 'look' }, signal)) {
    const found = orders.findLast((order) => order.clientOrderId === clientOrderId);
    if (found !== undefined) return found;
  }
  return undefined;
}

export async function ordersSince(
  api: BinanceApi,
  query: Omit<OrdersQuery, 'purpose'>,
  signal?: AbortSignal,
): Promise<readonly VenueOrder[]> {
  return (await Array.fromAsync(orderPages(api, { ...query, purpose: 'read' }, signal))).flat();
}

type TradesPage = Readonly<{ symbol: string; params: Readonly<Record<string, string | number>>; purpose: Purpose }>;

async function tradesPage(
  { signed, markets, dialect }: BinanceApi,
  { symbol, params, purpose }: TradesPage,
  signal?: AbortSignal,
): Promise<readonly Fill[]> {
  const { id } = await markets.find(symbol, signal);
  const answer = await signed({
    method: 'GET',
    path: dialect.tradesPath,
    params: { symbol: id, limit: pageSize, ...params },
    purpose,
    signal,
  });
  return readAnswer(z.array(tradeShape), answer, dialect.tradesPath).map((trade) =>
    venueFill(trade, dialect.venue, symbol),
  );
}

/** All fills of one order. */
export async function fillsOfOrder(
  api: BinanceApi,
  { symbol, venueOrderId, clientOrderId }: Readonly<{ symbol: string; venueOrderId: string; clientOrderId?: string }>,
  signal?: AbortSignal,
): Promise<readonly Fill[]> {
  const pageFrom = (from: Readonly<{ fromId?: string }>) =>
    tradesPage(api, { symbol, params: { orderId: venueOrderId, ...from }, purpose: 'look' }, signal);
  // Without an id to begin at the venue shows the newest: where they fill a page, there may be older ones.
  const newest = await pageFrom({});
  const fills: Fill[] = newest.length < pageSize ? [...newest] : [];
  let fromId = newest.length < pageSize ? undefined : firstId;
  for (let page = 0; page < pageLimit && fromId !== undefined; page += 1) {
    const found = await pageFrom({ fromId });
    fills.push(...found);
    const last = found.at(-1);
    fromId = last === undefined || found.length < pageSize ? undefined : afterId(last);
  }
  return clientOrderId === undefined ? fills : fills.map((fill) => ({ ...fill, clientOrderId }));
}

/** No trade of ours is older. */
const firstId = '1';

const afterId = ({ tradeId }: Fill) => String(BigInt(tradeId) + 1n);

/**
 * Fills of a symbol from a time on. The first pages walk the time in spans (the venue shows no longer one at once)
 * until something is found; then they go on by trade id, which misses nothing.
 */
export async function fillPage(
  api: BinanceApi,
  { symbol, sinceMs, cursor }: Readonly<{ symbol: string; sinceMs: number; cursor?: string | undefined }>,
  signal?: AbortSignal,
): Promise<FillPage> {
  const [kind, value = ''] = (cursor ?? `time:${sinceMs}`).split(':');
  if (kind === 'id') {
    const fills = await tradesPage(api, { symbol, params: { fromId: value }, purpose: 'read' }, signal);
    return following(fills);
  }
  const startTime = Number(value);
  const endTime = startTime + api.dialect.tradesSpanMs;
  const fills = await tradesPage(api, { symbol, params: { startTime, endTime }, purpose: 'read' }, signal);
  if (fills.length > 0) return following(fills, true);
  return endTime < (await api.clock.nowMs()) ? { fills, next: `time:${endTime}` } : { fills };
}

/** A full page, or one that its end time cut, may have more behind it. */
function following(fills: readonly Fill[], cut = false): FillPage {
  const last = fills.at(-1);
  if (last === undefined || (fills.length < pageSize && !cut)) return { fills };
  return { fills, next: `id:${afterId(last)}` };
}
