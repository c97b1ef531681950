/** What is to happen at a moment of the venue's own clock, in the order of time and then of being set. */
export type Alarms = Readonly<{
  nowMs(): number;
  set(dueMs: number, ring: () => void): void;
  /** When the next one rings. */
  nextMs(): number | undefined;
  /** Rings all that are due by then. */
  ringUntil(ms: number): void;
}>;

type Alarm = Readonly<{ dueMs: number; ring: () => void }>;

/** With timers on a clock that runs by itself; a clock that moves by hand rings them as it moves. */
export function createAlarms(nowMs: () => number, { timers }: Readonly<{ timers: boolean }>): Alarms {
  const waiting: Alarm[] = [];
  const ringUntil = (ms: number) => {
    for (let [next] = waiting; next !== undefined && next.dueMs <= ms; [next] = waiting) {
      waiting.shift();
      next.ring();
    }
  };
  return {
    nowMs,
    set: (dueMs, ring) => {
      const later = waiting.findIndex((alarm) => alarm.dueMs > dueMs);
      waiting.splice(later < 0 ? waiting.length : later, 0, { dueMs, ring });
      // A host's timer may be a millisecond early by the host's clock.
      if (timers) setTimeout(() => ringUntil(Math.max(dueMs, nowMs())), dueMs - nowMs()).unref();
    },
    nextMs: () => waiting[0]?.dueMs,
    ringUntil,
  };
}
