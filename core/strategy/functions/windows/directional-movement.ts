import type { SavedState } from '../series-function.ts';
import { remember, saveMemory } from '../saved-numbers.ts';
import { rangeOfBar } from '../true-range.ts';

/** Wilder's directional movement: up, down and true range, summed and faded over `window` bars. */
export type DirectionalMovement = Readonly<{
  /** Takes one more bar; true when `window` bars after the first are there. Not to be called with missing values. */
  push(high: number, low: number, close: number): boolean;
  /** The directional indicators, 0..100; 0 where no range was covered. */
  plus(): number;
  minus(): number;
  save(): SavedState;
}>;

/** Places in the `cells`. */
const BARS = 0;
const HIGH_BEFORE = 1;
const LOW_BEFORE = 2;
const CLOSE_BEFORE = 3;
const UP = 4;
const DOWN = 5;
const RANGE = 6;

/** As TA-Lib: the sums are seeded by the first `window - 1` bars and fade by 1/window of themselves from then on. */
export function directionalMovement(window: number, saved?: SavedState): DirectionalMovement {
  const memory = remember({ cells: 7 }, saved);
  const { cells } = memory;

  function push(high: number, low: number, close: number): boolean {
    if (cells[BARS] > 0) {
      const up = high - cells[HIGH_BEFORE];
      const down = cells[LOW_BEFORE] - low;
      const kept = cells[BARS] < window ? 1 : 1 - 1 / window;
      cells[UP] = cells[UP] * kept + (up > 0 && up > down ? up : 0);
      cells[DOWN] = cells[DOWN] * kept + (down > 0 && down > up ? down : 0);
      cells[RANGE] = cells[RANGE] * kept + rangeOfBar(high, low, cells[CLOSE_BEFORE]);
    }
    if (cells[BARS] <= window) cells[BARS] += 1;
    cells[HIGH_BEFORE] = high;
    cells[LOW_BEFORE] = low;
    cells[CLOSE_BEFORE] = close;
    return cells[BARS] > window;
  }

  return {
    push,
    plus: () => (cells[RANGE] === 0 ? 0 : (100 * cells[UP]) / cells[RANGE]),
    minus: () => (cells[RANGE] === 0 ? 0 : (100 * cells[DOWN]) / cells[RANGE]),
    save: () => saveMemory(memory),
  };
}
