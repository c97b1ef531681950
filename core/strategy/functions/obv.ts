import { finiteOrMissing } from './arguments.ts';
import { remember, saveMemory } from './saved-numbers.ts';
import type { SeriesFunction } from './series-function.ts';

const CLOSE_BEFORE = 0;
const TOTAL = 1;

export const obv: SeriesFunction = {
  name: 'obv',
  summary:
    'On-balance volume: starts at volume[0], adds the volume of bars that rose, subtracts that of bars that fell (TA-Lib OBV).',
  args: [],
  columns: ['close', 'volume'],
  outputs: ['value'],
  create(_, saved) {
    const memory = remember({ cells: 2 }, saved);
    const { cells } = memory;
    if (saved === undefined) cells[CLOSE_BEFORE] = NaN;
    return {
      advance([close, volume], [out], from, to) {
        let before = cells[CLOSE_BEFORE];
        let total = cells[TOTAL];
        for (let i = from; i < to; i += 1) {
          const now = close[i];
          const traded = volume[i];
          if (now !== now || traded !== traded) {
            out[i] = NaN;
            continue;
          }
          if (before !== before || now > before) total += traded;
          else if (now < before) total -= traded;
          before = now;
          out[i] = finiteOrMissing(total);
        }
        cells[CLOSE_BEFORE] = before;
        cells[TOTAL] = total;
      },
      save: () => saveMemory(memory),
    };
  },
};
