import { mean } from '../../math/moments.ts';
import { quantileSorted } from '../../math/quantile.ts';
import { returnMetric } from './metric.ts';

const tail = 0.05;

/** Historical value at risk: the 5 % quantile of returns, positive when it is a loss. empyrical `value_at_risk`, negated. */
export const var95 = returnMetric({
  name: 'var95',
  title: 'VaR 95 %',
  unit: 'fraction',
  compute: ({ sortedReturns }) => -quantileSorted(sortedReturns, tail),
});

/** Mean of the floor(0.05 (n - 1)) + 1 smallest returns, positive when a loss. empyrical `conditional_value_at_risk`, negated. */
export const cvar95 = returnMetric({
  name: 'cvar95',
  title: 'CVaR 95 %',
  unit: 'fraction',
  compute: ({ sortedReturns }) => -mean(sortedReturns.subarray(0, Math.floor(tail * (sortedReturns.length - 1)) + 1)),
});

/** Size of the 95 % quantile over that of the 5 % one. empyrical and quantstats `tail_ratio`. */
export const tailRatio = returnMetric({
  name: 'tailRatio',
  title: 'Tail ratio',
  unit: 'ratio',
  compute: ({ sortedReturns }) => {
    const low = Math.abs(quantileSorted(sortedReturns, tail));
    return low > 0 ? Math.abs(quantileSorted(sortedReturns, 1 - tail)) / low : 'the 5 % quantile is 0';
  },
});
