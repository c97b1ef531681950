import { longestWindow } from '../../core/strategy/bind.ts';
import type { SeriesPlugin } from '../../core/strategy/strategy-plugins.ts';
import { entropy, measureNames, refuseUnfit, toleranceBySpread, windowMeasures } from '../fe/entropy.ts';
import { refuse } from '../refuse.ts';
import { withParams } from './checked-params.ts';
import { slidingWindow } from './sliding-window.ts';

/**
 * fe_entropy over a rolling window; each measure that is asked for is an output. A value whose window holds one that is
 * missing is missing, and so are approximate and sample entropy of a window that does not vary.
 */
export const entropySeries: SeriesPlugin = {
  id: entropy.id,
  inputs: ['series'],
  bind: (given) =>
    withParams(entropy, given, (params) => {
      const { window, tolerance: fixed, toleranceFactor } = params;
      if (window === undefined) refuse('params.window', 'entropy of the whole series looks ahead', 'a window');
      if (window > longestWindow) refuse('params.window', 'too long', `at most ${longestWindow}`, window);
      const measures = measureNames.filter((name) => params.measures.includes(name));
      const settings = { ...params, measures };
      refuseUnfit(window, settings);
      const matches = measures.some((name) => name === 'approximate' || name === 'sample');
      return {
        params: settings,
        outputs: measures,
        create(saved) {
          const sliding = slidingWindow(window, saved);
          return {
            advance([x], outputs, from, to) {
              for (let i = from; i < to; i += 1) {
                const seen = sliding.push(x[i]);
                const tolerance = seen && matches ? (fixed ?? toleranceBySpread(seen, toleranceFactor)) : 0;
                for (const [place, name] of measures.entries()) {
                  outputs[place][i] = seen === undefined ? NaN : windowMeasures[name](seen, params, tolerance);
                }
              }
            },
            save: sliding.save,
          };
        },
      };
    }),
};
