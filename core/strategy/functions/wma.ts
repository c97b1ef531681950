import { finiteOrMissing, series, window } from './arguments.ts';
import { remember, saveMemory } from './saved-numbers.ts';
import type { SavedState, SeriesFunction } from './series-function.ts';

/** Places in the `cells`. */
const POSITION = 0;
const HAS_TAIL = 1;
const HEAD_SUM = 2;
const HEAD_WEIGHTED = 3;
const LAST = 4;
const REPEATS = 5;

/**
 * Blocks as in rolling-sum.ts. Of a tail, the sum weighted 1, 2, … from its first value; of the head the same and the plain
 * sum, whose weights grow by the length of the tail. Only sums of like signs are added, so nothing cancels.
 */
function weightedMean(w: number, saved?: SavedState) {
  const memory = remember({ cells: 6, tails: w + 1 }, saved);
  const { cells, tails } = memory;
  const divisor = (w * (w + 1)) / 2;

  function push(value: number): number {
    if (value !== value) {
      cells.fill(0);
      return NaN;
    }
    cells[REPEATS] = value === cells[LAST] ? cells[REPEATS] + 1 : 1;
    cells[LAST] = value;
    const count = Math.trunc(cells[POSITION]) + 1;
    tails[count - 1] = value;
    cells[HEAD_SUM] += value;
    cells[HEAD_WEIGHTED] += count * value;
    cells[POSITION] = count;
    const whole = tails[count] + (w - count) * cells[HEAD_SUM] + cells[HEAD_WEIGHTED];
    if (count === w) turnBlock();
    if (cells[HAS_TAIL] === 0) return NaN;
    // The mean of equal values is that value, to the last bit.
    return cells[REPEATS] >= w ? value : whole / divisor;
  }

  function turnBlock(): void {
    let sum = 0;
    let weighted = 0;
    for (let j = w - 1; j >= 0; j -= 1) {
      sum += tails[j];
      weighted += sum;
      tails[j] = weighted;
    }
    cells[POSITION] = 0;
    cells[HAS_TAIL] = 1;
    cells[HEAD_SUM] = 0;
    cells[HEAD_WEIGHTED] = 0;
  }

  return { push, save: () => saveMemory(memory) };
}

export const wma: SeriesFunction = {
  name: 'wma',
  summary: 'The mean of the last w values with weights 1 (oldest) to w (now) (TA-Lib WMA).',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const mean = weightedMean(w, saved);
    return {
      advance([x], [out], from, to) {
        for (let i = from; i < to; i += 1) out[i] = finiteOrMissing(mean.push(x[i]));
      },
      save: mean.save,
    };
  },
};
