import { setImmediate as nextTurn } from 'node:timers/promises';

type Entry = Readonly<{ atMs: number; order: number; run: () => void }>;

export type Scheduler = Readonly<{
  nowMs(): number;
  /** Runs `work` so many ms of simulated time from now; what is due at one moment runs in the order in which it was asked for. */
  after(ms: number, work: () => void): void;
  /** Runs what is due, earliest first, until nothing is left or the time is over; says whether anything is left. */
  runUntil(endMs: number): Promise<boolean>;
  /** Whether anything but what repeats for ever is due. */
  readonly pending: number;
}>;

/**
 * The simulation's only clock. Between two entries every promise that can go on does: the desk's own async code runs
 * here as it is, and the same seed gives the same run to the last microtask.
 */
export function createScheduler(startMs: number): Scheduler {
  const heap: Entry[] = [];
  let nowMs = startMs;
  let order = 0;
  return {
    nowMs: () => nowMs,
    after(ms, run) {
      push(heap, { atMs: nowMs + Math.max(0, Math.round(ms)), order: (order += 1), run });
    },
    async runUntil(endMs) {
      for (;;) {
        const next = heap[0];
        if (next === undefined || next.atMs > endMs) {
          nowMs = Math.max(nowMs, endMs);
          return heap.length > 0;
        }
        pop(heap);
        nowMs = next.atMs;
        next.run();
        // A turn of the event loop: all promises that this entry settled have been followed to their end.
        await nextTurn();
      }
    },
    get pending() {
      return heap.length;
    },
  };
}

const earlier = (a: Entry, b: Entry) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || !earlier(entry, above)) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const left = heap[2 * at + 1];
    const right = heap[2 * at + 2];
    if (left === undefined) break;
    const child = right !== undefined && earlier(right, left) ? 2 * at + 2 : 2 * at + 1;
    const smaller = heap[child];
    if (smaller === undefined || !earlier(smaller, last)) break;
    heap[at] = smaller;
    at = child;
  }
  heap[at] = last;
}
