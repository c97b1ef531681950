import { finiteOrMissing, window } from './arguments.ts';
import { savedPart } from './saved-numbers.ts';
import type { SeriesFunction } from './series-function.ts';
import { rollingSum } from './windows/rolling-sum.ts';

export const vwap: SeriesFunction = {
  name: 'vwap',
  summary: 'The mean typical price (high + low + close) / 3 of the last w bars, weighted by volume.',
  args: [window('w')],
  columns: ['high', 'low', 'close', 'volume'],
  outputs: ['value'],
  create([w], saved) {
    const traded = rollingSum(w, savedPart(saved, 'traded'));
    const volumes = rollingSum(w, savedPart(saved, 'volumes'));
    return {
      advance([high, low, close, volume], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          const money = ((high[i] + low[i] + close[i]) / 3) * volume[i];
          out[i] = finiteOrMissing(traded.push(money) / volumes.push(volume[i]));
        }
      },
      save: () => ({ traded: traded.save(), volumes: volumes.save() }),
    };
  },
};
