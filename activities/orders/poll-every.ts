import type { OrderSettings } from '../../config/orders.ts';
import type { VenueTraits } from '../../core/ports/exchange.ts';

/** How often the venue is asked for an account's open orders: as the settings say, or seldomer where its rates are small. */
export const pollEveryMs = (
  { reconcile }: Pick<OrderSettings, 'reconcile'>,
  { leastPollMs = 0 }: Pick<VenueTraits, 'leastPollMs'>,
): number => Math.max(reconcile.orders_every_seconds * 1_000, leastPollMs);
