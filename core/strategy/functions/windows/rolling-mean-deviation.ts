import type { SavedState } from '../series-function.ts';
import { remember, saveMemory } from '../saved-numbers.ts';
import { slotSums, sumAll, sumInserted, sumPath, surplusBelow, total } from './slot-sums.ts';
import { sortedSlots } from './sorted-slots.ts';

/** The last value and the spread of the last `window` values around their mean. */
export type RollingMeanDeviation = Readonly<{
  /** Takes one more value; true when `window` values are there in a row. */
  push(value: number): boolean;
  /** The last value less the mean. */
  deviation(): number;
  /** The mean distance of the values from their mean; exactly 0 where all are equal. */
  meanDeviation(): number;
  save(): SavedState;
}>;

/** Places in the `cells`. */
const COUNT = 0;
const POSITION = 1;
const REFERENCE = 2;

/**
 * The distances above and below the mean m are equal in sum, so the mean distance is 2 (n m - s) / window with the n values
 * that are at most m and their sum s: two walks down a sorted list whose links carry the sum of what they pass over.
 * O(log window) a value. Every link's sum is added up anew from the level below, never corrected, so it does not drift and
 * is a function of the window alone. Values are taken relative to the one in slot 0, which is in the window.
 */
export function rollingMeanDeviation(window: number, saved?: SavedState): RollingMeanDeviation {
  const memory = remember({ cells: 3, ring: window }, saved);
  const { cells, ring } = memory;
  const sorted = sortedSlots(window);
  const sums = slotSums(sorted.links, ring);
  for (let age = cells[COUNT]; age >= 1; age -= 1) {
    const slot = (cells[POSITION] - age + window) % window;
    sorted.insert(slot, ring[slot]);
  }
  sumAll(sums, cells[REFERENCE]);

  function push(value: number): boolean {
    // An infinity has no place between the ends of the order; to the expressions it is missing as well.
    if (value - value !== 0) {
      cells.fill(0);
      sorted.clear();
      return false;
    }
    const slot = Math.trunc(cells[POSITION]);
    if (cells[COUNT] === window) {
      sorted.removeOldest(slot);
      sumPath(sums);
    } else cells[COUNT] += 1;
    ring[slot] = value;
    cells[POSITION] = slot + 1 === window ? 0 : slot + 1;
    sorted.insert(slot, value);
    if (slot === 0) {
      cells[REFERENCE] = value;
      sumAll(sums, value);
    } else {
      sums.relative[slot] = value - cells[REFERENCE];
      sumInserted(sums, slot);
    }
    return cells[COUNT] === window;
  }

  function deviation(): number {
    const last = cells[POSITION] === 0 ? window - 1 : Math.trunc(cells[POSITION]) - 1;
    return sums.relative[last] - total(sums) / window;
  }

  function meanDeviation(): number {
    const mean = total(sums) / window;
    return (2 * surplusBelow(sums, mean)) / window;
  }

  return { push, deviation, meanDeviation, save: () => saveMemory(memory) };
}
