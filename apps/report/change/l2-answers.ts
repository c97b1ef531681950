import { exact, fixed, percent, plain } from '../format.ts';
import { breakEvenMultiple } from '../evidence/costs.ts';
import { medianSharpe } from '../evidence/plateau.ts';
import type { Answer } from './change.ts';

export const plateauAnswer: Answer = ({ gate: { value }, target, facts: { report } }) => {
  const plateau = report.details?.plateau;
  const own = plateau?.centre.sharpe;
  if (plateau === undefined || own === undefined || own === null) return undefined;
  if (value === undefined) {
    return {
      claim: `The strategy’s own parameters would first have to earn out of sample; their Sharpe ratio is ${fixed(own, 2)}.`,
    };
  }
  const middle = medianSharpe(plateau.neighbours.map(({ sharpe }) => sharpe ?? 0));
  return {
    claim: `The neighbouring parameters would have to keep ${percent(target, 0)} of the Sharpe ratio; they keep ${percent(value, 0)}.`,
    arithmetic: `${exact(target)} × ${fixed(own, 2)} = ${fixed(target * own, 2)} is what the middle one of ${plateau.neighbours.length} neighbours would need; it shows ${fixed(middle, 2)}.`,
  };
};

/** Log growth falls in a straight line with the costs, as each trade loses the same share for each unit of them. */
export const costAnswer: Answer = ({ gate: { value, threshold }, facts: { report } }) => {
  const costs = report.details?.costs ?? [];
  const [first, second] = costs;
  const multiple = breakEvenMultiple(costs);
  const asked = /at ([\d.]+) x/.exec(threshold)?.[1];
  if (
    value === undefined ||
    first === undefined ||
    second === undefined ||
    multiple === undefined ||
    asked === undefined
  ) {
    return undefined;
  }
  const [one, two] = [Math.log1p(first.totalReturn), Math.log1p(second.totalReturn)];
  const line = `Log growth is ${fixed(one, 3)} at ${plain(first.multiple)} × costs and ${fixed(two, 3)} at ${plain(second.multiple)} ×: the line through both is zero at ${fixed(multiple, 2)} ×.`;
  if (multiple <= 0) {
    return { claim: 'No costs are low enough: it would have to earn before costs.', arithmetic: line };
  }
  return {
    claim: `Costs would have to be ${percent(multiple / Number(asked), 0)} of the assumed ones: it breaks even at ${fixed(multiple, 2)} times them, and ${asked} times must be borne.`,
    arithmetic: line,
  };
};

export const overfittingAnswer: Answer = ({ gate: { value, note }, target }) =>
  value === undefined
    ? { claim: `It cannot be computed yet: ${note ?? 'too few points'}.` }
    : {
        claim: `In more than ${percent(1 - target, 0)} of the splits, the best parameters of one half would have to be above the middle on the other; they are in ${percent(1 - value, 0)}.`,
      };
