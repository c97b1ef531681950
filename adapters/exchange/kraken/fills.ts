import { z } from 'zod';
import { sumText } from '../../../core/orders/amount.ts';
import type { Fill } from '../../../core/orders/types.ts';
import type { FillPage } from '../../../core/ports/exchange.ts';
import type { Purpose } from '../ccxt/session.ts';
import type { KrakenApi } from './api.ts';
import { krakenFill, tradeInfo } from './shapes.ts';

const pageSize = 50;
const pageLimit = 1000;

/** QueryTrades takes so many ids at once. */
const queryLimit = 20;

const trades = z.record(z.string(), tradeInfo);
const historyShape = z.object({ trades, count: z.coerce.number().int() });

/** Bounds are seconds or the id of a trade; `start` leaves its own out, `end` has it in. */
type Range = Readonly<{ start: number | string; end?: string; offset: number; purpose: Purpose }>;

/** One page of the account's trades, newest first, at all pairs. */
async function historyPage({ ask }: KrakenApi, { start, end, offset, purpose }: Range, signal?: AbortSignal) {
  const params = { start, ...(end !== undefined && { end }), ofs: offset };
  return ask({ path: 'TradesHistory', params, purpose, signal }, historyShape);
}

async function asFills(
  { markets }: KrakenApi,
  found: z.output<typeof trades>,
  symbol: string,
  signal?: AbortSignal,
): Promise<Fill[]> {
  const { id, aliases = [], market } = await markets.find(symbol, signal);
  const names = [id, ...aliases];
  return Object.entries(found)
    .filter(([, trade]) => names.includes(trade.pair))
    .map(([tradeId, trade]) => krakenFill(tradeId, trade, market))
    .toSorted((a, b) => a.venueMs - b.venueMs || (a.tradeId < b.tradeId ? -1 : 1));
}

type FilledOrder = Readonly<{
  symbol: string;
  venueOrderId: string;
  clientOrderId?: string;
  executed: string;
  tradeIds: readonly string[];
  openedMs: number;
}>;

/** All fills of one order: by the ids that it names, or, where these are not all, through the history since it was opened. */
export async function fillsOfOrder(api: KrakenApi, order: FilledOrder, signal?: AbortSignal): Promise<readonly Fill[]> {
  // A page of the history costs what a question for twenty costs.
  const ids = order.tradeIds.length > queryLimit ? [] : order.tradeIds;
  const fills = await asFills(api, await namedTrades(api, ids, signal), order.symbol, signal);
  const whole = sumText('0', ...fills.map(({ amount }) => amount)) === order.executed;
  const all = whole ? fills : await fillsThroughHistory(api, order, signal);
  return order.clientOrderId === undefined
    ? all
    : all.map((fill) => ({
        ...fill,
        ...(order.clientOrderId !== undefined && { clientOrderId: order.clientOrderId }),
      }));
}

async function namedTrades({ ask }: KrakenApi, ids: readonly string[], signal?: AbortSignal) {
  let found: z.output<typeof trades> = {};
  for (let start = 0; start < ids.length; start += queryLimit) {
    const params = { txid: ids.slice(start, start + queryLimit).join(',') };
    found = { ...found, ...(await ask({ path: 'QueryTrades', params, purpose: 'look', signal }, trades)) };
  }
  return found;
}

async function fillsThroughHistory(api: KrakenApi, order: FilledOrder, signal?: AbortSignal): Promise<readonly Fill[]> {
  const start = secondBefore(order.openedMs);
  const fills = new Map<string, Fill>();
  for (let page = 0; page < pageLimit; page += 1) {
    const offset = page * pageSize;
    const { trades: found, count } = await historyPage(api, { start, offset, purpose: 'look' }, signal);
    for (const fill of await asFills(api, found, order.symbol, signal)) {
      if (fill.venueOrderId === order.venueOrderId) fills.set(fill.tradeId, fill);
    }
    if (offset + pageSize >= count) break;
  }
  return [...fills.values()].toSorted((a, b) => a.venueMs - b.venueMs);
}

export const secondBefore = (ms: number): number => Math.floor(ms / 1000) - 1;

/**
 * Fills of a symbol from a time on, oldest first. Kraken shows the newest first and by offset, so a longer list is read
 * from its end, up to the trade that was the newest at the start: those that come meanwhile move nothing and make the
 * last page.
 */
export async function fillPage(
  api: KrakenApi,
  { symbol, sinceMs, cursor }: Readonly<{ symbol: string; sinceMs: number; cursor?: string | undefined }>,
  signal?: AbortSignal,
): Promise<FillPage> {
  const [kind = '', start = '', end = '', offsetText = '', sizeText = ''] = (
    cursor ?? `from:${secondBefore(sinceMs)}`
  ).split(':');
  const late = ({ venueMs }: Fill) => venueMs >= sinceMs;
  if (kind === 'from') {
    const { trades: found, count } = await historyPage(api, { start, offset: 0, purpose: 'read' }, signal);
    if (count <= pageSize) return { fills: (await asFills(api, found, symbol, signal)).filter(late) };
    const [newest = ''] = Object.keys(found);
    return { fills: [], next: `page:${start}:${newest}:${count - pageSize}:${pageSize}` };
  }
  const offset = Number(offsetText);
  const { trades: found } = await historyPage(api, { start, end, offset, purpose: 'read' }, signal);
  // The newest page reaches into the one before it where the count is no multiple of a page.
  const own = Object.fromEntries(Object.entries(found).slice(0, Number(sizeText)));
  const fills = (await asFills(api, own, symbol, signal)).filter(late);
  if (offset === 0) return { fills, next: `from:${end}` };
  const next = Math.max(0, offset - pageSize);
  return { fills, next: `page:${start}:${end}:${next}:${offset - next}` };
}
