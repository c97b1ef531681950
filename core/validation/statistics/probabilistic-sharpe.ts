import { normalCdf } from '../../math/normal.ts';
import { type Moments, moments } from './moments.ts';
import { requireNumber, requireSeries } from './require.ts';

export type ProbabilisticSharpe = Readonly<{ sharpe: number; skew: number; kurtosis: number; psr: number }>;

/**
 * Probability that the true Sharpe ratio exceeds `benchmarkSharpe`, given the sample's length, skew and kurtosis.
 * psr = Phi((SR - SR*) sqrt(T - 1) / sqrt(1 - g3 SR + (g4 - 1)/4 SR^2)); SR = mean / sd (ddof 1) *a period*, never
 * annualised; g3, g4 biased, g4 not in excess.
 * Bailey & Lopez de Prado (2012), The Sharpe Ratio Efficient Frontier, Journal of Risk 15(2).
 *
 * @param input.returns T >= 3 returns as fractions, that differ
 * @param input.benchmarkSharpe a period, default 0
 */
export function probabilisticSharpe(
  input: Readonly<{ returns: readonly number[]; benchmarkSharpe?: number }>,
): ProbabilisticSharpe {
  const { returns, benchmarkSharpe = 0 } = input;
  requireSeries('returns', returns, { atLeast: 3, varying: true });
  requireNumber('benchmarkSharpe', benchmarkSharpe, {});
  const sample = moments(returns);
  const sharpe = sample.mean / sample.deviation;
  const z = ((sharpe - benchmarkSharpe) * Math.sqrt(returns.length - 1)) / Math.sqrt(sharpeSpread(sample));
  return { sharpe, skew: sample.skew, kurtosis: sample.kurtosis, psr: normalCdf(z) };
}

/** The variance of sqrt(T) x the Sharpe estimate. Never negative, as g4 >= 1 + g3^2. */
export const sharpeSpread = (sample: Moments): number => spreadAt(sample.mean / sample.deviation, sample);

/** 1 - g3 SR + (g4 - 1)/4 SR^2 at a Sharpe ratio of either convention. Mertens (2002). */
const spreadAt = (sharpe: number, { skew, kurtosis }: Pick<Moments, 'skew' | 'kurtosis'>): number =>
  1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;

/**
 * Standard error of the Sharpe ratio a period of `count` independent returns of any shape, its ratio inside taken with
 * ddof 0. Mertens (2002); Opdyke (2007), Journal of Asset Management 8.
 */
export const mertensError = (sample: Moments, count: number): number =>
  Math.sqrt(Math.max(0, spreadAt(sample.mean / sample.populationDeviation, sample)) / count);
