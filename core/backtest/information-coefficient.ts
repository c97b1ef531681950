import { spearman } from '../math/spearman.ts';
import type { ForecastQuality } from './types.ts';

const fewestPairs = 100;

/**
 * Information coefficient: Spearman correlation, over bars t, of what was believed at t's close and the return that
 * could be had of it, open[t+2] / open[t+1] - 1. `belief` is the forecast or the position decided; missing is NaN.
 * Undefined with fewer than 100 pairs, or where one of the two does not vary.
 */
export function informationCoefficient(belief: ArrayLike<number>, open: Float64Array): ForecastQuality | undefined {
  const beliefs: number[] = [];
  const returns: number[] = [];
  for (let bar = 0; bar + 2 < open.length; bar += 1) {
    const value = belief[bar];
    if (Number.isNaN(value)) continue;
    beliefs.push(value);
    returns.push(open[bar + 2] / open[bar + 1] - 1);
  }
  if (beliefs.length < fewestPairs) return undefined;
  const ic = spearman(Float64Array.from(beliefs), Float64Array.from(returns));
  return Number.isNaN(ic) ? undefined : { ic, pairs: beliefs.length };
}
