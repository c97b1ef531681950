import { refuse, requireNumber, requireSeries } from './require.ts';

export const multipleTestingMethods = ['bonferroni', 'holm', 'hochberg', 'hommel', 'sidak', 'bh', 'by'] as const;
export type MultipleTestingMethod = (typeof multipleTestingMethods)[number];

export type MultipleTesting = Readonly<{ adjusted: readonly number[]; rejected: readonly boolean[] }>;

/**
 * Adjusted p-values in the order given, and which fall at or below `alpha`. Family-wise error: bonferroni, sidak (1967),
 * holm (1979), hochberg (1988), hommel (1988); false discovery rate: bh (Benjamini & Hochberg 1995), by (Benjamini &
 * Yekutieli 2001, any dependence). Equal to statsmodels' multipletests.
 * `unlisted` more tests count as p = 1 each: those that were made, and whose p-values nobody kept.
 */
export function multipleTesting(
  input: Readonly<{ p: readonly number[]; method: MultipleTestingMethod; alpha?: number; unlisted?: number }>,
): MultipleTesting {
  const { p, method, alpha = 0.05, unlisted = 0 } = input;
  requireSeries('p', p, { atLeast: 1 });
  p.forEach((value, index) => requireNumber(`p[${index}]`, value, { min: 0, max: 1 }));
  requireNumber('alpha', alpha, { min: 0, max: 1, open: true });
  if (!Object.hasOwn(adjustments, method)) refuse('method', 'unknown', multipleTestingMethods.join(', '), method);
  const most = method === 'hommel' ? mostUnlistedForHommel : Number.MAX_SAFE_INTEGER - p.length;
  requireNumber('unlisted', unlisted, { min: 0, max: most, integer: true });
  const order = p.map((_, index) => index).toSorted((a, b) => p[a] - p[b]);
  const sorted = order.map((index) => p[index]);
  const adjusted = p.slice();
  adjustments[method](sorted, p.length + unlisted).forEach(
    (value, rank) => (adjusted[order[rank]] = Math.min(1, value)),
  );
  return { adjusted, rejected: adjusted.map((value) => value <= alpha) };
}

/** Hommel's takes the square of the number of tests in steps. */
const mostUnlistedForHommel = 10_000;

/**
 * Each takes the p-values that are listed in ascending order, and the number of all tests, the others being 1; gives
 * theirs in that order, not yet held to 1.
 */
const adjustments: Readonly<Record<MultipleTestingMethod, (p: readonly number[], tests: number) => number[]>> = {
  bonferroni: (p, tests) => p.map((value) => value * tests),
  sidak: (p, tests) => p.map((value) => -Math.expm1(tests * Math.log1p(-value))),
  holm: (p, tests) => stepDown(p.map((value, rank) => value * (tests - rank))),
  hochberg: (p, tests) => stepUp(p.map((value, rank) => value * (tests - rank))),
  hommel: (p, tests) => hommel([...p, ...Array<number>(tests - p.length).fill(1)]).slice(0, p.length),
  bh: (p, tests) => stepUp(p.map((value, rank) => (value * tests) / (rank + 1))),
  by: (p, tests) => {
    const factor = tests * harmonic(tests);
    return stepUp(p.map((value, rank) => (value * factor) / (rank + 1)));
  },
};

/** 1 + 1/2 + … + 1/n; for large n by its asymptotic series, which is exact to the rounding there. */
function harmonic(n: number): number {
  const eulerGamma = 0.5772156649015329;
  if (n > 100) return Math.log(n) + eulerGamma + 1 / (2 * n) - 1 / (12 * n ** 2) + 1 / (120 * n ** 4);
  let sum = 0;
  for (let k = 1; k <= n; k++) sum += 1 / k;
  return sum;
}

/** Running maximum from the smallest p upwards. */
function stepDown(values: readonly number[]): number[] {
  let highest = 0;
  return values.map((value) => (highest = Math.max(highest, value)));
}

/** Running minimum from the largest p downwards. */
function stepUp(values: readonly number[]): number[] {
  let lowest = Infinity;
  return values
    .toReversed()
    .map((value) => (lowest = Math.min(lowest, value)))
    .toReversed();
}

/** Wright (1992), Biometrics 48, algorithm of the appendix, as R's p.adjust. */
function hommel(p: readonly number[]): number[] {
  const count = p.length;
  const adjusted = p.slice();
  for (let size = count; size > 1; size--) {
    let lowest = Infinity;
    for (let k = 1; k <= size; k++) lowest = Math.min(lowest, (size * p[count - size + k - 1]) / k);
    for (let i = count - size; i < count; i++) adjusted[i] = Math.max(adjusted[i], lowest);
    for (let i = 0; i < count - size; i++) adjusted[i] = Math.max(adjusted[i], Math.min(lowest, size * p[i]));
  }
  return adjusted;
}
