import { finiteOrMissing, series, window } from './arguments.ts';
import { remember, saveMemory } from './saved-numbers.ts';
import type { SavedState, SeriesFunction, SeriesRun } from './series-function.ts';

/** What a run of earlier values keeps: how many values it has seen. */
const COUNT = 0;

/** Writes x[t-k], missing for the first k bars. Values in between do not matter. */
function earlierValues(k: number, saved?: SavedState): SeriesRun {
  const memory = remember({ cells: 1, ring: k }, saved);
  const { cells, ring } = memory;
  return {
    advance([x], [out], from, to) {
      let count = cells[COUNT];
      let place = count % k;
      for (let i = from; i < to; i += 1) {
        const now = x[i];
        out[i] = count < k ? NaN : ring[place];
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
    out.set(x.subarray(from, to), from);
  },
  save: () => null,
};

export const lag: SeriesFunction = {
  name: 'lag',
  summary: 'The value k bars ago.',
  args: [series('x'), window('k', 0)],
  columns: [],
  outputs: ['value'],
  create: ([k], saved) => (k === 0 ? unchanged : earlierValues(k, saved)),
};

export const diff: SeriesFunction = {
  name: 'diff',
  summary: 'The change over k bars, x - lag(x, k).',
  args: [series('x'), { name: 'k', kind: 'window', min: 1, default: 1 }],
  columns: [],
  outputs: ['value'],
  create([k], saved) {
    const earlier = earlierValues(k, saved);
    return {
      advance(inputs, outputs, from, to) {
        earlier.advance(inputs, outputs, from, to);
        const [x] = inputs;
        const [out] = outputs;
        for (let i = from; i < to; i += 1) out[i] = finiteOrMissing(x[i] - out[i]);
      },
      save: () => earlier.save(),
    };
  },
};

export const roc: SeriesFunction = {
  name: 'roc',
  summary: 'The rate of change over k bars as a fraction, x / lag(x, k) - 1 (TA-Lib ROCP).',
  args: [series('x'), window('k')],
  columns: [],
  outputs: ['value'],
  create([k], saved) {
    const earlier = earlierValues(k, saved);
    return {
      advance(inputs, outputs, from, to) {
        earlier.advance(inputs, outputs, from, to);
        const [x] = inputs;
        const [out] = outputs;
        for (let i = from; i < to; i += 1) out[i] = finiteOrMissing(x[i] / out[i] - 1);
      },
      save: () => earlier.save(),
    };
  },
};
