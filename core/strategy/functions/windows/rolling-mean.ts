import type { SavedState } from '../series-function.ts';
import { remember, savedPart, saveMemory } from '../saved-numbers.ts';
import { rollingSum, type RollingSum } from './rolling-sum.ts';

const LAST = 0;
const REPEATS = 1;

/**
 * The mean of the last `window` values, missing (NaN) until there are so many in a row.
 * Where they are all equal it is that very value: sum / window may be off by the last bit, and in a market that stands
 * still two means over different windows would seem to cross.
 */
export function rollingMean(window: number, saved?: SavedState): RollingSum {
  const sum = rollingSum(window, savedPart(saved, 'sum'));
  const memory = remember({ cells: 2 }, savedPart(saved, 'repeats'));
  const { cells } = memory;

  function advance(values: Float64Array, means: Float64Array, from: number, to: number): void {
    sum.advance(values, means, from, to);
    let last = cells[LAST];
    // The bar since which all values are the same.
    let since = from - Math.trunc(cells[REPEATS]);
    for (let i = from; i < to; i += 1) {
      const value = values[i];
      if (value !== last) {
        last = value;
        since = i;
      }
      const mean = means[i] / window;
      means[i] = i - since >= window - 1 ? value : mean;
    }
    cells[LAST] = last;
    cells[REPEATS] = to - since;
  }

  function push(value: number): number {
    const mean = sum.push(value) / window;
    cells[REPEATS] = value === cells[LAST] ? cells[REPEATS] + 1 : 1;
    cells[LAST] = value;
    return cells[REPEATS] >= window ? value : mean;
  }

  return { advance, push, save: () => ({ sum: sum.save(), repeats: saveMemory(memory) }) };
}
