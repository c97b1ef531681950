import type { SavedState } from '../series-function.ts';
import { finiteOrMissing } from '../arguments.ts';
import { remember, saveMemory } from '../saved-numbers.ts';

/** The sum of the last `window` values, missing (NaN) until there are so many in a row without a missing one. */
export type RollingSum = Readonly<{
  /** Writes the sums at from..to of values[from..to). */
  advance(values: Float64Array, sums: Float64Array, from: number, to: number): void;
  /** The sum after one more value. */
  push(value: number): number;
  save(): SavedState;
}>;

function dropInfinite(sums: Float64Array, from: number, to: number): void {
  for (let i = from; i < to; i += 1) sums[i] = finiteOrMissing(sums[i]);
}

/** Places in the `cells` of a rolling sum. */
const POSITION = 0;
const HAS_TAIL = 1;
const HEAD = 2;
const HEAD_ERROR = 3;

/**
 * A running total that adds the new and subtracts the old value drifts, and one huge value spoils it for good. Here nothing
 * is ever subtracted: time is cut into blocks of `window` bars, and every window is the tail of one block and the head of
 * the next (van Herk 1992; Gil & Werman 1993). The head grows by one value a bar; the tails are summed backwards
 * when a block is full. Both carry their rounding error along (Knuth's two-sum), so a sum is right to the last bit
 * or two whatever the values. O(1) a bar, amortised.
 */
export function rollingSum(window: number, saved?: SavedState): RollingSum {
  const memory = remember({ cells: 4, tails: window + 1, tailErrors: window + 1 }, saved);
  const { cells, tails, tailErrors } = memory;
  const one = new Float64Array(1);

  function advance(values: Float64Array, sums: Float64Array, from: number, to: number): void {
    let i = from;
    while (i < to) {
      const done = fillHead(values, sums, i, Math.min(to, i + window - cells[POSITION]));
      if (cells[POSITION] === window) turnBlock();
      i = done;
      if (i < to && Number.isNaN(values[i])) {
        cells.fill(0);
        sums[i] = NaN;
        i += 1;
      }
    }
  }

  /** Adds values to the head up to `to` or the first missing one; returns where it stopped. */
  function fillHead(values: Float64Array, sums: Float64Array, from: number, to: number): number {
    const hasTail = cells[HAS_TAIL] === 1;
    let position = cells[POSITION];
    let head = cells[HEAD];
    let headError = cells[HEAD_ERROR];
    // Stays 0 while all sums are finite, NaN after one that is not: cheaper than a branch a bar.
    let witness = 0;
    let i = from;
    for (; i < to; i += 1) {
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
      const exact = sum + (head - (sum - grown) + (tail - grown) + (headError + tailErrors[position]));
      witness += exact * 0;
      sums[i] = exact;
    }
    cells[POSITION] = position;
    cells[HEAD] = head;
    cells[HEAD_ERROR] = headError;
    if (!hasTail) {
      sums.fill(NaN, from, i);
      if (position === window) sums[i - 1] = head + headError;
    }
    if (witness !== 0) dropInfinite(sums, from, i);
    return i;
  }

  /** The full block becomes tails: tails[j] is the sum of its values j..window-1. */
  function turnBlock(): void {
    let sum = 0;
    let error = 0;
    for (let j = window - 1; j >= 0; j -= 1) {
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

  function push(value: number): number {
    one[0] = value;
    advance(one, one, 0, 1);
    return one[0];
  }

  return { advance, push, save: () => saveMemory(memory) };
}
