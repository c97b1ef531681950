import { remember, saveMemory, type Memory } from '../saved-numbers.ts';
import type { SavedState } from '../series-function.ts';

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

type State = Readonly<{ window: number; sign: 1 | -1; memory: Memory<'cells' | 'tails'> }>;

/**
 * Blocks as in rolling-sum.ts: a window is the tail of one block and the head of the next, the larger extreme of both is its
 * own. Two comparisons a bar whatever the window and the values (van Herk 1992; Gil & Werman 1993).
 * The smallest is the largest of the negated values (sign -1).
 */
export function rollingExtreme(
  { window, which }: Readonly<{ window: number; which: 'highest' | 'lowest' }>,
  saved?: SavedState,
): RollingExtreme {
  const memory = remember({ cells: 3, tails: window + 1 }, saved);
  const state: State = { window, sign: which === 'highest' ? 1 : -1, memory };
  memory.tails[window] = -Infinity;
  return {
    advance(values, extremes, from, to) {
      let i = from;
      while (i < to) {
        i = addBlock(state, { values, extremes }, i, to);
        if (i < to && Number.isNaN(values[i])) {
          memory.cells.fill(0);
          extremes[i] = NaN;
          i += 1;
        }
      }
    },
    push: (value) => addOne(state, value),
    save: () => saveMemory(memory),
  };
}

/** Adds values up to the end of the block, `to` or the first missing one; returns where it stopped. */
function addBlock(
  { window, sign, memory: { cells, tails } }: State,
  { values, extremes }: Readonly<{ values: Float64Array; extremes: Float64Array }>,
  from: number,
  to: number,
): number {
  const hasTail = cells[HAS_TAIL] === 1;
  let position = Math.trunc(cells[POSITION]);
  let head = position === 0 ? -Infinity : cells[HEAD];
  const stop = Math.min(to, from + window - position);
  let i = from;
  for (; i < stop; i += 1) {
    const value = values[i];
    if (value !== value) break;
    const signed = sign * value;
    head = Math.max(head, signed);
    // Slot `position` of the tails is not needed any more: it keeps the value until the block is full.
    tails[position] = signed;
    position += 1;
    extremes[i] = sign * Math.max(head, tails[position]);
  }
  if (!hasTail) extremes.fill(NaN, from, position === window ? i - 1 : i);
  cells[POSITION] = position;
  cells[HEAD] = head;
  if (position === window) turnBlock(cells, tails);
  return i;
}

/** One bar of addBlock. */
function addOne({ window, sign, memory: { cells, tails } }: State, value: number): number {
  if (value !== value) {
    cells.fill(0);
    return NaN;
  }
  const signed = sign * value;
  const position = Math.trunc(cells[POSITION]) + 1;
  const head = position === 1 ? signed : Math.max(cells[HEAD], signed);
  tails[position - 1] = signed;
  const whole = sign * Math.max(head, tails[position]);
  cells[POSITION] = position;
  cells[HEAD] = head;
  if (position === window) turnBlock(cells, tails);
  return cells[HAS_TAIL] === 1 ? whole : NaN;
}

/** The full block becomes tails: tails[j] is the extreme of its values j..window-1; the last slot, an empty tail, loses to all. */
function turnBlock(cells: Float64Array, tails: Float64Array): void {
  let extreme = -Infinity;
  for (let j = tails.length - 2; j >= 0; j -= 1) {
    extreme = Math.max(extreme, tails[j]);
    tails[j] = extreme;
  }
  cells[POSITION] = 0;
  cells[HAS_TAIL] = 1;
}
