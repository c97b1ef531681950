import { daysPerYear } from '../../../core/market/timeframe.ts';
import { latest, panel } from '../evidence/panel.ts';
import { fixed, percent, signed } from '../format.ts';
import { type Html, html } from '../html.ts';
import { facts } from '../lists.ts';
import type { StrategyReport } from '../model.ts';
import { diagnose } from './diagnose.ts';

const blocks = 10;

/** What choosing the best of the sweep is worth on other days, by diag_cpcv_overfit. */
export function overfittingPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'sweep');
  const daily = found?.value.daily?.returns.filter((column) => column.some((value) => value !== column[0])) ?? [];
  if (found === undefined || daily.length < 2) return undefined;
  const returns = daily[0].map((_, row) => daily.map((column) => column[row]));
  const output = diagnose(
    'diag_cpcv_overfit',
    { returns },
    { cscvBlocks: blocks, periodsPerYear: daysPerYear, render: false },
  );
  if (output === undefined) return undefined;
  const { pbo, probabilityOfLoss, combinations, degradation, cpcv } = output;
  const annual = Math.sqrt(daysPerYear);
  return panel({
    title: 'Choosing the best of the sweep',
    tier: found.tier,
    finding: `In ${percent(pbo, 0)} of ${fixed(combinations, 0)} ways to halve the days, the best point of one half was below the median of the other.`,
    asks: `diag_cpcv_overfit on the daily returns of ${fixed(daily.length, 0)} points spread over the sweep: ${blocks} blocks of days, every half against the other; then ${fixed(cpcv.paths, 0)} paths through ${fixed(cpcv.splits.length, 0)} purged splits, on each of which the choice is made again. A choice that is worth something ends above the median nearly always; a coin toss half of the time.`,
    body: html`${facts([
      ['Best of a half loses on the other', percent(probabilityOfLoss, 0)],
      [
        'A Sharpe ratio of 1 more in sample',
        degradation.slope === undefined ? 'n/a' : `${signed(degradation.slope, 2)} out`,
      ],
      ['Sharpe ratio of the paths', fixed(cpcv.meanPathSharpe * annual, 2)],
      ['Their worst twentieth', fixed(cpcv.q05PathSharpe * annual, 2)],
      ['Paths below zero', percent(cpcv.shareNegative, 0)],
    ])}`,
  });
}
