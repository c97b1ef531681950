import type { VenueOrder } from '../orders/types.ts';
import type { Exchange } from '../ports/exchange.ts';

/** Somebody who waits for an order to change. */
type Watcher = Readonly<{ clientOrderId: string; seen: string; wake: () => void }>;

export type OrderWatch = Readonly<{
  /** Resolves when the order is no longer open or no longer as it was `seen`, or after `limitMs`; rejects on abort. */
  change(order: WatchedOrder, limitMs: number, signal: AbortSignal): Promise<void>;
  /** What a stream says of an order: whoever waits for it, or is about to, looks at once where that is news. */
  hint(order: WatchedOrder): void;
  /** Asks the venue now, where anybody waits: a stream began that may have missed something. */
  look(): void;
  /** Somebody else's answer to the same question: it need not be asked again so soon. */
  feed(open: readonly VenueOrder[]): void;
}>;

export type WatchedOrder = Readonly<{ clientOrderId: string; state: string; executed: string }>;

type WatchOptions = Readonly<{
  exchange: Exchange;
  everyMs(): number;
  pause(ms: number, signal?: AbortSignal): Promise<void>;
}>;

/** Hints that came while nobody waited for their order; the oldest are let go beyond it. */
const hintsLimit = 10_000;

const asSeen = ({ state, executed }: Pick<WatchedOrder, 'state' | 'executed'>): string =>
  `${state} ${executed.includes('.') ? executed.replace(/\.?0+$/, '') : executed}`;

function letOldestGo(hints: Map<string, string>): void {
  for (const oldest of hints.keys()) {
    if (hints.size <= hintsLimit) return;
    hints.delete(oldest);
  }
}

/**
 * One question for all orders of an account that are waited for: the venue's open orders, asked for as long as somebody
 * waits. So a hundred resting orders cost the key's budget as much as one.
 */
export function createOrderWatch({ exchange, everyMs, pause }: WatchOptions): OrderWatch {
  const watchers = new Set<Watcher>();
  const hints = new Map<string, string>();
  let wanted = Promise.withResolvers<void>();
  let polling = false;
  let fed = false;

  const compare = (open: readonly VenueOrder[]) => {
    const shown = new Map(open.map((order) => [order.clientOrderId ?? '', asSeen(order)]));
    for (const { clientOrderId, seen, wake } of watchers) if (shown.get(clientOrderId) !== seen) wake();
  };

  /** The time between two questions; true when it was cut short. */
  const untilNext = async (): Promise<boolean> => {
    const stop = new AbortController();
    const isWanted = await Promise.race([
      wanted.promise.then(() => true),
      pause(everyMs(), stop.signal).then(() => false),
    ]);
    stop.abort();
    return isWanted;
  };

  const poll = async () => {
    polling = true;
    while (watchers.size > 0) {
      const isWanted = await untilNext();
      wanted = Promise.withResolvers<void>();
      // Twice the time with somebody else's answers in it: two who ask in turn would else ask twice as often.
      if (fed && !isWanted) {
        fed = false;
        continue;
      }
      // A failed question says nothing of any order; the next one follows.
      const open = await exchange.openOrders().catch(() => undefined);
      if (open !== undefined) compare(open);
    }
    polling = false;
  };

  return {
    async change(order, limitMs, signal) {
      signal.throwIfAborted();
      const seen = asSeen(order);
      const hinted = hints.get(order.clientOrderId);
      // Taken once, right or wrong: a stream that is behind must not make anybody look again and again.
      hints.delete(order.clientOrderId);
      if (hinted !== undefined && hinted !== seen) return;
      const stop = new AbortController();
      const { promise: changed, resolve: wake } = Promise.withResolvers<void>();
      const watcher = { clientOrderId: order.clientOrderId, seen, wake };
      watchers.add(watcher);
      if (!polling) void poll();
      try {
        await Promise.race([changed, pause(limitMs, AbortSignal.any([signal, stop.signal]))]);
      } finally {
        watchers.delete(watcher);
        stop.abort();
      }
    },
    feed(open) {
      fed = true;
      compare(open);
    },
    hint(order) {
      const told = asSeen(order);
      const waiting = [...watchers].filter(({ clientOrderId }) => clientOrderId === order.clientOrderId);
      for (const { seen, wake } of waiting) if (seen !== told) wake();
      if (waiting.length > 0) return;
      hints.delete(order.clientOrderId); // the newest stands last
      hints.set(order.clientOrderId, told);
      letOldestGo(hints);
    },
    look: () => wanted.resolve(),
  };
}
