import { finiteOrMissing, series, window } from './arguments.ts';
import { remember, savedPart, saveMemory } from './saved-numbers.ts';
import type { SeriesFunction } from './series-function.ts';
import { wilderMean } from './windows/recursive-mean.ts';

export const rsi: SeriesFunction = {
  name: 'rsi',
  summary:
    "Relative strength index: 100 times Wilder's mean of the rises over that of all changes, 0 on 0/0 (TA-Lib RSI).",
  args: [series('x'), window('w', 2)],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const rises = wilderMean(w, savedPart(saved, 'rises'));
    const falls = wilderMean(w, savedPart(saved, 'falls'));
    const memory = remember({ cells: 1 }, savedPart(saved, 'before'));
    if (saved === undefined) memory.cells[0] = NaN;
    return {
      advance([x], [out], from, to) {
        let before = memory.cells[0];
        for (let i = from; i < to; i += 1) {
          const now = x[i];
          if (now !== now) {
            out[i] = NaN;
            continue;
          }
          const change = now - before;
          before = now;
          const rise = rises.push(Math.max(change, 0));
          const fall = falls.push(Math.max(-change, 0));
          out[i] = rise === 0 && fall === 0 ? 0 : finiteOrMissing((100 * rise) / (rise + fall));
        }
        memory.cells[0] = before;
      },
      save: () => ({ rises: rises.save(), falls: falls.save(), before: saveMemory(memory) }),
    };
  },
};
