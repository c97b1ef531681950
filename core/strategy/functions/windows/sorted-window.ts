import type { SavedState } from '../series-function.ts';
import { remember, saveMemory } from '../saved-numbers.ts';
import { sortedSlots } from './sorted-slots.ts';

/** The last `window` values in order. */
export type SortedWindow = Readonly<{
  /**
   * Takes one more value. How many of the last `window` values are at most this one (itself included); missing (NaN)
   * until `window` values are there in a row.
   */
  push(value: number): number;
  /** The quantile q of R-7 (linear between order statistics, as numpy's default); only where the last push was not missing. */
  quantile(q: number): number;
  save(): SavedState;
}>;

/** Places in the `cells`. */
const COUNT = 0;
const POSITION = 1;

/** O(log window) a value. Saved as the values of the window; the order follows from them. */
export function sortedWindow(window: number, saved?: SavedState): SortedWindow {
  const memory = remember({ cells: 2, ring: window }, saved);
  const { cells, ring } = memory;
  const sorted = sortedSlots(window);
  const kept = cells[COUNT];
  for (let age = kept; age >= 1; age -= 1) {
    const slot = (cells[POSITION] - age + window) % window;
    sorted.insert(slot, ring[slot]);
  }

  function push(value: number): number {
    // An infinity has no place between the ends of the order; to the expressions it is missing as well.
    if (value - value !== 0) {
      cells.fill(0);
      sorted.clear();
      return NaN;
    }
    const slot = Math.trunc(cells[POSITION]);
    if (cells[COUNT] === window) sorted.removeOldest(slot);
    else cells[COUNT] += 1;
    ring[slot] = value;
    cells[POSITION] = slot + 1 === window ? 0 : slot + 1;
    const rank = sorted.insert(slot, value);
    return cells[COUNT] === window ? rank : NaN;
  }

  function quantile(q: number): number {
    const place = (window - 1) * q;
    const below = Math.floor(place);
    const slot = sorted.select(below);
    const lower = sorted.valueAt(slot);
    return place === below ? lower : lower + (place - below) * (sorted.valueAt(sorted.nextSlot(slot)) - lower);
  }

  return {
    push,
    quantile,
    save: () => saveMemory(memory),
  };
}
