import { pearson } from '../../core/math/pearson.ts';
import { DeskError } from '../../core/errors.ts';
import { adf } from '../../core/validation/statistics/adf.ts';
import { refuse } from '../refuse.ts';
import { difference, type Differencing, weightsOf, widthOf } from './fracdiff-weights.ts';

export type Search = Readonly<{
  from: number;
  to: number;
  step: number;
  pValue: number;
  lags: number;
  regression: 'c' | 'ct';
}>;

type Tested = {
  d: number;
  width: number;
  nobs: number;
  adf: number;
  pValue: number;
  critical5: number;
  correlation: number;
  passed: boolean;
};

/** What came of one d of the grid; skipped where its window is wider than allowed. */
export type Trial = Tested | { d: number; width: number; skipped: true };

const largestGrid = 201;
const leastRows = 30;

/**
 * Tests every d of the grid for a unit root on the same last values (otherwise the sample, not d, drives the test), and
 * chooses the smallest that passes with every larger one passing too. Lopez de Prado (2018), sec. 5.6.
 */
export function searchOrder(
  x: Float64Array,
  search: Search,
  { maxWidth, ...rest }: Omit<Differencing, 'd'> & Readonly<{ maxWidth: number }>,
): Readonly<{ d: number | undefined; trials: Trial[] }> {
  const grid = gridOf(search).map((d) => ({ d, width: widthOf({ d, threshold: rest.threshold }) }));
  const widest = Math.max(0, ...grid.map(({ width }) => width).filter((width) => width <= maxWidth));
  if (widest === 0)
    refuse('params.threshold', 'every d needs a window over maxWidth', 'a higher threshold', rest.threshold);
  const kept = x.length - widest + 1;
  // The second is what any such regression needs: about as many rows again as columns.
  const most = Math.min(kept - 1 - leastRows, Math.floor(kept / 2) - (search.regression === 'ct' ? 2 : 1) - 1);
  if (search.lags > most)
    refuse('params.search.lags', `too few rows to test: ${kept} values`, `at most ${most} lags`, search.lags);

  const trials = grid.map(({ d, width }): Trial => {
    if (width > maxWidth) return { d, width, skipped: true };
    return { d, width, ...testOrder(x.subarray(x.length - kept), lastValues(x, { d, ...rest }, kept), search) };
  });
  const tested = trials.filter((trial): trial is Tested => !('skipped' in trial));
  const lastFailure = tested.findLastIndex(({ passed }) => !passed);
  return { d: tested[lastFailure + 1]?.d, trials };
}

function gridOf({ from, to, step }: Search): number[] {
  if (to < from) refuse('params.search.to', 'below from', `at least ${from}`, to);
  const size = Math.floor((to + 1e-9 - from) / step) + 1;
  if (size > largestGrid) refuse('params.search.step', 'too small', `at most ${largestGrid} values of d`, step);
  return Array.from({ length: size }, (_, j) => Number((from + j * step).toFixed(10)));
}

function lastValues(x: Float64Array, differencing: Differencing, count: number): Float64Array {
  const { weights } = weightsOf(differencing);
  return difference(x.subarray(x.length - count - weights.length + 1), weights);
}

function testOrder(
  x: Float64Array,
  y: Float64Array,
  { lags, regression, pValue: level }: Search,
): Omit<Tested, 'd' | 'width'> {
  const correlation = pearson(x, y);
  if (Number.isNaN(correlation)) refuse('input.series', 'no variance to test', 'values that vary', x[0]);
  const { statistic, pValue, observations, criticalValues } = testUnitRoot(y, lags, regression);
  return {
    nobs: observations,
    adf: statistic,
    pValue,
    critical5: criticalValues['5%'],
    correlation,
    passed: pValue <= level,
  };
}

function testUnitRoot(series: Float64Array, lags: number, trend: 'c' | 'ct') {
  try {
    return adf({ series, lags, trend });
  } catch (thrown) {
    if (thrown instanceof DeskError)
      refuse('input.series', `no unit-root test: ${thrown.message}`, thrown.place.expected);
    throw thrown;
  }
}
