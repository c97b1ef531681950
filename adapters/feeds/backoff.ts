import type { Prng } from '../../core/math/prng.ts';
import { sleep, type Timers } from './timers.ts';

const delaysMs = [1_000, 2_000, 5_000, 15_000, 30_000] as const;

/** Share of a delay that chance may add, so that many clients do not come back at once. */
const jitter = 0.25;

/** How long to wait before try `attempt` (0 is the first after a loss). */
export const backoffMs = (attempt: number, prng: Prng): number =>
  Math.round(delaysMs[Math.min(attempt, delaysMs.length - 1)] * (1 + jitter * prng.nextFloat()));

/** Lets one reconnect a second through, whatever number of connections of a venue broke at once. */
export type AttemptGate = (signal: AbortSignal) => Promise<void>;

const gateMs = 1_000;

export function createAttemptGate(timers: Timers): AttemptGate {
  let freeMs = -Infinity;
  return async (signal) => {
    const now = timers.monotonicMs();
    const startMs = Math.max(now, freeMs);
    freeMs = startMs + gateMs;
    if (startMs > now) await sleep(timers, startMs - now, signal);
  };
}
