import type { Meter } from './meters.ts';
import type { RateRules } from './rules.ts';

/** Requests that may go at once after a pause. */
const burst = 20;

/** A venue that we know no more of than ccxt does: its milliseconds between requests, all of one address alike. */
export function otherRates(msPerRequest: number): RateRules {
  const meter: Meter = {
    kind: 'falling',
    name: 'requests',
    limit: burst,
    fallPerSecond: 1000 / Math.max(1, msPerRequest),
  };
  return {
    charges: (_call, { address }) => [{ meter, scope: address, amount: 1 }],
    corrections: () => [],
    pausedScope: (_failure, _call, { address }) => address,
  };
}
