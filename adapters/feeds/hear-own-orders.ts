import type { OwnOrderListener } from '../../core/ports/accounts.ts';
import type { MarketFeed } from '../../core/ports/market-feed.ts';
import { sleep, systemTimers } from './timers.ts';

/** A feed keeps its connection up by itself; one that ended all the same is opened again after this long. */
const openAgainMs = 30_000;

/**
 * Reads an account's own stream until the signal aborts, and passes on what it says of orders. Whatever goes wrong ends
 * in silence and another attempt: what is missed is found by asking the venue.
 */
export async function hearOwnOrders(feed: MarketFeed, listener: OwnOrderListener, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const event of feed.stream([{ channel: 'own' }], { signal })) {
        if (event.type === 'order') listener.order(event.order);
        if (event.type === 'notice' && event.notice.kind === 'connected') listener.connected();
      }
      if (!signal.aborted) await sleep(systemTimers, openAgainMs, signal);
    } catch {
      await sleep(systemTimers, openAgainMs, signal).catch(() => {}); // rejects only when the signal aborts
    }
  }
}
