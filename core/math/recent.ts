/** The latest values of a stream. */
export type Recent = Readonly<{
  push(value: number): void;
  /** Oldest first; a view, good until the next push. */
  values(): Float64Array;
  /** How many there are. */
  count(): number;
  /** Their standard deviation (ddof 1), two passes; NaN of fewer than two. */
  deviation(): number;
}>;

/**
 * Keeps the newest `keep` values in one piece of memory, in the order they came: sums over them do not depend on where
 * the stream was cut, as they would in a ring. A push is O(1), amortised; memory grows with what is there.
 */
export function createRecent(keep: number, initial: readonly number[] = []): Recent {
  let buffer = new Float64Array(64);
  let start = 0;
  let end = 0;

  const makeRoom = () => {
    const kept = buffer.subarray(start, end);
    if (2 * kept.length > buffer.length) {
      const larger = new Float64Array(2 * buffer.length);
      larger.set(kept);
      buffer = larger;
    } else {
      buffer.copyWithin(0, start, end);
    }
    end -= start;
    start = 0;
  };

  const push = (value: number) => {
    if (end === buffer.length) makeRoom();
    buffer[end++] = value;
    if (end - start > keep) start++;
  };
  initial.forEach(push);
  const deviation = () => {
    const count = end - start;
    let total = 0;
    for (let i = start; i < end; i++) total += buffer[i];
    const centre = total / count;
    let squares = 0;
    for (let i = start; i < end; i++) squares += (buffer[i] - centre) * (buffer[i] - centre);
    return count < 2 ? NaN : Math.sqrt(squares / (count - 1));
  };
  return { push, values: () => buffer.subarray(start, end), count: () => end - start, deviation };
}
