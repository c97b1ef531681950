import { periodEquity, periodReturns } from '../../../core/backtest/period-returns.ts';
import { dayMs, daysPerYear } from '../../../core/market/timeframe.ts';
import { evidenceTable, panel } from '../evidence/panel.ts';
import { fixed, percent } from '../format.ts';
import { type Html, html } from '../html.ts';
import { facts } from '../lists.ts';
import type { StrategyReport } from '../model.ts';
import { between, diagnose } from './diagnose.ts';

const resamples = 500;

/** How sure the Sharpe ratio of the curve is, by diag_sharpe_ci. */
export function sharpePanel({ result, verdict }: StrategyReport): Html | undefined {
  if (result === undefined || result.equity.equity.length === 0) return undefined;
  const returns = [...periodReturns(periodEquity(result.equity, dayMs), result.startEquity)];
  const found = diagnose(
    'diag_sharpe_ci',
    { returns },
    {
      periodsPerYear: daysPerYear,
      bootstrap: { replications: resamples, seed: (verdict?.seed ?? 0) >>> 0 },
      render: false,
    },
  );
  if (found === undefined) return undefined;
  const { n, sharpeAnnual, intervals, psr, minTrackRecordLength: needed, autocorrelations, bootstrap } = found;
  const sure = intervals.bootstrapStudentized ?? intervals.hac;
  const rows = [
    ['Bootstrap, studentised', intervals.bootstrapStudentized],
    ['Robust to memory (Newey–West)', intervals.hac],
    ['Skew and fat tails (Mertens)', intervals.mertens],
    ['As if independent and normal', intervals.iid],
  ] as const;
  return panel({
    title: 'How sure is the Sharpe ratio',
    ...(verdict && { tier: verdict.tier }),
    finding: `${fixed(sharpeAnnual, 2)} over ${fixed(n, 0)} days, with 95% confidence ${between(sure, (value) => fixed(value, 2))}: ${sure[0] > 0 ? 'more than zero' : sure[1] < 0 ? 'less than zero' : 'zero cannot be ruled out'}.`,
    asks: `diag_sharpe_ci on the daily returns of the curve above. Returns remember and have fat tails, so the first two intervals are the ones to believe${bootstrap === undefined ? '' : `; blocks of ${fixed(bootstrap.blockLength, 1)} days on average, drawn ${fixed(bootstrap.replications, 0)} times`}.`,
    body: html`${evidenceTable(
      'Intervals of the annual Sharpe ratio',
      [{ label: 'Method', text: true }, { label: '95% from' }, { label: 'to' }],
      rows.flatMap(([name, interval]) =>
        interval === undefined ? [] : [[name, ...interval.map((value) => fixed(value, 2))]],
      ),
    )}
    ${facts([
      ['Chance that it is above 0', percent(psr, 1)],
      ['Days for 95% of that', needed === undefined ? 'no number of days' : fixed(Math.ceil(needed), 0)],
      ['Correlation of a day with the next', fixed(autocorrelations[0] ?? 0, 2)],
    ])}`,
  });
}
