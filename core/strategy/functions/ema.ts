import { finiteOrMissing, series, window } from './arguments.ts';
import { savedPart } from './saved-numbers.ts';
import type { SeriesFunction } from './series-function.ts';
import { exponentialMean, wilderMean } from './windows/recursive-mean.ts';

export const ema: SeriesFunction = {
  name: 'ema',
  summary: 'The exponential mean with weight 2 / (w + 1), seeded by the mean of the first w values (TA-Lib EMA).',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const mean = exponentialMean(w, saved);
    return {
      advance([x], [out], from, to) {
        for (let i = from; i < to; i += 1) out[i] = finiteOrMissing(mean.push(x[i]));
      },
      save: mean.save,
    };
  },
};

export const wilder: SeriesFunction = {
  name: 'wilder',
  summary: "Wilder's mean: seeded by the mean of the first w values, then moved by (x - mean) / w.",
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const mean = wilderMean(w, saved);
    return {
      advance([x], [out], from, to) {
        for (let i = from; i < to; i += 1) out[i] = finiteOrMissing(mean.push(x[i]));
      },
      save: mean.save,
    };
  },
};

export const dema: SeriesFunction = {
  name: 'dema',
  summary: 'Double exponential mean, 2 ema - ema(ema) (TA-Lib DEMA).',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const first = exponentialMean(w, savedPart(saved, 'first'));
    const second = exponentialMean(w, savedPart(saved, 'second'));
    return {
      advance([x], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          const once = first.push(x[i]);
          out[i] = finiteOrMissing(2 * once - second.push(once));
        }
      },
      save: () => ({ first: first.save(), second: second.save() }),
    };
  },
};

export const tema: SeriesFunction = {
  name: 'tema',
  summary: 'Triple exponential mean, 3 ema - 3 ema(ema) + ema(ema(ema)) (TA-Lib TEMA).',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const first = exponentialMean(w, savedPart(saved, 'first'));
    const second = exponentialMean(w, savedPart(saved, 'second'));
    const third = exponentialMean(w, savedPart(saved, 'third'));
    return {
      advance([x], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          const once = first.push(x[i]);
          const twice = second.push(once);
          out[i] = finiteOrMissing(3 * once - 3 * twice + third.push(twice));
        }
      },
      save: () => ({ first: first.save(), second: second.save(), third: third.save() }),
    };
  },
};
