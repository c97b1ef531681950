import type { SavedState } from '../series-function.ts';
import { remember, saveMemory } from '../saved-numbers.ts';
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
  const { levels, head, end, next, spans, heights, path } = sorted.links;
  const relative = new Float64Array(window + 2);
  const sums = new Float64Array(next.length);
  for (let age = cells[COUNT]; age >= 1; age -= 1) {
    const slot = (cells[POSITION] - age + window) % window;
    sorted.insert(slot, ring[slot]);
  }
  sumAll();

  function push(value: number): boolean {
    if (value - value !== 0) {
      cells.fill(0);
      sorted.clear();
      return false;
    }
    const slot = cells[POSITION];
    if (cells[COUNT] === window) {
      sorted.removeOldest(slot);
      for (let level = 0; level < levels; level += 1) sumLink(path[level], level);
    } else cells[COUNT] += 1;
    ring[slot] = value;
    cells[POSITION] = slot + 1 === window ? 0 : slot + 1;
    sorted.insert(slot, value);
    if (slot === 0) {
      cells[REFERENCE] = value;
      sumAll();
    } else sumInserted(slot);
    return cells[COUNT] === window;
  }

  function sumInserted(slot: number): void {
    relative[slot] = ring[slot] - cells[REFERENCE];
    for (let level = 0; level < levels; level += 1) {
      if (level < heights[slot]) sumLink(slot, level);
      sumLink(path[level], level);
    }
  }

  /** After a change of the reference: every link, level by level. */
  function sumAll(): void {
    for (let slot = 0; slot < window; slot += 1) relative[slot] = ring[slot] - cells[REFERENCE];
    for (let level = 0; level < levels; level += 1) {
      for (let node = head; node !== end; node = next[node * levels + level]) sumLink(node, level);
    }
  }

  function sumLink(node: number, level: number): void {
    const link = node * levels + level;
    const target = next[link];
    if (level === 0) {
      sums[link] = target === end ? 0 : relative[target];
      return;
    }
    let sum = 0;
    for (let at = node; at !== target; at = next[at * levels + level - 1]) sum += sums[at * levels + level - 1];
    sums[link] = sum;
  }

  /** The mean, relative to the reference. */
  function mean(): number {
    let total = 0;
    for (let link = head * levels + levels - 1; ; link = next[link] * levels + levels - 1) {
      total += sums[link];
      if (next[link] === end) return total / window;
    }
  }

  function deviation(): number {
    const last = cells[POSITION] === 0 ? window - 1 : cells[POSITION] - 1;
    return relative[last] - mean();
  }

  function meanDeviation(): number {
    const middle = mean();
    let node = head;
    let count = 0;
    let below = 0;
    for (let level = levels - 1; level >= 0; level -= 1) {
      let link = node * levels + level;
      while (next[link] !== end && relative[next[link]] <= middle) {
        count += spans[link];
        below += sums[link];
        node = next[link];
        link = node * levels + level;
      }
    }
    return (2 * (count * middle - below)) / window;
  }

  return { push, deviation, meanDeviation, save: () => saveMemory(memory) };
}
