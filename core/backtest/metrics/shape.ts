import { mean, sampleDeviation, sampleKurtosis, sampleSkew } from '../../math/moments.ts';
import { normalCdf } from '../../math/normal.ts';
import { returnMetric } from './metric.ts';

/** Bias-adjusted skewness of returns, as pandas and quantstats. */
export const skew = returnMetric({
  name: 'skew',
  title: 'Skew',
  unit: 'ratio',
  compute: ({ returns }) => sampleSkew(returns),
});

/** Bias-adjusted kurtosis of returns, not in excess (pandas' + 3): a normal sample has about 3. */
export const kurtosis = returnMetric({
  name: 'kurtosis',
  title: 'Kurtosis',
  unit: 'ratio',
  compute: ({ returns }) => sampleKurtosis(returns),
});

/** Sum of gains over sum of losses of the returns (threshold 0). quantstats and empyrical `omega`. */
export const omega = returnMetric({
  name: 'omega',
  title: 'Omega',
  unit: 'ratio',
  compute: ({ returns }) => {
    let gains = 0;
    let losses = 0;
    for (const value of returns) {
      if (value > 0) gains += value;
      else losses -= value;
    }
    return losses > 0 ? gains / losses : 'no losing period';
  },
});

/**
 * Probabilistic Sharpe ratio: the probability that the true Sharpe ratio is above 0, given length, skew and kurtosis
 * of the returns (bias-adjusted moments, as quantstats). Bailey & Lopez de Prado (2012), The Sharpe ratio efficient
 * frontier.
 */
export const psr = returnMetric({
  name: 'psr',
  title: 'P(true Sharpe > 0)',
  unit: 'fraction',
  compute: ({ returns }) => {
    const ratio = mean(returns) / sampleDeviation(returns);
    const variance = 1 - sampleSkew(returns) * ratio + ((sampleKurtosis(returns) - 1) / 4) * ratio * ratio;
    if (!(variance > 0)) return 'the moments of the returns leave no variance for the Sharpe ratio';
    return normalCdf((ratio * Math.sqrt(returns.length - 1)) / Math.sqrt(variance));
  },
});
