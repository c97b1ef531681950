import { setTimeout } from 'node:timers/promises';

/** Time, as tests can stand in for it. */
export type Clock = Readonly<{ nowMs: () => number; sleep: (ms: number, signal: AbortSignal) => Promise<void> }>;

/** The time of this machine; a stopped sleep throws. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (ms, signal) => {
    await setTimeout(ms, undefined, { signal });
  },
};
