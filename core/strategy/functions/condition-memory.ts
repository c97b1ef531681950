import { series } from './arguments.ts';
import { remember, saveMemory } from './saved-numbers.ts';
import type { SeriesFunction } from './series-function.ts';

export const barsSince: SeriesFunction = {
  name: 'barsSince',
  summary: 'Bars since the condition was last true, 0 where it is; missing before. A missing condition is not true.',
  args: [series('c')],
  columns: [],
  outputs: ['value'],
  create(_, saved) {
    const memory = remember({ cells: 1 }, saved);
    if (saved === undefined) memory.cells[0] = NaN;
    return {
      advance([c], [out], from, to) {
        let bars = memory.cells[0];
        for (let i = from; i < to; i += 1) {
          const condition = c[i];
          bars = condition === condition && condition !== 0 ? 0 : bars + 1;
          out[i] = bars;
        }
        memory.cells[0] = bars;
      },
      save: () => saveMemory(memory),
    };
  },
};

export const valueWhen: SeriesFunction = {
  name: 'valueWhen',
  summary: 'The value of x at the bar where the condition was last true; missing before.',
  args: [series('c'), series('x')],
  columns: [],
  outputs: ['value'],
  create(_, saved) {
    const memory = remember({ cells: 1 }, saved);
    if (saved === undefined) memory.cells[0] = NaN;
    return {
      advance([c, x], [out], from, to) {
        let value = memory.cells[0];
        for (let i = from; i < to; i += 1) {
          const condition = c[i];
          if (condition === condition && condition !== 0) value = x[i];
          out[i] = value;
        }
        memory.cells[0] = value;
      },
      save: () => saveMemory(memory),
    };
  },
};
