import { daysPerYear } from '../../../core/market/timeframe.ts';
import { evidenceTable, latest, panel } from '../evidence/panel.ts';
import { day, fixed, pValue, signed, signedPercent } from '../format.ts';
import { type Html, html } from '../html.ts';
import { facts } from '../lists.ts';
import type { StrategyReport } from '../model.ts';
import { between, diagnose } from './diagnose.ts';

/** Whether what was chosen fades after it was chosen, and with age, by diag_oos_decay_plot. */
export function decayPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'walkForward');
  const folds = (found?.value ?? []).flatMap(({ testFromMs, trainReturns, testReturns }) =>
    trainReturns === undefined || testReturns === undefined || !varies(trainReturns) || !varies(testReturns)
      ? []
      : [{ label: day(testFromMs), isReturns: [...trainReturns], oosReturns: [...testReturns] }],
  );
  if (found === undefined || folds.length === 0) return undefined;
  const output = diagnose('diag_oos_decay_plot', { folds }, { periodsPerYear: daysPerYear, render: false });
  if (output === undefined) return undefined;
  const { summary, ageDecay, buckets, stitchedOos } = output;
  return panel({
    title: 'Fading out of sample',
    tier: found.tier,
    finding: fadingText(summary),
    asks: 'diag_oos_decay_plot on the days in and out of sample of each window. The price of having chosen is the difference of the two; a line through the days since the choice says whether it goes stale.',
    body: html`${evidenceTable(
      'Out of sample by days since the choice',
      [{ label: 'Days since the choice', text: true }, { label: 'Mean a day' }, { label: 'Sharpe' }, { label: '95%' }],
      buckets.map(({ fromAge, toAge, meanReturn, sharpe: value, interval }) => [
        `${fromAge} to ${toAge}`,
        signedPercent(meanReturn, 3),
        sharpe(value),
        between(interval, sharpe),
      ]),
    )}
    ${facts([
      ['All days out of sample', `${sharpe(stitchedOos.sharpe)} (${between(stitchedOos.interval, sharpe)})`],
      ...(summary.differenceP === undefined ? [] : [['p of no difference', pValue(summary.differenceP)] as const]),
      ...(ageDecay === undefined ? [] : [['p of no fading with age', pValue(ageDecay.pValue)] as const]),
      ...(ageDecay?.halfLifeBars === undefined
        ? []
        : [['Half is gone after', `${fixed(ageDecay.halfLifeBars, 0)} days`] as const]),
    ])}`,
  });
}

const sharpe = (value: number): string => signed(value, 2);

const varies = (returns: readonly number[]): boolean => returns.some((value) => value !== returns[0]);

type Summary = Readonly<{ meanSharpeIs: number; meanSharpeOos: number; meanDifference?: number | undefined }> &
  Readonly<{ differenceInterval?: [number, number] | undefined }>;

function fadingText({ meanSharpeIs, meanSharpeOos, meanDifference, differenceInterval }: Summary): string {
  const means = `Sharpe ratios average ${fixed(meanSharpeIs, 2)} in sample and ${fixed(meanSharpeOos, 2)} out of it`;
  if (meanDifference === undefined || differenceInterval === undefined) return `${means}.`;
  const [low, high] = differenceInterval;
  const reach = between([low, high], sharpe);
  const verdict = high < 0 ? 'it fades' : low > 0 ? 'it gains' : 'that may be chance';
  return `${means}, ${sharpe(meanDifference)} (95% ${reach}): ${verdict}.`;
}
