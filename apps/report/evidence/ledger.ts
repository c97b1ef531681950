import { expectedMaxOfNormals } from '../../../core/validation/statistics/expected-max-sharpe.ts';
import { day, fixed, percent } from '../format.ts';
import { type Html, html } from '../html.ts';
import { facts } from '../lists.ts';
import { type LedgerReport, reportLimits, type StrategyReport } from '../model.ts';
import { evidenceTable, panel } from './panel.ts';

/** Everything that was ever tried of the idea, by whom and with what, and the price of it. */
export function ledgerPanel({ ledger, verdict }: StrategyReport): Html | undefined {
  if (ledger === undefined) return undefined;
  const { trials, effectiveTrials, members } = ledger;
  return panel({
    title: 'Trial ledger of the family',
    finding: `${fixed(trials, 0)} ${trials === 1 ? 'trial' : 'trials'} so far, worth ${fixed(effectiveTrials, 1)} independent ${effectiveTrials === 1 ? 'one' : 'ones'}. ${priceText(effectiveTrials)}`,
    asks: `Every backtest, sweep point and attempt counts once, whoever asked and from whatever command. Renamed copies, the same rule with other constants and descendants are one family. Trials that move alike are worth fewer independent ones: r + (1 − r) × trials, with the mean correlation r of a sample (Bailey & López de Prado 2014); where a verdict is held against luck, its own sweep is counted more sharply, by simulation. Counted when this page was written${verdict ? `; the verdict knew of ${fixed(verdict.trials.total, 0)} before its run and added ${fixed(verdict.trials.ownRun, 0)}` : ''}.`,
    body: html`${facts([
      ['Family', memberText(members)],
      ['With', countsText(Object.entries(ledger.byFace))],
      ['Asked by', peopleText(ledger)],
      ['Mean correlation', `${fixed(ledger.meanCorrelation, 2)}, of ${fixed(ledger.sampledTrials, 0)} sampled trials`],
    ])}
    ${looks(ledger)}`,
  });
}

/** What the best of so many worthless trials shows over three years. */
function priceText(effectiveTrials: number): string {
  const years = 3;
  const lucky = expectedMaxOfNormals(effectiveTrials) / Math.sqrt(years);
  if (lucky === 0) return 'One trial costs nothing: there was no choice.';
  return `If all are worthless, the best of them still shows an annual Sharpe ratio of about ${fixed(lucky, 2)} over ${years} years.`;
}

function memberText(members: LedgerReport['members']): Html {
  const shown = members.slice(0, reportLimits.members);
  return html`${shown.map(
    ({ strategyId, name, edits }, index) =>
      html`${index > 0 && ', '}<b>${strategyId}</b> <bdi>${name}</bdi>${edits > 1 && ` (${edits} versions)`}`,
  )}${members.length > shown.length && ` and ${members.length - shown.length} more`}`;
}

const countsText = (counts: readonly (readonly [string, number])[]): string =>
  counts.map(([name, count]) => `${name} ${fixed(count, 0)}`).join(', ') || 'nothing yet';

function peopleText({ byPerson, trials, counted }: LedgerReport): string {
  const people = countsText(byPerson.slice(0, reportLimits.members).map(({ by, trials: own }) => [by, own] as const));
  return counted < trials ? `${people} (of the newest ${percent(counted / trials, 0)})` : people;
}

const looks = ({ seen }: LedgerReport): Html | undefined =>
  seen.length === 0
    ? undefined
    : html`<details class="trades">
        <summary>Results were seen up to ${day(Math.max(...seen.map(({ toMs }) => toMs)))}</summary>
        ${evidenceTable(
          'Up to when results of the family were seen',
          [
            { label: 'Market', text: true },
            { label: 'Seen up to', text: true },
            { label: 'With', text: true },
            { label: 'By', text: true },
            { label: 'On', text: true },
          ],
          seen
            .slice(0, reportLimits.tradeRows)
            .map(({ market, toMs, face, by, atMs }) => [market, day(toMs), face, by, day(atMs)]),
        )}
      </details>`;
