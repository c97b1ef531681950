import type { SavedState } from '../series-function.ts';
import { remember, saveMemory } from '../saved-numbers.ts';

/** The largest or smallest of the last `window` values, missing (NaN) until there are so many in a row. */
export type RollingExtreme = Readonly<{
  /** Writes the extremes at from..to of values[from..to). */
  advance(values: Float64Array, extremes: Float64Array, from: number, to: number): void;
  /** The extreme after one more value. */
  push(value: number): number;
  save(): SavedState;
}>;

/** Places in the `cells` of a rolling extreme. */
const POSITION = 0;
const HAS_TAIL = 1;
const HEAD = 2;

/**
 * Blocks as in rolling-sum.ts: a window is the tail of one block and the head of the next, the extreme of both is its own.
 * Two comparisons a bar whatever the window and the values (van Herk 1992; Gil & Werman 1993).
 * The smallest is the largest of the negated values.
 */
export function rollingExtreme(
  { window, which }: Readonly<{ window: number; which: 'highest' | 'lowest' }>,
  saved?: SavedState,
): RollingExtreme {
  const memory = remember({ cells: 3, tails: window + 1 }, saved);
  const { cells, tails } = memory;
  const sign = which === 'highest' ? 1 : -1;
  const one = new Float64Array(1);
  tails[window] = -Infinity;

  function advance(values: Float64Array, extremes: Float64Array, from: number, to: number): void {
    let i = from;
    while (i < to) {
      i = fillHead({ values, extremes }, i, Math.min(to, i + window - cells[POSITION]));
      if (cells[POSITION] === window) turnBlock();
      if (i < to && Number.isNaN(values[i])) {
        cells.fill(0);
        extremes[i] = NaN;
        i += 1;
      }
    }
  }

  /** Adds values to the head up to `to` or the first missing one; returns where it stopped. */
  function fillHead(
    { values, extremes }: Readonly<{ values: Float64Array; extremes: Float64Array }>,
    from: number,
    to: number,
  ): number {
    const hasTail = cells[HAS_TAIL] === 1;
    let position = cells[POSITION];
    let head = position === 0 ? -Infinity : cells[HEAD];
    let i = from;
    for (; i < to; i += 1) {
      const value = values[i];
      if (value !== value) break;
      const signed = sign * value;
      head = Math.max(head, signed);
      tails[position] = signed;
      position += 1;
      extremes[i] = sign * Math.max(head, tails[position]);
    }
    cells[POSITION] = position;
    cells[HEAD] = head;
    if (!hasTail) {
      extremes.fill(NaN, from, i);
      if (position === window) extremes[i - 1] = sign * head;
    }
    return i;
  }

  /** The full block becomes tails: tails[j] is the extreme of its values j..window-1. */
  function turnBlock(): void {
    let extreme = -Infinity;
    for (let j = window - 1; j >= 0; j -= 1) {
      extreme = Math.max(extreme, tails[j]);
      tails[j] = extreme;
    }
    cells[POSITION] = 0;
    cells[HAS_TAIL] = 1;
  }

  function push(value: number): number {
    one[0] = value;
    advance(one, one, 0, 1);
    return one[0];
  }

  return { advance, push, save: () => saveMemory(memory) };
}
