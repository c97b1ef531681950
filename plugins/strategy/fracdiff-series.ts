import { finiteOrMissing } from '../../core/strategy/functions/arguments.ts';
import type { SeriesPlugin } from '../../core/strategy/strategy-plugins.ts';
import { fracdiff } from '../fe/fracdiff.ts';
import { weightsOf, widestWindow, widthOf } from '../fe/fracdiff-weights.ts';
import { refuse } from '../refuse.ts';
import { withParams } from './checked-params.ts';
import { slidingWindow } from './sliding-window.ts';

/** fe_fracdiff of a given order. A value whose window holds one that is missing (or has no logarithm) is missing. */
export const fracdiffSeries: SeriesPlugin = {
  id: fracdiff.id,
  inputs: ['series'],
  bind: (given) =>
    withParams(fracdiff, given, ({ d, search, maxWidth = widestWindow, ...params }) => {
      if (search !== undefined)
        refuse('params.search', 'a search for d over the whole series looks ahead', 'params.d', search);
      if (d === undefined) refuse('params.d', 'missing', 'an order');
      const { threshold = 1e-4, transform = 'log', correction = 'none' } = params;
      const settings = { d, threshold, transform, correction };
      const width = widthOf(settings);
      if (width > Math.min(maxWidth, widestWindow)) {
        const expected = `a window of at most ${Math.min(maxWidth, widestWindow)}: raise the threshold`;
        const found = width > widestWindow ? `more than ${widestWindow}` : String(width);
        refuse('params.threshold', `d ${d} needs too long a window`, expected, found);
      }
      const { weights } = weightsOf(settings);
      const transformed = transform === 'log' ? Math.log : (value: number) => value;
      return {
        params: settings,
        outputs: ['values'],
        create(saved) {
          const window = slidingWindow(width, saved);
          return {
            advance([x], [values], from, to) {
              for (let i = from; i < to; i += 1) {
                const seen = window.push(finiteOrMissing(transformed(x[i])));
                values[i] = seen === undefined ? NaN : finiteOrMissing(weightedSum(seen, weights));
              }
            },
            save: window.save,
          };
        },
      };
    }),
};

/** The newest value has the first weight; summed in the order of the plugin. */
function weightedSum(seen: Float64Array, weights: Float64Array): number {
  const newest = seen.length - 1;
  let sum = 0;
  for (let k = 0; k < weights.length; k += 1) sum += weights[k] * seen[newest - k];
  return sum;
}
