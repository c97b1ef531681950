import { finiteOrMissing, window } from './arguments.ts';
import { remember, savedPart, saveMemory } from './saved-numbers.ts';
import type { SavedState, SeriesFunction, SeriesRun } from './series-function.ts';
import { wilderMean } from './windows/recursive-mean.ts';

const columns = ['high', 'low', 'close'] as const;

/** How far price went in a bar, the gap since the close before included (Wilder 1978). Missing where one of the three is. */
export const rangeOfBar = (high: number, low: number, closeBefore: number): number =>
  Math.max(high - low, Math.abs(closeBefore - high), Math.abs(closeBefore - low));

export const trueRange: SeriesFunction = {
  name: 'trueRange',
  summary: 'The larger of high - low and the distances of high and low from the close before (TA-Lib TRANGE).',
  args: [],
  columns,
  outputs: ['value'],
  create(_, saved) {
    const memory = remember({ cells: 1 }, saved);
    if (saved === undefined) memory.cells[0] = NaN;
    return {
      advance([high, low, close], [out], from, to) {
        let before = memory.cells[0];
        for (let i = from; i < to; i += 1) {
          out[i] = finiteOrMissing(rangeOfBar(high[i], low[i], before));
          before = close[i];
        }
        memory.cells[0] = before;
      },
      save: () => saveMemory(memory),
    };
  },
};

/** Wilder's mean of the true ranges from the second bar on, over `scale(close)`. Bars with a missing value are passed over. */
function averageTrueRange(w: number, scale: (close: number) => number, saved?: SavedState): SeriesRun {
  const mean = wilderMean(w, savedPart(saved, 'mean'));
  const memory = remember({ cells: 1 }, savedPart(saved, 'before'));
  if (saved === undefined) memory.cells[0] = NaN;
  return {
    advance([high, low, close], [out], from, to) {
      let before = memory.cells[0];
      for (let i = from; i < to; i += 1) {
        const now = close[i];
        if (high[i] + low[i] + now !== high[i] + low[i] + now) {
          out[i] = NaN;
          continue;
        }
        out[i] = finiteOrMissing(mean.push(rangeOfBar(high[i], low[i], before)) / scale(now));
        before = now;
      }
      memory.cells[0] = before;
    },
    save: () => ({ mean: mean.save(), before: saveMemory(memory) }),
  };
}

export const atr: SeriesFunction = {
  name: 'atr',
  summary: "Wilder's mean of the true range (TA-Lib ATR).",
  args: [window('w')],
  columns,
  outputs: ['value'],
  create: ([w], saved) => averageTrueRange(w, () => 1, saved),
};

export const natr: SeriesFunction = {
  name: 'natr',
  summary: 'The atr as a fraction of the close (TA-Lib NATR / 100; for w = 1 too, where TA-Lib forgets to divide).',
  args: [window('w')],
  columns,
  outputs: ['value'],
  create: ([w], saved) => averageTrueRange(w, (close) => close, saved),
};
