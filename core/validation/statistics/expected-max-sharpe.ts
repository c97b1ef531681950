import { normalQuantile } from '../../math/normal.ts';

const eulerMascheroni = 0.5772156649015329;

/**
 * Expected largest of N independent standard normal draws (false strategy theorem):
 * (1 - y) Phi^-1(1 - 1/N) + y Phi^-1(1 - 1/(N e)). One trial expects 0. N may be fractional (effective trials).
 * Bailey & Lopez de Prado (2014), The Deflated Sharpe Ratio, Journal of Portfolio Management 40(5), eq. 1.
 */
export function expectedMaxOfNormals(trials: number): number {
  if (trials <= 1) return 0;
  const best = (1 - eulerMascheroni) * normalQuantile(1 - 1 / trials);
  // Just above one trial the approximation falls below zero; the best of more than one is never worse than one.
  return Math.max(0, best + eulerMascheroni * normalQuantile(1 - 1 / (trials * Math.E)));
}
