import { clockAlert, hostSkewLimitMs } from '../../core/orders/clock-alert.ts';
import type { OrderDesk } from '../../core/order-desk/desk.ts';
import { askVenue } from '../../core/order-desk/venue-failures.ts';

/** One look at both clocks; raises an alert when they have come apart, and the next only after they had come together. */
export function createClockWatch({ account, orders, exchange, nowMs }: OrderDesk): () => Promise<void> {
  let isOff = false;
  return async () => {
    const skewMs = (await askVenue(exchange.venueTimeMs())) - nowMs();
    // A clock that stands near the limit is one alert, not one a minute.
    const limitMs = isOff ? hostSkewLimitMs / 2 : hostSkewLimitMs;
    const wasOff = isOff;
    isOff = Math.abs(skewMs) > limitMs;
    if (!isOff || wasOff) return;
    const atMs = nowMs();
    await orders.raiseAlerts([clockAlert(account, skewMs, atMs)]);
  };
}
