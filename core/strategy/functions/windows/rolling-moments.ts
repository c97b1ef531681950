import type { SavedState } from '../series-function.ts';
import { remember, saveMemory } from '../saved-numbers.ts';

/** The spread of the last `window` values around their mean. */
export type RollingMoments = Readonly<{
  /** The sum of squared deviations after one more value; missing (NaN) until `window` values are there in a row. */
  push(value: number): number;
  /** The last value less the mean; only where the last push was not missing. */
  deviation(): number;
  save(): SavedState;
}>;

/** Places in the `cells`. */
const POSITION = 0;
const HAS_TAIL = 1;
const REFERENCE = 2;
const MEAN = 3;
const SQUARES = 4;
const TAIL_REFERENCE = 5;
const DEVIATION = 6;

/**
 * Blocks as in rolling-sum.ts, so nothing is ever taken away again: head and tail keep their mean and squares by
 * Welford's update (1962) and are put together by Chan, Golub & LeVeque (1983). Values are taken relative to one of
 * their own part (the head's first, the tail's last), so the noise on a level of 1e9 is seen in full, and the squares
 * of equal values are exactly 0.
 */
export function rollingMoments(window: number, saved?: SavedState): RollingMoments {
  const memory = remember({ cells: 7, tailMeans: window + 1, tailSquares: window + 1 }, saved);
  const { cells, tailMeans, tailSquares } = memory;

  function push(value: number): number {
    if (value !== value) {
      cells.fill(0);
      return NaN;
    }
    const position = Math.trunc(cells[POSITION]);
    if (position === 0) cells[REFERENCE] = value;
    const reference = cells[REFERENCE];
    const relative = value - reference;
    const count = position + 1;
    const step = relative - cells[MEAN];
    const mean = cells[MEAN] + step / count;
    const squares = cells[SQUARES] + step * (relative - mean);
    // Slot `position` of the tails is not needed any more: it keeps the value until the block is full.
    tailMeans[position] = value;
    if (count === window) {
      cells[DEVIATION] = relative - mean;
      turnBlock();
      return squares;
    }
    cells[POSITION] = count;
    cells[MEAN] = mean;
    cells[SQUARES] = squares;
    if (cells[HAS_TAIL] === 0) return NaN;
    const apart = cells[TAIL_REFERENCE] - reference + tailMeans[count] - mean;
    const tailShare = (window - count) / window;
    cells[DEVIATION] = relative - (mean + apart * tailShare);
    return squares + tailSquares[count] + apart * apart * tailShare * count;
  }

  /** The full block becomes tails: mean (relative to its last value) and squares of its values j..window-1. */
  function turnBlock(): void {
    const reference = tailMeans[window - 1];
    let mean = 0;
    let squares = 0;
    for (let j = window - 1; j >= 0; j -= 1) {
      const relative = tailMeans[j] - reference;
      const step = relative - mean;
      mean += step / (window - j);
      squares += step * (relative - mean);
      tailMeans[j] = mean;
      tailSquares[j] = squares;
    }
    cells[POSITION] = 0;
    cells[HAS_TAIL] = 1;
    cells[TAIL_REFERENCE] = reference;
    cells[MEAN] = 0;
    cells[SQUARES] = 0;
  }

  return { push, deviation: () => cells[DEVIATION], save: () => saveMemory(memory) };
}
