import { finiteOrMissing, series, window } from './arguments.ts';
import { remember, saveMemory } from './saved-numbers.ts';
import type { SavedState, SeriesFunction } from './series-function.ts';

/** Places in the `cells`. */
const POSITION = 0;
const HAS_TAIL = 1;
const REFERENCE = 2;
const HEAD_SUM = 3;
const HEAD_TIMED = 4;
const TAIL_REFERENCE = 5;

/**
 * Least squares of x on 0..w-1: sum((t - mid) x) / sum((t - mid)^2). Blocks as in rolling-sum.ts; values relative to one of
 * their own part as in rolling-moments.ts, so a high level costs no digits and the slope of equal values is exactly 0.
 * Per part: the sum, and the sum weighted by the bars since the head's first or until the tail's last value.
 */
function leastSquaresSlope(w: number, saved?: SavedState) {
  const memory = remember({ cells: 6, tailSums: w + 1, tailTimed: w + 1 }, saved);
  const { cells, tailSums, tailTimed } = memory;
  const middle = (w - 1) / 2;
  const divisor = (w * (w * w - 1)) / 12;

  function push(value: number): number {
    if (value !== value) {
      cells.fill(0);
      return NaN;
    }
    const position = Math.trunc(cells[POSITION]);
    if (position === 0) cells[REFERENCE] = value;
    const relative = value - cells[REFERENCE];
    tailSums[position] = value;
    cells[HEAD_SUM] += relative;
    cells[HEAD_TIMED] += position * relative;
    const count = position + 1;
    cells[POSITION] = count;
    const tailCount = w - count;
    const head = cells[HEAD_TIMED] + (tailCount - middle) * cells[HEAD_SUM];
    if (count === w) {
      turnBlock();
      return head / divisor;
    }
    if (cells[HAS_TAIL] === 0) return NaN;
    const tail = (tailCount - 1 - middle) * tailSums[count] - tailTimed[count];
    const apart = cells[TAIL_REFERENCE] - cells[REFERENCE];
    // The times of the tail less `middle` add up to -tailCount * count / 2.
    return (head + tail - (apart * tailCount * count) / 2) / divisor;
  }

  function turnBlock(): void {
    const reference = tailSums[w - 1];
    let sum = 0;
    let timed = 0;
    for (let j = w - 1; j >= 0; j -= 1) {
      const relative = tailSums[j] - reference;
      sum += relative;
      timed += (w - 1 - j) * relative;
      tailSums[j] = sum;
      tailTimed[j] = timed;
    }
    cells.fill(0);
    cells[HAS_TAIL] = 1;
    cells[TAIL_REFERENCE] = reference;
  }

  return { push, save: () => saveMemory(memory) };
}

export const slope: SeriesFunction = {
  name: 'slope',
  summary: 'The slope a bar of the least-squares line through the last w values (TA-Lib LINEARREG_SLOPE).',
  args: [series('x'), window('w', 2)],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const line = leastSquaresSlope(w, saved);
    return {
      advance([x], [out], from, to) {
        for (let i = from; i < to; i += 1) out[i] = finiteOrMissing(line.push(x[i]));
      },
      save: line.save,
    };
  },
};
