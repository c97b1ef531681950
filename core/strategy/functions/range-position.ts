import { finiteOrMissing, window, zeroUnlessMissing } from './arguments.ts';
import { savedPart } from './saved-numbers.ts';
import type { SeriesFunction } from './series-function.ts';
import { rollingExtreme } from './windows/rolling-extreme.ts';
import { rollingMean } from './windows/rolling-mean.ts';

const columns = ['high', 'low', 'close'] as const;

export const willr: SeriesFunction = {
  name: 'willr',
  summary:
    "Williams' %R, -100 to 0: how far the close lies below the highest high of w bars, as a share of their range (TA-Lib WILLR).",
  args: [window('w')],
  columns,
  outputs: ['value'],
  create([w], saved) {
    const tops = rollingExtreme({ window: w, which: 'highest' }, savedPart(saved, 'tops'));
    const bottoms = rollingExtreme({ window: w, which: 'lowest' }, savedPart(saved, 'bottoms'));
    return {
      advance([high, low, close], [out], from, to) {
        for (let i = from; i < to; i += 1) {
          const top = tops.push(high[i]);
          const range = top - bottoms.push(low[i]);
          out[i] = range === 0 ? zeroUnlessMissing(close[i]) : finiteOrMissing((-100 * (top - close[i])) / range);
        }
      },
      save: () => ({ tops: tops.save(), bottoms: bottoms.save() }),
    };
  },
};

export const stoch: SeriesFunction = {
  name: 'stoch',
  summary:
    'Slow stochastic, 0 to 100: the place of the close in the range of kWindow bars, smoothed over kSmooth bars (k) and again over dSmooth (d); k is missing until d is there (TA-Lib STOCH).',
  args: [window('kWindow'), window('kSmooth'), window('dSmooth')],
  columns,
  outputs: ['k', 'd'],
  create([kWindow, kSmooth, dSmooth], saved) {
    const tops = rollingExtreme({ window: kWindow, which: 'highest' }, savedPart(saved, 'tops'));
    const bottoms = rollingExtreme({ window: kWindow, which: 'lowest' }, savedPart(saved, 'bottoms'));
    const kMean = rollingMean(kSmooth, savedPart(saved, 'k'));
    const dMean = rollingMean(dSmooth, savedPart(saved, 'd'));
    return {
      advance([high, low, close], [kOut, dOut], from, to) {
        for (let i = from; i < to; i += 1) {
          const bottom = bottoms.push(low[i]);
          const range = tops.push(high[i]) - bottom;
          const k = kMean.push(
            range === 0 ? zeroUnlessMissing(close[i]) : finiteOrMissing((100 * (close[i] - bottom)) / range),
          );
          const d = dMean.push(k);
          kOut[i] = d === d ? k : NaN;
          dOut[i] = d;
        }
      },
      save: () => ({ tops: tops.save(), bottoms: bottoms.save(), k: kMean.save(), d: dMean.save() }),
    };
  },
};
