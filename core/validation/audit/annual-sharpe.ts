import { moments } from '../statistics/moments.ts';
import { defaultLags } from '../statistics/newey-west.ts';

/**
 * Annual Sharpe ratio that allows for autocorrelation: SR x q / sqrt(q + 2 sum_k (q - k) rho_k), q periods a year. The sum
 * goes up to floor(4 (n/100)^(2/9)) lags with Bartlett weights, since the hundreds of lags of a year cannot be estimated.
 * Lo (2002), The Statistics of Sharpe Ratios, Financial Analysts Journal 58(4), eq. 20; weights Newey & West (1987).
 * Undefined where the autocorrelations leave no variance.
 */
export function annualSharpe(returns: readonly number[], perYear: number): number | undefined {
  const { mean, deviation } = moments(returns);
  const centred = returns.map((value) => value - mean);
  const total = centred.reduce((sum, value) => sum + value * value, 0);
  const lags = Math.min(defaultLags(returns.length), returns.length - 1);
  let spread = perYear;
  for (let lag = 1; lag <= lags && lag < perYear; lag++) {
    let cross = 0;
    for (let i = lag; i < centred.length; i++) cross += centred[i] * centred[i - lag];
    spread += 2 * (1 - lag / (lags + 1)) * (perYear - lag) * (cross / total);
  }
  return spread > 0 ? ((mean / deviation) * perYear) / Math.sqrt(spread) : undefined;
}
