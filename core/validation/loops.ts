/** Rows that a long loop fills one after the other, and how many of them an earlier try has filled. */
export type LoopRows = Readonly<{ data: Float64Array; done: number }>;

/** The long loops that tiers have. */
export const loopNames = ['sweep', 'neighbours', 'monteCarloTrades', 'monteCarloBars'] as const;
export type LoopName = (typeof loopNames)[number];

/**
 * How the long loops of a tier are watched and kept. A loop asks for its rows by name, goes on from where they are
 * filled, and says after each row how far it is. Whoever keeps the rows (a file, shared memory) may give them back to
 * a later try, which then ends with the same bytes: a row depends on nothing but its number.
 */
export type Loops = Readonly<{
  open(name: LoopName, count: number, width: number): LoopRows;
  /** Rows 0..done-1 of `count` are filled. May throw to end the work (cancelled). */
  reached(name: LoopName, done: number, count: number): void;
}>;

/** Loops that nobody watches or keeps. */
export const plainLoops: Loops = {
  open: (_name, count, width) => ({ data: new Float64Array(count * width), done: 0 }),
  reached() {},
};

/** Fills the rows of a loop: `fill(row, into)` writes one, knowing only its number. */
export function fillRows(
  loops: Loops,
  { name, count, width }: Readonly<{ name: LoopName; count: number; width: number }>,
  fill: (row: number, into: Float64Array) => void,
): Float64Array {
  const { data, done } = loops.open(name, count, width);
  for (let row = done; row < count; row += 1) {
    fill(row, data.subarray(row * width, (row + 1) * width));
    loops.reached(name, row + 1, count);
  }
  return data;
}
