import type { SweepDetails } from '../../../core/validation/details.ts';
import { place, scale, ticks } from '../drawing.ts';
import { fixed, percent, signed } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { latest, panel } from './panel.ts';

/** How all points of the sweep did out of sample, and where the defaults stand among them. */
export function sweepPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'sweep');
  if (found === undefined) return undefined;
  const { value: sweep, tier } = found;
  const known = sweep.oosSharpe.flatMap((sharpe) => sharpe ?? []);
  if (sweep.oosSharpe.length < 2 || known.length < 2) return undefined;
  const earned = known.filter((sharpe) => sharpe > 0).length;
  return panel({
    title: 'All points of the sweep',
    tier,
    finding: `${percent(earned / sweep.oosSharpe.length, 0)} of ${fixed(sweep.oosSharpe.length, 0)} parameter sets earn out of sample; the best shows a Sharpe ratio of ${fixed(Math.max(...known), 2)}, ${ownText(sweep)}.`,
    asks: `${methodText(sweep)} The points move together: by the correlation of their returns they are worth ${fixed(sweep.independentTrials, 1)} independent trials. Where most points earn, the idea does; where only a few do, they are probably the lucky ones.`,
    body: html`<figure class="still">${histogram(known, sweep.oosSharpe[0])}</figure>`,
  });
}

const ownText = ({ oosSharpe: [own = null] }: SweepDetails): string =>
  own === null ? 'the defaults have none' : `the defaults ${fixed(own, 2)}`;

function methodText({ method, gridPoints, skipped, oosSharpe }: SweepDetails): string {
  const left = skipped > 0 ? `, ${fixed(skipped, 0)} of them impossible by the strategy’s constraints` : '';
  return method === 'fullGrid'
    ? `The whole grid was run: ${fixed(gridPoints, 0)} points${left}.`
    : `The grid has ${fixed(gridPoints, 0)} points${left}; a seeded Latin hypercube of ${fixed(oosSharpe.length, 0)} was run.`;
}

const width = 400;
const bins = 25;

function histogram(sharpes: readonly number[], own: number | null | undefined): Html {
  const low = Math.min(0, ...sharpes);
  const high = Math.max(0, ...sharpes);
  const counts = Array.from({ length: bins }, () => 0);
  const size = (high - low || 1) / bins;
  for (const sharpe of sharpes) counts[Math.min(bins - 1, Math.floor((sharpe - low) / size))]++;
  const x = scale(low, high, 6, width - 6);
  const y = scale(0, Math.max(...counts), 110, 18);
  const step = x(low + size) - x(low);
  return html`<svg class="small-drawing" viewBox="0 0 ${width} 142" aria-hidden="true">
    ${counts.map((count, bin) => {
      const at = low + bin * size;
      return (
        count > 0 &&
        html`<path
          class="${at + size / 2 > 0 ? 'good' : 'bad'}"
          d="M${place(x(at))} 110V${place(y(count))}h${place(step - 1)}V110Z"
        />`
      );
    })}
    <path class="axis" d="M0 110H${width}" />
    <path class="base" d="M${place(x(0))} 14V110" />
    ${ticks(low, high).map(
      (value) =>
        html`<text x="${place(Math.min(width - 12, Math.max(12, x(value))))}" y="124" text-anchor="middle"
          >${signed(value, 1)}</text
        >`,
    )}
    ${
      typeof own === 'number' &&
      html`<path class="entry" d="M${place(x(own))} 112l-4 -7h8z" /><text
          x="${place(Math.min(width - 30, Math.max(30, x(own))))}"
          y="11"
          text-anchor="middle"
          >defaults</text
        ><path class="needle" d="M${place(x(own))} 14V104" />`
    }
    <text class="name" x="${width / 2}" y="139" text-anchor="middle">annual Sharpe ratio out of sample</text>
  </svg>`;
}
