import { constant, finiteOrMissing, series, window } from './arguments.ts';
import { savedPart } from './saved-numbers.ts';
import type { SeriesFunction } from './series-function.ts';
import { rollingMean } from './windows/rolling-mean.ts';
import { rollingMoments } from './windows/rolling-moments.ts';

export const stddev: SeriesFunction = {
  name: 'stddev',
  summary: 'The standard deviation of the last w values, divisor w (TA-Lib STDDEV).',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const moments = rollingMoments(w, saved);
    return {
      advance([x], [out], from, to) {
        for (let i = from; i < to; i += 1) out[i] = finiteOrMissing(Math.sqrt(moments.push(x[i]) / w));
      },
      save: moments.save,
    };
  },
};

export const zscore: SeriesFunction = {
  name: 'zscore',
  summary: 'How many standard deviations (divisor w) x lies above its mean over w; missing where the deviation is 0.',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const moments = rollingMoments(w, saved);
    return {
      advance([x], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          const deviation = Math.sqrt(moments.push(x[i]) / w);
          out[i] = finiteOrMissing(moments.deviation() / deviation);
        }
      },
      save: moments.save,
    };
  },
};

export const bbands: SeriesFunction = {
  name: 'bbands',
  summary:
    'Bollinger bands: the simple mean over w, and mult standard deviations (divisor w) around it (TA-Lib BBANDS).',
  args: [series('x'), window('w'), constant('mult')],
  columns: [],
  outputs: ['upper', 'middle', 'lower'],
  create([w, mult], saved) {
    const mean = rollingMean(w, savedPart(saved, 'mean'));
    const moments = rollingMoments(w, savedPart(saved, 'moments'));
    return {
      advance([x], [upper, middle, lower], from, to) {
        mean.advance(x, middle, from, to);
        for (let i = from; i < to; i += 1) {
          const width = mult * Math.sqrt(moments.push(x[i]) / w);
          upper[i] = finiteOrMissing(middle[i] + width);
          lower[i] = finiteOrMissing(middle[i] - width);
        }
      },
      save: () => ({ mean: mean.save(), moments: moments.save() }),
    };
  },
};
