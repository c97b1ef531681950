import { series, window } from './arguments.ts';
import type { SeriesFunction } from './series-function.ts';
import { rollingMean } from './windows/rolling-mean.ts';
import { rollingSum } from './windows/rolling-sum.ts';

export const sma: SeriesFunction = {
  name: 'sma',
  summary: 'The simple mean of the last w values (TA-Lib SMA).',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const mean = rollingMean(w, saved);
    return { advance: ([x], [out], from, to) => mean.advance(x, out, from, to), save: mean.save };
  },
};

export const sum: SeriesFunction = {
  name: 'sum',
  summary: 'The sum of the last w values (TA-Lib SUM).',
  args: [series('x'), window('w')],
  columns: [],
  outputs: ['value'],
  create([w], saved) {
    const total = rollingSum(w, saved);
    return { advance: ([x], [out], from, to) => total.advance(x, out, from, to), save: total.save };
  },
};
