import type { Drift } from '../orders/corrections.ts';
import { restoredLooksMs } from '../orders/store-rules.ts';
import type { OrderDesk } from './desk.ts';
import { askVenue } from './venue-failures.ts';

/** Markets that are asked in one reconciliation; others wait for the next one. */
const mostMarkets = 20;

/** Fills of before the restore are looked for from so long before it. */
const beforeRestoreMs = 7 * 86_400_000;

/**
 * Markets in which a store that was restored from a backup may have forgotten trades, each with the venue time from
 * which to ask for fills. A backup that has no order of a market says nothing of it; but a trade there has moved two
 * assets (or, of a perpetual, its position), and the ledger explains neither.
 */
export async function forgottenMarkets(
  { account, orders, exchange }: OrderDesk,
  drift: readonly Drift[],
  asked: ReadonlySet<string>,
): Promise<Record<string, number>> {
  const moved = new Set(drift.map(({ asset }) => asset));
  if (moved.size === 0) return {};
  const markets = (await askVenue(exchange.markets()))
    .filter(({ symbol, base, quote, settle }) =>
      settle === undefined ? moved.has(base) && moved.has(quote) : moved.has(symbol),
    )
    .filter(({ symbol }) => !asked.has(symbol))
    .slice(0, mostMarkets);
  if (markets.length === 0) return {};
  const { restoredSafeMs } = await orders.accountState(account);
  if (restoredSafeMs === undefined) return {};
  if ((await askVenue(exchange.venueTimeMs())) > restoredSafeMs + restoredLooksMs) return {};
  return Object.fromEntries(markets.map(({ symbol }) => [symbol, restoredSafeMs - beforeRestoreMs]));
}
