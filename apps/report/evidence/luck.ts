import { fixed, pValue } from '../format.ts';
import { type Html, html } from '../html.ts';
import { facts } from '../lists.ts';
import type { StrategyReport } from '../model.ts';
import { latest, panel } from './panel.ts';

/** The Sharpe ratio beside what the best of all trials shows by luck. */
export function luckPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'deflated');
  if (found === undefined) return undefined;
  const { value, tier } = found;
  const { sharpe, luckySharpe, trials, statistic, pValue: p } = value;
  const subject =
    tier === 'L3' ? 'Over L2’s window and the holdout together the strategy' : 'The best point of the sweep';
  const than = sharpe > luckySharpe ? 'more' : 'less';
  return panel({
    title: 'Luck of the many trials',
    tier,
    finding: `${subject} shows an annual Sharpe ratio of ${fixed(sharpe, 2)}, ${than} than the ${fixed(luckySharpe, 2)} that the best of ${fixed(trials, 1)} worthless trials is expected to show.`,
    asks: `Who tries long enough finds something that looks good. The deflated Sharpe ratio (Bailey & López de Prado 2014) asks whether this is more than that, with every trial counted: what this sweep’s points are worth, by simulating the best of as many equally correlated ones, and what the family has spent on other strategies, whoever asked.${tier === 'L2' ? ' At L2 it is shown and decides nothing; at L3 it decides.' : ''}`,
    body: html`${facts([
      ['Sharpe ratio', fixed(sharpe, 2)],
      ['Best of the worthless', fixed(luckySharpe, 2)],
      ['Independent trials', fixed(trials, 1)],
      ['Statistic', `${fixed(statistic, 2)} standard errors`],
      ['p', pValue(p)],
    ])}`,
  });
}
