import { longestWindow } from '../../core/strategy/bind.ts';
import { finiteOrMissing } from '../../core/strategy/functions/arguments.ts';
import type { SeriesPlugin } from '../../core/strategy/strategy-plugins.ts';
import { causalDenoiser, wavelet } from '../fe/wavelet.ts';
import { refuse } from '../refuse.ts';
import { withParams } from './checked-params.ts';
import { slidingWindow } from './sliding-window.ts';

/** fe_wavelet in its causal mode. A value whose window holds one that is missing is missing. */
export const waveletSeries: SeriesPlugin = {
  id: wavelet.id,
  inputs: ['series'],
  bind: (given) =>
    withParams(wavelet, given, (params) => {
      const { mode, window } = params;
      if (mode === 'smooth') refuse('params.mode', 'a value of mode smooth looks ahead', "'causal'", mode);
      if (window > longestWindow) refuse('params.window', 'too long', `at most ${longestWindow}`, window);
      const { level, denoise } = causalDenoiser(params);
      return {
        params: { ...params, level },
        outputs: ['values'],
        create(saved) {
          const sliding = slidingWindow(window, saved);
          return {
            advance([x], [values], from, to) {
              for (let i = from; i < to; i += 1) {
                const seen = sliding.push(x[i]);
                values[i] = seen === undefined ? NaN : finiteOrMissing(denoise(seen));
              }
            },
            save: sliding.save,
          };
        },
      };
    }),
};
