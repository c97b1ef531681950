import { mean } from '../../core/math/moments.ts';
import { spearman } from '../../core/math/spearman.ts';
import { studentTCdf } from '../../core/math/student-t.ts';

/**
 * Share of the outcomes' variance between bins of one parameter, as given data allow: Plischke, Borgonovo & Smith (2013).
 * `corrected` takes off what bins explain by chance (adjusted R^2).
 */
export function binnedShare(values: Float64Array, outcomes: Float64Array, bins: number) {
  const count = values.length;
  const order = [...values.keys()].toSorted((a, b) => values[a] - values[b] || a - b);
  const centre = mean(outcomes);
  let between = 0;
  for (let bin = 0; bin < bins; bin++) {
    const members = order.slice(Math.floor((bin * count) / bins), Math.floor(((bin + 1) * count) / bins));
    const average = members.reduce((sum, index) => sum + outcomes[index], 0) / members.length;
    between += members.length * (average - centre) ** 2;
  }
  const all = outcomes.reduce((sum, outcome) => sum + (outcome - centre) ** 2, 0);
  const firstOrder = between / all;
  const byChance = (bins - 1) / (count - 1);
  return { firstOrder, corrected: Math.max(0, (firstOrder - byChance) / (1 - byChance)) };
}

/** Spearman's correlation with its two-sided p-value (Student's t, n - 2); 0 and 1 for a constant parameter. */
export function rankCorrelation(values: Float64Array, outcomes: Float64Array) {
  if (values.every((value) => value === values[0])) return { spearman: 0, spearmanP: 1 };
  const correlation = spearman(values, outcomes);
  const left = 1 - correlation * correlation;
  if (left <= 1e-12) return { spearman: correlation, spearmanP: 0 };
  const freedom = values.length - 2;
  return {
    spearman: correlation,
    spearmanP: 2 * studentTCdf(-Math.abs(correlation) * Math.sqrt(freedom / left), freedom),
  };
}
