import { window } from './arguments.ts';
import { remember, savedPart, saveMemory } from './saved-numbers.ts';
import type { SeriesFunction } from './series-function.ts';
import { rollingSum } from './windows/rolling-sum.ts';

export const mfi: SeriesFunction = {
  name: 'mfi',
  summary:
    'Money flow index: of the money (typical price times volume) of the last w bars, 100 times the share of the bars whose typical price rose; unchanged bars count to neither side; 0 where no money moved (TA-Lib MFI).',
  args: [window('w', 2)],
  columns: ['high', 'low', 'close', 'volume'],
  outputs: ['value'],
  create([w], saved) {
    const rising = rollingSum(w, savedPart(saved, 'rising'));
    const falling = rollingSum(w, savedPart(saved, 'falling'));
    const memory = remember({ cells: 1 }, savedPart(saved, 'before'));
    if (saved === undefined) memory.cells[0] = NaN;
    return {
      advance([high, low, close, volume], [out], from, to) {
        let before = memory.cells[0];
        for (let i = from; i < to; i += 1) {
          const typical = (high[i] + low[i] + close[i]) / 3;
          const money = typical * volume[i];
          // A missing change (the first bar's too) is missing in both sums.
          const direction = Math.sign(typical - before);
          const up = rising.push(Math.max(direction, 0) * money);
          const down = falling.push(Math.max(-direction, 0) * money);
          out[i] = up === 0 && down === 0 ? 0 : (100 * up) / (up + down);
          before = typical;
        }
        memory.cells[0] = before;
      },
      save: () => ({ rising: rising.save(), falling: falling.save(), before: saveMemory(memory) }),
    };
  },
};
