import { mean, sampleDeviation } from '../../math/moments.ts';
import { downsideDeviation } from './downside.ts';
import { returnMetric } from './metric.ts';

/** Standard deviation of returns (ddof 1) a year. quantstats `volatility`. */
export const volatility = returnMetric({
  name: 'volatility',
  title: 'Volatility',
  unit: 'fraction',
  compute: ({ returns, periodsPerYear }) => sampleDeviation(returns) * Math.sqrt(periodsPerYear),
});

/** Mean over standard deviation (ddof 1) a year, risk-free rate 0. quantstats and empyrical `sharpe`. */
export const sharpe = returnMetric({
  name: 'sharpe',
  title: 'Sharpe',
  unit: 'ratio',
  compute: ({ returns, periodsPerYear }) => (mean(returns) / sampleDeviation(returns)) * Math.sqrt(periodsPerYear),
});

/** Mean over the downside deviation of all returns (not of the losing ones alone) a year. quantstats `sortino`. */
export const sortino = returnMetric({
  name: 'sortino',
  title: 'Sortino',
  unit: 'ratio',
  compute: ({ returns, periodsPerYear }) => {
    const downside = downsideDeviation(returns);
    return downside > 0 ? (mean(returns) / downside) * Math.sqrt(periodsPerYear) : 'no losing period';
  },
});
