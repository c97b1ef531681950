import { place, scale } from '../drawing.ts';
import { fixed, percent, pValue, signedPercent } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { latest, panel } from './panel.ts';

/** The mean trade beside those of entries at random times. */
export function randomEntryPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'randomEntry');
  if (found === undefined) return undefined;
  const { value, tier } = found;
  const { mean, median, low, high, draws, pValue: p } = value;
  const better = mean > median ? 'better' : 'worse';
  return panel({
    title: 'Random entries',
    tier,
    finding: `The mean trade earned ${signedPercent(mean, 2)}; entries at random times earn ${signedPercent(median, 2)} in the middle, so its timing is ${better} than a typical draw. ${percent(p, 0)} of random entries do at least as well (p ${pValue(p)}).`,
    asks: `The same number of trades, with the same sides, holding times and costs, dealt out ${fixed(draws, 0)} times over the same bars. Rising prices help both alike; what is left is the timing.`,
    body: html`<figure class="still">${strip({ low, middle: median, high, own: mean })}</figure>`,
  });
}

/** A range with its middle, and a value beside it. */
function strip({ low, middle, high, own }: Readonly<Record<'low' | 'middle' | 'high' | 'own', number>>): Html {
  const [from, to] = [Math.min(low, own, 0), Math.max(high, own, 0)];
  const x = scale(from, to, 34, 366);
  const text = (value: number, y: number, label: string) =>
    html`<text x="${place(Math.min(330, Math.max(70, x(value))))}" y="${y}" text-anchor="middle">${label}</text>`;
  return html`<svg class="small-drawing" viewBox="0 0 400 78" aria-hidden="true">
    <path class="base" d="M${place(x(0))} 20V54" />
    <path class="fan-half" d="M${place(x(low))} 30H${place(x(high))}V44H${place(x(low))}Z" />
    <path class="fan-middle" d="M${place(x(middle))} 28V46" />
    <circle class="dot" cx="${place(x(own))}" cy="37" r="5.5" />
    ${text(own, 15, `this strategy ${signedPercent(own, 2)}`)}
    ${text((low + high) / 2, 64, `random: 5 to 95 %, ${signedPercent(low, 2)} to ${signedPercent(high, 2)}`)}
  </svg>`;
}
