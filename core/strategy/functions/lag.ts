import { series, finiteOrMissing } from './arguments.ts';
import { remember, saveMemory } from './saved-numbers.ts';
import type { SavedState, SeriesFunction, SeriesRun } from './series-function.ts';

/** How a value and the one `k` bars before it become a result. */
type Comparison = (now: number, before: number) => number;

const COUNT = 0;

/** Looks at x[t] and x[t-k] alone: what is missing in between does not matter. */
function compareWithEarlier(k: number, compare: Comparison, saved?: SavedState): SeriesRun {
  const memory = remember({ cells: 1, ring: k }, saved);
  const { cells, ring } = memory;
  return {
    advance([x], [out], from, to) {
      let count = cells[COUNT];
      let place = count % k;
      for (let i = from; i < to; i += 1) {
        const now = x[i];
        out[i] = count < k ? NaN : compare(now, ring[place]);
        ring[place] = now;
        count += 1;
        place = place + 1 === k ? 0 : place + 1;
      }
      cells[COUNT] = count;
    },
    save: () => saveMemory(memory),
  };
}

/** lag(x, 0): nothing to keep. */
const unchanged: SeriesRun = {
  advance([x], [out], from, to) {
    if (out !== x) out.set(x.subarray(from, to), from);
  },
  save: () => null,
};

export const lag: SeriesFunction = {
  name: 'lag',
  summary: 'The value k bars ago.',
  args: [series('x'), { name: 'k', kind: 'window', min: 0 }],
  columns: [],
  outputs: ['value'],
  create: ([k], saved) => (k === 0 ? unchanged : compareWithEarlier(k, (_, before) => before, saved)),
};

export const diff: SeriesFunction = {
  name: 'diff',
  summary: 'The change over k bars, x - lag(x, k).',
  args: [series('x'), { name: 'k', kind: 'window', min: 1, default: 1 }],
  columns: [],
  outputs: ['value'],
  create: ([k], saved) => compareWithEarlier(k, (now, before) => finiteOrMissing(now - before), saved),
};

export const roc: SeriesFunction = {
  name: 'roc',
  summary: 'The rate of change over k bars as a fraction, x / lag(x, k) - 1 (TA-Lib ROCP).',
  args: [series('x'), { name: 'k', kind: 'window', min: 1 }],
  columns: [],
  outputs: ['value'],
  create: ([k], saved) => compareWithEarlier(k, (now, before) => finiteOrMissing(now / before - 1), saved),
};
