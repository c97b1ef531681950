import { finiteOrMissing } from '../arguments.ts';
import { remember, saveMemory, type Memory } from '../saved-numbers.ts';
import type { SavedState } from '../series-function.ts';

/** The sum of the last `window` values, missing (NaN) until there are so many in a row without a missing one. */
export type RollingSum = Readonly<{
  /** Writes the sums at from..to of values[from..to). */
  advance(values: Float64Array, sums: Float64Array, from: number, to: number): void;
  /** The sum after one more value. */
  push(value: number): number;
  save(): SavedState;
}>;

/** Places in the `cells` of a rolling sum. */
const POSITION = 0;
const HAS_TAIL = 1;
const HEAD = 2;
const HEAD_ERROR = 3;

type State = Readonly<{ window: number; memory: Memory<'cells' | 'tails' | 'tailErrors'> }>;

/**
 * A running total that adds the new and subtracts the old value drifts, and one huge value spoils it for good. Here nothing
 * is ever subtracted: time is cut into blocks of `window` bars, and every window is the tail of one block and the head of
 * the next (van Herk 1992; Gil & Werman 1993). The head grows by one value a bar; the tails are summed backwards
 * when a block is full. Both carry their rounding error along (Knuth's two-sum), so a sum is right to the last bit
 * or two whatever the values. O(1) a bar, amortised.
 */
export function rollingSum(window: number, saved?: SavedState): RollingSum {
  const memory = remember({ cells: 4, tails: window + 1, tailErrors: window + 1 }, saved);
  const state: State = { window, memory };
  return {
    advance(values, sums, from, to) {
      let i = from;
      while (i < to) {
        i = addBlock(state, { values, sums }, i, to);
        if (i < to && Number.isNaN(values[i])) {
          memory.cells.fill(0);
          sums[i] = NaN;
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
  { window, memory }: State,
  { values, sums }: Readonly<{ values: Float64Array; sums: Float64Array }>,
  from: number,
  to: number,
): number {
  const { cells, tails, tailErrors } = memory;
  const hasTail = cells[HAS_TAIL] === 1;
  let position = Math.trunc(cells[POSITION]);
  let head = cells[HEAD];
  let headError = cells[HEAD_ERROR];
  const stop = Math.min(to, from + window - position);
  // Stays 0 while all sums are finite, NaN after one that is not: cheaper than a branch a bar.
  let witness = 0;
  let i = from;
  for (; i < stop; i += 1) {
    const value = values[i];
    if (value !== value) break;
    const next = head + value;
    const added = next - head;
    headError += head - (next - added) + (value - added);
    head = next;
    // Slot `position` of the tails is not needed any more: it keeps the value until the block is full.
    tails[position] = value;
    position += 1;
    const tail = tails[position];
    const sum = head + tail;
    const grown = sum - head;
    const whole = sum + (head - (sum - grown) + (tail - grown) + (headError + tailErrors[position]));
    witness += whole - whole;
    sums[i] = whole;
  }
  if (!hasTail) sums.fill(NaN, from, position === window ? i - 1 : i);
  if (witness !== 0) for (let k = from; k < i; k += 1) sums[k] = finiteOrMissing(sums[k]);
  cells[POSITION] = position;
  cells[HEAD] = head;
  cells[HEAD_ERROR] = headError;
  if (position === window) turnBlock(memory);
  return i;
}

/** One bar of addBlock, with the same operations in the same order. */
function addOne({ window, memory }: State, value: number): number {
  const { cells, tails, tailErrors } = memory;
  if (value !== value) {
    cells.fill(0);
    return NaN;
  }
  const position = Math.trunc(cells[POSITION]) + 1;
  const before = cells[HEAD];
  const head = before + value;
  const added = head - before;
  const headError = cells[HEAD_ERROR] + (before - (head - added) + (value - added));
  tails[position - 1] = value;
  const tail = tails[position];
  const sum = head + tail;
  const grown = sum - head;
  const whole = sum + (head - (sum - grown) + (tail - grown) + (headError + tailErrors[position]));
  cells[POSITION] = position;
  cells[HEAD] = head;
  cells[HEAD_ERROR] = headError;
  if (position === window) turnBlock(memory);
  return cells[HAS_TAIL] === 1 ? finiteOrMissing(whole) : NaN;
}

/** The full block becomes tails: tails[j] is the sum of its values j..window-1; the last slot, an empty tail, stays 0. */
function turnBlock({ cells, tails, tailErrors }: State['memory']): void {
  let sum = 0;
  let error = 0;
  for (let j = tails.length - 2; j >= 0; j -= 1) {
    const value = tails[j];
    const next = sum + value;
    const added = next - sum;
    error += sum - (next - added) + (value - added);
    sum = next;
    tails[j] = sum;
    tailErrors[j] = error;
  }
  cells[POSITION] = 0;
  cells[HAS_TAIL] = 1;
  cells[HEAD] = 0;
  cells[HEAD_ERROR] = 0;
}
