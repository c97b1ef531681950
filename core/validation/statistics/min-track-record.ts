import { normalQuantile } from '../../math/normal.ts';
import { moments } from './moments.ts';
import { sharpeSpread } from './probabilistic-sharpe.ts';
import { refuse, requireNumber, requireSeries } from './require.ts';

/**
 * How many observations a track record needs before its Sharpe ratio is above `benchmarkSharpe` at `confidence`:
 * 1 + (1 - g3 SR + (g4 - 1)/4 SR^2) (z / (SR - SR*))^2, conventions as probabilisticSharpe.
 * Bailey & Lopez de Prado (2012), Journal of Risk 15(2). Refused where the sample's Sharpe equals the benchmark;
 * below it the number is that of a record which shows it to be worse, and `shows` says so.
 */
export function minTrackRecord(
  input: Readonly<{ returns: readonly number[]; benchmarkSharpe?: number; confidence?: number }>,
): Readonly<{ observations: number; shows: 'above benchmark' | 'below benchmark' }> {
  const { returns, benchmarkSharpe = 0, confidence = 0.95 } = input;
  requireSeries('returns', returns, { atLeast: 3, varying: true });
  requireNumber('benchmarkSharpe', benchmarkSharpe, {});
  requireNumber('confidence', confidence, { min: 0, max: 1, open: true });
  const sample = moments(returns);
  const distance = sample.mean / sample.deviation - benchmarkSharpe;
  if (distance === 0)
    refuse('benchmarkSharpe', 'equal to the Sharpe ratio of the returns', 'another value', `${benchmarkSharpe}`);
  const shows = distance > 0 ? 'above benchmark' : 'below benchmark';
  return { shows, observations: 1 + sharpeSpread(sample) * (normalQuantile(confidence) / distance) ** 2 };
}
