import { refuse, requireNumber, requireSeries } from './require.ts';

export const multipleTestingMethods = ['bonferroni', 'holm', 'hochberg', 'hommel', 'sidak', 'bh', 'by'] as const;
export type MultipleTestingMethod = (typeof multipleTestingMethods)[number];

export type MultipleTesting = Readonly<{ adjusted: readonly number[]; rejected: readonly boolean[] }>;

/**
 * Adjusted p-values in the order given, and which fall at or below `alpha`. Family-wise error: bonferroni, sidak (1967),
 * holm (1979), hochberg (1988), hommel (1988); false discovery rate: bh (Benjamini & Hochberg 1995), by (Benjamini &
 * Yekutieli 2001, any dependence). Equal to statsmodels' multipletests.
 */
export function multipleTesting(
  input: Readonly<{ p: readonly number[]; method: MultipleTestingMethod; alpha?: number }>,
): MultipleTesting {
  const { p, method, alpha = 0.05 } = input;
  requireSeries('p', p, { atLeast: 1 });
  p.forEach((value, index) => requireNumber(`p[${index}]`, value, { min: 0, max: 1 }));
  requireNumber('alpha', alpha, { min: 0, max: 1, open: true });
  if (!Object.hasOwn(adjustments, method)) refuse('method', 'unknown', multipleTestingMethods.join(', '), method);
  const order = p.map((_, index) => index).toSorted((a, b) => p[a] - p[b]);
  const sorted = order.map((index) => p[index]);
  const adjusted = p.slice();
  adjustments[method](sorted).forEach((value, rank) => (adjusted[order[rank]] = Math.min(1, value)));
  return { adjusted, rejected: adjusted.map((value) => value <= alpha) };
}

/** Each takes p-values in ascending order and gives theirs in that order, not yet held to 1. */
const adjustments: Readonly<Record<MultipleTestingMethod, (p: readonly number[]) => number[]>> = {
  bonferroni: (p) => p.map((value) => value * p.length),
  sidak: (p) => p.map((value) => -Math.expm1(p.length * Math.log1p(-value))),
  holm: (p) => stepDown(p.map((value, rank) => value * (p.length - rank))),
  hochberg: (p) => stepUp(p.map((value, rank) => value * (p.length - rank))),
  hommel,
  bh: (p) => stepUp(p.map((value, rank) => (value * p.length) / (rank + 1))),
  by: (p) => {
    const harmonic = p.reduce((sum, _, rank) => sum + 1 / (rank + 1), 0);
    return stepUp(p.map((value, rank) => (value * p.length * harmonic) / (rank + 1)));
  },
};

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
