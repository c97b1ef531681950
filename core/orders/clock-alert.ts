import type { OrderAlert } from '../ports/order-store.ts';

/** A host's clock that is further from a venue's is told: no deadline and no limit hangs on it, but records and people do. */
export const hostSkewLimitMs = 1_000;

/** `skewMs`: the venue's time less the host's. */
export const clockAlert = (account: string, skewMs: number, atMs: number): OrderAlert => ({
  key: `clock:${account}:${atMs}`,
  account,
  symbol: '',
  severity: 'YELLOW',
  text: `this machine’s clock is ${Math.abs(skewMs)} ms ${skewMs > 0 ? 'behind' : 'ahead of'} the venue’s: orders go by the venue’s, records and schedules are off by it; set it (NTP)`,
  atMs,
});
