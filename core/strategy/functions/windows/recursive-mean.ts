import type { SavedState } from '../series-function.ts';
import { remember, saveMemory } from '../saved-numbers.ts';

/** A mean that forgets: each present value moves it by `weight` of its distance. */
export type RecursiveMean = Readonly<{
  /** The mean after one more value; missing where the value is, and until `window` values have seeded it. */
  push(value: number): number;
  save(): SavedState;
}>;

const COUNT = 0;
const MEAN = 1;

/** Seeded by the mean of the first `window` present values, as TA-Lib's EMA. A missing value changes nothing. */
function recursiveMean(
  { window, weight }: Readonly<{ window: number; weight: number }>,
  saved?: SavedState,
): RecursiveMean {
  const memory = remember({ cells: 2 }, saved);
  const { cells } = memory;

  function push(value: number): number {
    if (value !== value) return NaN;
    if (cells[COUNT] === window) {
      // With a window of 1 the weight is 1, and mean + (value - mean) would not always be the value.
      cells[MEAN] = window === 1 ? value : cells[MEAN] + (value - cells[MEAN]) * weight;
      return cells[MEAN];
    }
    cells[COUNT] += 1;
    // Until it is seeded, the cell of the mean holds the sum.
    cells[MEAN] += value;
    if (cells[COUNT] < window) return NaN;
    cells[MEAN] /= window;
    return cells[MEAN];
  }

  return { push, save: () => saveMemory(memory) };
}

/** The weight of an exponential mean over `window` values: 2 / (window + 1). */
export const exponentialMean = (window: number, saved?: SavedState): RecursiveMean =>
  recursiveMean({ window, weight: 2 / (window + 1) }, saved);

/** Wilder's mean: each value has the weight 1 / window. */
export const wilderMean = (window: number, saved?: SavedState): RecursiveMean =>
  recursiveMean({ window, weight: 1 / window }, saved);
