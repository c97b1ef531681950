import { finiteOrMissing, window } from './arguments.ts';
import { savedPart } from './saved-numbers.ts';
import type { SavedState, SeriesFunction, SeriesRun } from './series-function.ts';
import { directionalMovement } from './windows/directional-movement.ts';
import { wilderMean } from './windows/recursive-mean.ts';

const columns = ['high', 'low', 'close'] as const;

function directionalIndicator(side: 'plus' | 'minus', w: number, saved?: SavedState): SeriesRun {
  const movement = directionalMovement(w, saved);
  const read = movement[side];
  return {
    advance([high, low, close], [out], from, to) {
      for (let i = from; i < to; i += 1) {
        const isThere = high[i] + low[i] + close[i] === high[i] + low[i] + close[i];
        out[i] = isThere && movement.push(high[i], low[i], close[i]) ? finiteOrMissing(read()) : NaN;
      }
    },
    save: movement.save,
  };
}

export const plusDi: SeriesFunction = {
  name: 'plusDi',
  summary: 'Plus directional indicator, 0 to 100: upward movement as a share of the true range (TA-Lib PLUS_DI).',
  args: [window('w')],
  columns,
  outputs: ['value'],
  create: ([w], saved) => directionalIndicator('plus', w, saved),
};

export const minusDi: SeriesFunction = {
  name: 'minusDi',
  summary: 'Minus directional indicator, 0 to 100: downward movement as a share of the true range (TA-Lib MINUS_DI).',
  args: [window('w')],
  columns,
  outputs: ['value'],
  create: ([w], saved) => directionalIndicator('minus', w, saved),
};

export const adx: SeriesFunction = {
  name: 'adx',
  summary:
    "Average directional index: Wilder's mean of 100 |plusDi - minusDi| / (plusDi + minusDi), 0 on 0/0 (TA-Lib ADX).",
  args: [window('w', 2)],
  columns,
  outputs: ['value'],
  create([w], saved) {
    const movement = directionalMovement(w, savedPart(saved, 'movement'));
    const mean = wilderMean(w, savedPart(saved, 'mean'));
    return {
      advance([high, low, close], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          out[i] = NaN;
          if (high[i] + low[i] + close[i] !== high[i] + low[i] + close[i]) continue;
          if (!movement.push(high[i], low[i], close[i])) continue;
          const plus = movement.plus();
          const minus = movement.minus();
          const index = plus + minus === 0 ? 0 : (100 * Math.abs(plus - minus)) / (plus + minus);
          out[i] = finiteOrMissing(mean.push(index));
        }
      },
      save: () => ({ movement: movement.save(), mean: mean.save() }),
    };
  },
};
