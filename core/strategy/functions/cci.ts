import { finiteOrMissing, window } from './arguments.ts';
import type { SeriesFunction } from './series-function.ts';
import { rollingMeanDeviation } from './windows/rolling-mean-deviation.ts';

export const cci: SeriesFunction = {
  name: 'cci',
  summary:
    'Commodity channel index: the typical price (high + low + close) / 3 less its mean over w, in units of 0.015 mean deviations; 0 on 0/0 (TA-Lib CCI).',
  args: [window('w', 2)],
  columns: ['high', 'low', 'close'],
  outputs: ['value'],
  create([w], saved) {
    const spread = rollingMeanDeviation(w, saved);
    return {
      advance([high, low, close], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          const isThere = spread.push((high[i] + low[i] + close[i]) / 3);
          if (!isThere) {
            out[i] = NaN;
            continue;
          }
          const unit = 0.015 * spread.meanDeviation();
          out[i] = unit === 0 ? 0 : finiteOrMissing(spread.deviation() / unit);
        }
      },
      save: spread.save,
    };
  },
};
