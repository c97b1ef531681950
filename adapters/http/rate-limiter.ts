import type { Clock } from './clock.ts';

/** `requests` in `perMs`, evenly; `burst` of them at once after a pause. */
export type RateLimit = Readonly<{ requests: number; perMs: number; burst?: number }>;

/** Waits until the next request may go; requests go in the order in which they asked. */
export type RateLimiter = (signal: AbortSignal) => Promise<void>;

/** A leaky bucket by the generic cell rate algorithm (ITU-T I.371): one number is all that is kept. */
export function createRateLimiter({ requests, perMs, burst = 1 }: RateLimit, clock: Clock): RateLimiter {
  const intervalMs = perMs / requests;
  let earliestMs = -Infinity;
  return async (signal) => {
    const now = clock.nowMs();
    const startMs = Math.max(now, earliestMs - (burst - 1) * intervalMs);
    earliestMs = Math.max(now, earliestMs) + intervalMs;
    if (startMs > now) await clock.sleep(startMs - now, signal);
  };
}
