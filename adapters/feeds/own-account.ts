import { sumText } from '../../core/orders/amount.ts';
import type { FeedEvent } from '../../core/ports/market-feed.ts';
import type { Exchange } from '../../core/ports/exchange.ts';
import { terminalStates, type VenueOrder } from '../../core/orders/types.ts';
import { DeskError } from '../../core/errors.ts';
import type { Secret } from '../http/secret.ts';
import { noticeEvent } from './venue.ts';

/** What the account's own streams want: the key, and where the account can be asked after a reconnect. */
export type OwnAccess = Readonly<{
  keys: Readonly<{ apiKey: Secret; secret: Secret }>;
  /** Without it a reconnect is told as a gap that was not filled, and the reader has to reconcile. */
  exchange?: Pick<Exchange, 'openOrders' | 'findOrder' | 'fillsSince' | 'balances'>;
  /** Symbols whose fills are asked for after a reconnect, beside those that events were about. */
  symbols?: readonly string[];
}>;

export const keyWanted = (venue: string): DeskError =>
  new DeskError('BadInput', 'own streams want the account and its key', {
    path: 'streams',
    expected: `a feed of ${venue} that was given one`,
    found: 'own',
  });

/** Orders that are remembered as open; an account with more of them is caught up by its reader's reconciliation. */
const openLimit = 10_000;

/** Fills are asked for from a little before the last event on: clocks of two services of a venue may differ. */
const overlapMs = 5_000;

/** What is known of the account over all its connections. */
export type OwnAccount = Readonly<{
  /** Remembers an event on its way to the reader. */
  note(event: FeedEvent): void;
  /**
   * What the account has to say after a (re)connect: open orders, balances, and since the last event all fills and the
   * ends of orders that were open. An order that began and ended in between is told by its fills alone: who sent it
   * looks it up. Fills may come again.
   */
  catchUp(signal: AbortSignal): Promise<readonly FeedEvent[]>;
}>;

type Asked = NonNullable<OwnAccess['exchange']>;

export function createOwnAccount({ exchange, symbols: named = [] }: OwnAccess, nowMs: () => number): OwnAccount {
  const open = new Map<string, VenueOrder>();
  const symbols = new Set<string>(named);
  let lastMs: number | undefined;
  let connections = 0;
  const startMs = nowMs();
  const note = (event: FeedEvent) => {
    if (event.type === 'order') {
      const { order } = event;
      symbols.add(order.symbol);
      lastMs = Math.max(lastMs ?? 0, order.venueMs);
      if (terminalStates.includes(order.state)) open.delete(order.venueOrderId);
      else if (open.size < openLimit) open.set(order.venueOrderId, order);
    } else if (event.type === 'fill') {
      symbols.add(event.fill.symbol);
      lastMs = Math.max(lastMs ?? 0, event.fill.venueMs);
    }
  };
  const told = (backfilled: boolean) =>
    noticeEvent({ kind: 'gap', stream: 'own', receivedMs: nowMs(), missing: 0, backfilled });
  return {
    note,
    catchUp: async (signal) => {
      connections += 1;
      const again = connections > 1;
      if (exchange === undefined) return again ? [told(false)] : [];
      const known = { open: [...open.values()], symbols: [...symbols], sinceMs: (lastMs ?? startMs) - overlapMs };
      try {
        const events = [
          ...(await stateNow(exchange, { signal, nowMs })),
          ...(again ? await since(exchange, known, { signal, nowMs }) : []),
        ];
        for (const event of events) note(event);
        return again ? [...events, told(true)] : events;
      } catch {
        return [told(false)];
      }
    },
  };
}

type Asking = Readonly<{ signal: AbortSignal; nowMs: () => number }>;

async function stateNow(exchange: Asked, { signal, nowMs }: Asking): Promise<FeedEvent[]> {
  const orders = await exchange.openOrders(undefined, { signal });
  const balances = await exchange.balances({ signal });
  const receivedMs = nowMs();
  return [
    ...orders.map((order): FeedEvent => ({ type: 'order', order, receivedMs })),
    ...balances.map(({ asset, free, locked }): FeedEvent => {
      const balance = { asset, total: sumText(free, locked), locked };
      return { type: 'balance', balance, venueMs: receivedMs, receivedMs };
    }),
  ];
}

type Known = Readonly<{ open: readonly VenueOrder[]; symbols: readonly string[]; sinceMs: number }>;

/** Fills since the last event, and what became of the orders that were open then. */
async function since(
  exchange: Asked,
  { open, symbols, sinceMs }: Known,
  { signal, nowMs }: Asking,
): Promise<FeedEvent[]> {
  const events: FeedEvent[] = [];
  for (const symbol of symbols) {
    let cursor: string | undefined;
    do {
      const page = await exchange.fillsSince(symbol, sinceMs, cursor, { signal });
      for (const fill of page.fills) events.push({ type: 'fill', fill, receivedMs: nowMs() });
      cursor = page.next;
    } while (cursor !== undefined);
  }
  for (const { symbol, clientOrderId, venueOrderId } of open) {
    if (clientOrderId === undefined) continue; // somebody else's: its fills are asked for all the same
    const query = { symbol, clientOrderId, venueOrderId, sinceMs };
    const { order } = await exchange.findOrder(query, { signal });
    if (order !== undefined) events.push({ type: 'order', order, receivedMs: nowMs() });
  }
  return events;
}
