import { expectedMaxOfNormals } from './expected-max-sharpe.ts';
import { requireNumber } from './require.ts';

/**
 * Years of history below which the best of `trials` worthless strategies is expected to reach `targetAnnualSharpe`:
 * (E[max_N] / SR)^2. Bailey, Borwein, Lopez de Prado & Zhu (2014), Pseudo-mathematics and financial charlatanism,
 * Notices of the AMS 61(5), theorem 2.
 */
export function minBacktestLength(
  input: Readonly<{ trials: number; targetAnnualSharpe: number }>,
): Readonly<{ years: number }> {
  const { trials, targetAnnualSharpe } = input;
  requireNumber('trials', trials, { min: 1, max: Number.MAX_SAFE_INTEGER });
  requireNumber('targetAnnualSharpe', targetAnnualSharpe, { min: 0, open: true });
  return { years: (expectedMaxOfNormals(trials) / targetAnnualSharpe) ** 2 };
}
