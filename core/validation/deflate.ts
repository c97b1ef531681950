import { daysPerYear } from '../market/timeframe.ts';
import { normalQuantile } from '../math/normal.ts';
import { spread } from '../math/moments.ts';
import { expectedMaxOfNormals } from './statistics/expected-max-sharpe.ts';
import { probabilisticSharpe } from './statistics/probabilistic-sharpe.ts';

/** A Sharpe ratio beside what the best of so many worthless trials shows. */
export type Deflated = Readonly<{
  /** Annual. */
  sharpe: number;
  /** Independent trials that are counted. */
  trials: number;
  /** Expected annual Sharpe of the best of them, if all are worthless. */
  luckySharpe: number;
  /** Standard normal statistic and its one-sided p. */
  statistic: number;
  pValue: number;
  /**
   * The same with the spread that the trials' Sharpe ratios really have (Bailey & Lopez de Prado's V), for information:
   * annual Sharpe of the best by luck, and p. Absent where fewer than two trials are known.
   */
  measured?: Readonly<{ luckySharpe: number; pValue: number }>;
}>;

/**
 * Deflated Sharpe ratio (Bailey & Lopez de Prado 2014) of daily returns: the chance that the true Sharpe is not above
 * the expected best of `trials` independent worthless ones. Their Sharpe ratios spread by 1 / sqrt(T - 1), what
 * chance alone gives; the spread of the trials themselves is mostly their costs, and would let a grid with bad corners
 * hide a good middle: `variance` (of their daily Sharpe ratios) is shown beside and decides nothing. Undefined when the returns say nothing (under 30 days, no spread).
 */
export function deflate(returns: Float64Array, trials: number, variance?: number): Deflated | undefined {
  if (returns.length < 30 || !(spread(returns) > 1e-13)) return undefined;
  const lucky = expectedMaxOfNormals(trials) / Math.sqrt(returns.length - 1);
  const { sharpe, psr } = probabilisticSharpe({ returns: Array.from(returns), benchmarkSharpe: lucky });
  const year = Math.sqrt(daysPerYear);
  return {
    sharpe: sharpe * year,
    trials,
    luckySharpe: lucky * year,
    statistic: normalQuantile(Math.min(1 - 2 ** -53, Math.max(2 ** -60, psr))),
    pValue: 1 - psr,
    ...(variance !== undefined && { measured: againstSpread(returns, trials, variance) }),
  };
}

function againstSpread(returns: Float64Array, trials: number, variance: number): NonNullable<Deflated['measured']> {
  const lucky = expectedMaxOfNormals(trials) * Math.sqrt(variance);
  const { psr } = probabilisticSharpe({ returns: Array.from(returns), benchmarkSharpe: lucky });
  return { luckySharpe: lucky * Math.sqrt(daysPerYear), pValue: 1 - psr };
}
