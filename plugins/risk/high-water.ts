export type Marked = Readonly<{ t: number; value: number }>;

/** The highest value so far, of all time or of a rolling window. */
export type HighWater = Readonly<{
  /** Takes a value in and gives the mark, which is at least that value. */
  take: (now: Marked) => number;
  /** Multiplies everything remembered: money paid in or out is no gain or loss. */
  scale: (factor: number) => void;
  /** Forgets everything: the next value is the mark. */
  restart: () => void;
  /** The values that can still become the highest, times rising and values falling; empty without a window. */
  entries: () => Marked[];
}>;

/** The mark of all time, starting at `mark`. */
export function highWaterOfAllTime(mark = -Infinity): HighWater {
  let highest = mark;
  return {
    take: ({ value }) => {
      highest = Math.max(highest, value);
      return highest;
    },
    scale: (factor) => {
      highest *= factor;
    },
    restart: () => {
      highest = -Infinity;
    },
    entries: () => [],
  };
}

/**
 * The mark of the last `windowMs`: a monotone queue, so that a value costs O(1) on average (a flow: the queue's length).
 * `remembered` may still hold values that a later one has passed.
 */
export function highWaterOfWindow(windowMs: number, remembered: readonly Marked[] = []): HighWater {
  let queue: Marked[] = [];
  let head = 0;
  const push = (now: Marked) => {
    while (queue.length > head && queue[queue.length - 1].value <= now.value) queue.pop();
    queue.push(now);
  };
  remembered.forEach(push);
  return {
    take: ({ t, value }) => {
      push({ t, value });
      // The newest stays, even where its time swallows a window shorter than a rounding.
      while (head < queue.length - 1 && queue[head].t <= t - windowMs) head++;
      return queue[head].value;
    },
    scale: (factor) => {
      queue = queue.map(({ t, value }) => ({ t, value: value * factor }));
    },
    restart: () => {
      queue = [];
      head = 0;
    },
    entries: () => queue.slice(head),
  };
}
