import type { WalkForwardDetails } from '../../../core/validation/details.ts';
import { path, place, scale, ticks, valueAxis } from '../drawing.ts';
import { day, exact, fixed, signed, signedPercent } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { evidenceTable, gainText, latest, panel } from './panel.ts';

/** What was chosen in each window on its past, and what that did next. */
export function walkForwardPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'walkForward');
  if (found === undefined || found.value.length === 0) return undefined;
  const { value: windows, tier } = found;
  const earned = windows.filter(({ testReturn }) => testReturn > 0).length;
  return panel({
    title: 'Walk-forward',
    tier,
    finding: `${earned} of ${windows.length} windows earned on days that had no say in the choice. ${fading(windows)}`,
    asks: 'Each window chooses the parameters with the best Sharpe ratio on its past (in sample) and trades them on the stretch that follows (out of sample). A rule that only fits its past shows tall hollow bars and short or negative filled ones.',
    body: html`<div class="split">
      <figure class="still">${drawing(windows)} ${legend}</figure>
      ${table(windows)}
    </div>`,
    wide: true,
  });
}

function fading(windows: readonly WalkForwardDetails[]): string {
  const trained = meanOf(windows.map(({ trainSharpe }) => trainSharpe));
  const tested = meanOf(windows.map(({ testSharpe }) => testSharpe));
  if (trained === undefined || tested === undefined) return '';
  return `The chosen parameters showed a Sharpe ratio of ${fixed(trained, 2)} on average when they were chosen, and ${fixed(tested, 2)} afterwards.`;
}

function meanOf(values: readonly (number | null)[]): number | undefined {
  const known = values.flatMap((value) => value ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

const legend = html`<p class="legend">
  <span class="key-in">hollow: in sample</span> <span class="key-out">filled: out of sample</span>
</p>`;

const table = (windows: readonly WalkForwardDetails[]): Html =>
  evidenceTable(
    'Walk-forward windows',
    [
      { label: 'Out of sample', text: true },
      { label: 'Chosen on the past', text: true },
      { label: 'Sharpe in sample' },
      { label: 'Sharpe out' },
      { label: 'Return out' },
      { label: 'Trades' },
    ],
    windows.map((window, index) => [
      html`<b>${index + 1}</b> ${day(window.testFromMs)} to ${day(window.testToMs - 1)}`,
      html`${chosen(window)} <small>on ${day(window.trainFromMs)} to ${day(window.trainToMs - 1)}</small>`,
      sharpeText(window.trainSharpe),
      window.testSharpe === null ? 'n/a' : gainText(window.testSharpe, (value) => signed(value, 2)),
      gainText(window.testReturn, (value) => signedPercent(value, 1)),
      fixed(window.testTrades, 0),
    ]),
  );

const sharpeText = (sharpe: number | null): string => (sharpe === null ? 'n/a' : signed(sharpe, 2));

function chosen({ parameters }: WalkForwardDetails): string {
  const set = Object.entries(parameters).map(([name, value]) => `${name} ${exact(value)}`);
  return set.length === 0 ? 'nothing to choose' : set.join(', ');
}

const width = 400;
const plotWidth = 362;
const top = 8;
const bottom = 150;

function drawing(windows: readonly WalkForwardDetails[]): Html {
  const all = windows.flatMap(({ trainSharpe, testSharpe }) => [trainSharpe ?? 0, testSharpe ?? 0]);
  const low = Math.min(0, ...all);
  const high = Math.max(0, ...all, low + 0.5);
  const y = scale(low, high, bottom, top);
  const slot = plotWidth / windows.length;
  const bar = Math.min(34, slot * 0.34);
  const column = (index: number, side: number, value: number | null): string => {
    const x = (index + 0.5) * slot + side * (bar / 2) - bar / 2 + side * 1.5;
    const end = y(value ?? 0);
    return `${path([
      [x, y(0)],
      [x, end],
      [x + bar, end],
      [x + bar, y(0)],
    ])}Z`;
  };
  const rows = windows.map(({ trainSharpe, testSharpe }, index) => ({
    trained: column(index, -1, trainSharpe),
    tested: column(index, 1, testSharpe),
    good: (testSharpe ?? 0) > 0,
  }));
  return html`<svg class="small-drawing" viewBox="0 0 ${width} 172" aria-hidden="true">
    ${valueAxis(ticks(low, high), y, { plotWidth, width, show: (value) => fixed(value, 1) })}
    <path class="axis" d="M0 ${place(y(0))}H${plotWidth}" />
    <path class="hollow" d="${rows.map(({ trained }) => trained).join('')}" />
    ${rows.map(({ tested, good }) => html`<path class="${good ? 'good' : 'bad'}" d="${tested}" />`)}
    ${windows.map(
      (_, index) =>
        html`<text x="${place((index + 0.5) * slot)}" y="168" text-anchor="middle">window ${index + 1}</text>`,
    )}
  </svg>`;
}
