import { daysPerYear } from '../../../core/market/timeframe.ts';
import { fixed, pValue, signedPercent } from '../format.ts';
import { type Html, html } from '../html.ts';
import { facts } from '../lists.ts';
import type { StrategyReport } from '../model.ts';
import { latest, panel } from './panel.ts';

/** How sure the mean daily return out of sample is. */
export function intervalPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'bootstrap');
  if (found === undefined) return undefined;
  const { value, tier } = found;
  const { mean, low, high, pValue: p, blockLength } = value;
  return panel({
    title: 'How sure is the mean',
    tier,
    finding:
      low > 0
        ? 'The whole interval of the mean daily return lies above zero.'
        : 'The interval of the mean daily return holds zero: so far this cannot be told from nothing.',
    asks: `Blocks of days of random length, ${fixed(blockLength, 1)} on average (as the returns’ own memory asks for), drawn again and again. Blocks keep calm and wild stretches together, which single days would not.`,
    body: html`${facts([
      ['Mean a day', signedPercent(mean, 3)],
      ['Interval a day', `${signedPercent(low, 3)} to ${signedPercent(high, 3)}`],
      ['The same a year', `${signedPercent(low * daysPerYear, 0)} to ${signedPercent(high * daysPerYear, 0)}`],
      ['p of a mean of zero', pValue(p)],
    ])}`,
  });
}
