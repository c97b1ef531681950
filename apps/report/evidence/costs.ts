import type { CostDetails } from '../../../core/validation/details.ts';
import { fixed, signed, signedPercent } from '../format.ts';
import type { Html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { evidenceTable, gainText, latest, panel } from './panel.ts';

/**
 * The multiple of the costs at which the return is zero, by the straight line through the log growth at the first two
 * multiples: each trade loses the same share for each unit of costs. Undefined where costs make no difference.
 */
export function breakEvenMultiple(costs: readonly CostDetails[]): number | undefined {
  const [first, second] = costs;
  if (first === undefined || second === undefined || !(first.totalReturn > -1) || !(second.totalReturn > -1)) {
    return undefined;
  }
  const growth = Math.log1p(first.totalReturn);
  const slope = (Math.log1p(second.totalReturn) - growth) / (second.multiple - first.multiple);
  return slope < 0 ? first.multiple - growth / slope : undefined;
}

/** The walk-forward at dearer costs. */
export function costsPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'costs');
  if (found === undefined) return undefined;
  const { value: costs, tier } = found;
  return panel({
    title: 'Cost stress',
    tier,
    finding: findingOf(breakEvenMultiple(costs)),
    asks: 'The walk-forward once more with the same choices, at fees and slippage times two and three. Real fills are dearer than those of a backtest; an edge thinner than its costs is not one.',
    body: evidenceTable(
      'Out-of-sample result by costs',
      [{ label: 'Costs', text: true }, { label: 'Return out of sample' }, { label: 'Sharpe' }],
      costs.map(({ multiple, totalReturn, sharpe }) => [
        multiple === 1 ? 'as stated' : `${fixed(multiple, 0)} ×`,
        gainText(totalReturn, (value) => signedPercent(value, 1)),
        sharpe === null ? 'n/a' : signed(sharpe, 2),
      ]),
    ),
  });
}

function findingOf(multiple: number | undefined): string {
  if (multiple === undefined) return 'Dearer costs make no difference here.';
  if (multiple <= 0) return 'It loses even with no costs at all.';
  if (multiple < 1)
    return `It would break even at ${fixed(multiple, 2)} times the costs it has, so costs eat the edge.`;
  return `It earns until costs are about ${fixed(multiple, 1)} times what was assumed.`;
}
