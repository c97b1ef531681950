import type { Timers } from '../../../adapters/feeds/timers.ts';

export type VirtualTimers = Readonly<{
  timers: Timers;
  /** Moves the clock and runs what became due, in its order. */
  advance(ms: number): void;
  /** What the host's clock does by itself: no timer and no age notices it. */
  jump(ms: number): void;
  /** How many timers are waiting. */
  waiting(): number;
}>;

type Timer = Readonly<{ atMs: number; order: number; work: () => void }>;

/** A clock that only a test moves. */
export function createVirtualTimers(startMs = Date.UTC(2026, 0, 5, 12)): VirtualTimers {
  let now = startMs;
  let order = 0;
  let jumpedMs = 0;
  const pending = new Set<Timer>();
  const nextDue = (untilMs: number) =>
    [...pending]
      .filter(({ atMs }) => atMs <= untilMs)
      .toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)
      .at(0);
  return {
    timers: {
      nowMs: () => now + jumpedMs,
      monotonicMs: () => now,
      after: (ms, work) => {
        order += 1;
        const timer = { atMs: now + ms, order, work };
        pending.add(timer);
        return () => pending.delete(timer);
      },
    },
    advance: (ms) => {
      const untilMs = now + ms;
      for (let due = nextDue(untilMs); due !== undefined; due = nextDue(untilMs)) {
        pending.delete(due);
        now = Math.max(now, due.atMs);
        due.work();
      }
      now = untilMs;
    },
    jump: (ms) => {
      jumpedMs += ms;
    },
    waiting: () => pending.size,
  };
}
