import { finiteOrMissing } from '../../core/strategy/functions/arguments.ts';
import { remember, saveMemory } from '../../core/strategy/functions/saved-numbers.ts';
import type { SavedState, SeriesRun } from '../../core/strategy/functions/series-function.ts';
import type { SeriesPlugin } from '../../core/strategy/strategy-plugins.ts';
import { garch } from '../fe/garch.ts';
import {
  backcastLength,
  type Coefficients,
  firstVariance,
  type Init,
  type MeanModel,
  startVariance,
} from '../fe/garch-recursion.ts';
import { refuse } from '../refuse.ts';
import { withParams } from './checked-params.ts';

type Model = Readonly<{ coefficients: Coefficients; mean: MeanModel; init: Init; allowLargeReturns: boolean }>;

/**
 * fe_garch with given coefficients or as EWMA, carried bar by bar. The variance before the first return is an estimate
 * from the first 75 returns (the span of the plugin's backcast), so nothing is said before the 75th: from there on it is
 * what the plugin gives when its first call has these 75. `nextVariance` is that of the coming return.
 */
export const garchSeries: SeriesPlugin = {
  id: garch.id,
  inputs: ['returns'],
  bind: (given) =>
    withParams(garch, given, (params) => {
      const { variant = 'garch', fit = 'mle', init, allowLargeReturns } = params;
      const isEwma = variant === 'ewma';
      if (fit === 'mle' && !isEwma) {
        const shown = params.fit ?? 'none given, which means mle';
        refuse('params.fit', 'a fit to the whole series looks ahead', "'none' with coefficients, or ewma", shown);
      }
      // Refuses what does not go together; any returns will do.
      const { coefficients } = garch.compute({ returns: [0.01, -0.01] }, params);
      const { mu, omega, alpha, beta } = coefficients;
      const mean: MeanModel = isEwma ? 'zero' : (params.mean ?? 'constant');
      return {
        params: isEwma
          ? { variant, lambda: beta, init, allowLargeReturns }
          : { variant, fit: 'none', mean, init, coefficients: { mu, omega, alpha, beta }, allowLargeReturns },
        outputs: ['sigma2', 'standardized', 'nextVariance'],
        create: (saved) => createRun({ coefficients, mean, init, allowLargeReturns }, saved),
      };
    }),
};

const COUNT = 0;
const VARIANCE = 1;

function createRun(model: Model, saved: SavedState | undefined): SeriesRun {
  const { mu, omega, alpha, beta } = model.coefficients;
  const { cells, first } = remember({ cells: 2, first: backcastLength }, saved);
  const told = { variance: 0, error: 0 };

  function step(value: number): void {
    const error = value - mu;
    told.variance = cells[VARIANCE];
    told.error = error;
    cells[VARIANCE] = omega + alpha * (error * error) + beta * told.variance;
  }

  /** Takes a return in; true where it has a variance. */
  function take(value: number): boolean {
    if (Math.abs(value) > 1 && !model.allowLargeReturns) {
      refuse('input.returns', `${garch.id}: looks like percent`, 'fractions, or params.allowLargeReturns', value);
    }
    if (cells[COUNT] < backcastLength) {
      first[cells[COUNT]] = value;
      cells[COUNT] += 1;
      if (cells[COUNT] < backcastLength) return false;
      const start = startVariance(first, model.mean, model.init)(mu);
      cells[VARIANCE] = firstVariance(model.coefficients, start);
      first.forEach(step);
    } else {
      step(value);
    }
    return told.variance > 0;
  }

  return {
    advance([returns], [sigma2, standardized, nextVariance], from, to) {
      for (let i = from; i < to; i += 1) {
        const isThere = returns[i] === returns[i] && take(returns[i]);
        sigma2[i] = isThere ? finiteOrMissing(told.variance) : NaN;
        standardized[i] = isThere ? finiteOrMissing(told.error / Math.sqrt(told.variance)) : NaN;
        nextVariance[i] = isThere ? finiteOrMissing(cells[VARIANCE]) : NaN;
      }
    },
    save: () => saveMemory({ cells, first }),
  };
}
