import type { HeatMap, PlateauDetails, SweepDetails } from '../../../core/validation/details.ts';
import { path, place, scale, ticks, valueAxis } from '../drawing.ts';
import { exact, fixed, signed } from '../format.ts';
import { type Html, html } from '../html.ts';
import type { StrategyReport } from '../model.ts';
import { evidenceTable, latest, panel } from './panel.ts';

/** Whether the parameters stand on a plateau or on a needle. */
export function plateauPanel(report: StrategyReport): Html | undefined {
  const found = latest(report, 'plateau');
  if (found === undefined) return undefined;
  const { value: plateau, tier } = found;
  if (plateau.neighbours.length === 0) return undefined;
  const sweep = latest(report, 'sweep')?.value;
  const { heatMap } = plateau;
  return panel({
    title: 'Plateau',
    tier,
    finding: findingOf(plateau),
    asks: `An idea that holds does not hang on exact numbers: parameters 10 and 20 % away should do nearly as well. ${
      heatMap
        ? `Each cell is the mean out-of-sample Sharpe ratio of the sweep’s points with these values of the two parameters that most hangs on, over all values of the others; the framed cell holds the strategy’s own.`
        : 'The ring marks the strategy’s own value.'
    }`,
    body: heatMap
      ? html`<figure class="still">${heatDrawing(heatMap, plateau.centre.parameters)} ${heatLegend}</figure>
          <details class="trades">
            <summary>As a table</summary>
            <div class="scroll">${heatTable(heatMap)}</div>
          </details>`
      : ((sweep && lineFigure(sweep, plateau.centre.parameters)) ?? html``),
  });
}

function findingOf({ centre, neighbours }: PlateauDetails): string {
  const middle = medianSharpe(neighbours.map(({ sharpe }) => sharpe ?? 0));
  const own = centre.sharpe;
  const around = `its ${neighbours.length} neighbours ${fixed(middle, 2)} in the middle`;
  if (own === null) return `The strategy’s own parameters have no Sharpe ratio out of sample; ${around}.`;
  if (own <= 0)
    return `There is no peak to stand beside: the strategy’s own parameters show a Sharpe ratio of ${fixed(own, 2)}, ${around}.`;
  return `The strategy’s own parameters show a Sharpe ratio of ${fixed(own, 2)}, ${around}: ${fixed(middle / own, 2)} of it is left nearby.`;
}

/** The middle one, or the mean of the middle two. */
export function medianSharpe(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Shades of a cell: the class of what it holds. */
function shade(sharpe: number | null): string {
  if (sharpe === null) return 'blank';
  const size = Math.abs(sharpe) < 0.25 ? 1 : Math.abs(sharpe) < 1 ? 2 : 3;
  return `${sharpe < 0 ? 'minus' : 'plus'}${size}`;
}

const heatLegend = html`<p class="legend heat-key">
  ${(['minus3', 'minus2', 'minus1', 'plus1', 'plus2', 'plus3'] as const).map(
    (name, index) =>
      html`<span
        ><svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><path class="${name}" d="M0 0H10V10H0Z" /></svg>
        ${['≤ −1', '−1 to −0.25', '−0.25 to 0', '0 to 0.25', '0.25 to 1', '≥ 1'][index]}</span
      > `,
  )}
</p>`;

const left = 46;
const width = 400;

function heatDrawing({ x, y, xs, ys, sharpe }: HeatMap, own: Readonly<Record<string, number>>): Html {
  const cellWidth = (width - left) / xs.length;
  const cellHeight = Math.min(26, Math.max(11, 200 / ys.length));
  const bottom = cellHeight * ys.length;
  const numbers = cellWidth >= 30 && cellHeight >= 13;
  const row = (index: number) => bottom - (index + 1) * cellHeight;
  const centre = [nearestIndex(xs, own[x]), nearestIndex(ys, own[y])] as const;
  // One path a shade: a cell of its own each would make up half of the page.
  const shades = new Map<string, string>();
  const texts: Html[] = [];
  sharpe.forEach((line, j) =>
    line.forEach((value, i) => {
      const [at, up] = [left + i * cellWidth, row(j)];
      const cell = `M${place(at)} ${place(up)}h${place(cellWidth - 1)}v${place(cellHeight - 1)}H${place(at)}z`;
      shades.set(shade(value), (shades.get(shade(value)) ?? '') + cell);
      if (!numbers || value === null) return;
      texts.push(
        html`<text x="${place(at + cellWidth / 2)}" y="${place(up + cellHeight / 2 + 3.5)}" text-anchor="middle"
          >${fixed(value, 1)}</text
        >`,
      );
    }),
  );
  return html`<svg class="small-drawing heat" viewBox="0 0 ${width} ${place(bottom + 34)}" aria-hidden="true">
    ${[...shades].map(([name, cells]) => html`<path class="${name}" d="${cells}" />`)} ${texts}
    <path
      class="own"
      d="M${place(left + centre[0] * cellWidth - 0.5)} ${place(row(centre[1]) - 0.5)}h${place(cellWidth)}v${place(cellHeight)}h-${place(cellWidth)}z"
    />
    ${ys.map(
      (value, j) =>
        j % every(ys.length, 10) === 0 &&
        html`<text x="${left - 6}" y="${place(row(j) + cellHeight / 2 + 4)}" text-anchor="end">${exact(value)}</text>`,
    )}
    ${xs.map(
      (value, i) =>
        i % every(xs.length, 10) === 0 &&
        html`<text x="${place(left + (i + 0.5) * cellWidth)}" y="${place(bottom + 13)}" text-anchor="middle"
          >${exact(value)}</text
        >`,
    )}
    <text class="name" x="${place(left + (width - left) / 2)}" y="${place(bottom + 30)}" text-anchor="middle">
      ${x} (across), ${y} (up)
    </text>
  </svg>`;
}

/** Every how many-th of `count` labels is shown so that there are at most so many. */
const every = (count: number, most: number): number => Math.ceil(count / most);

function nearestIndex(values: readonly number[], value: number | undefined): number {
  if (value === undefined) return 0;
  return values.reduce(
    (best, each, index) => (Math.abs(each - value) < Math.abs(values[best] - value) ? index : best),
    0,
  );
}

const heatTable = ({ x, y, xs, ys, sharpe }: HeatMap): Html =>
  html`<table class="heat-table">
    <caption class="unseen">
      Mean out-of-sample Sharpe ratio by ${x} and ${y}
    </caption>
    <thead>
      <tr>
        <th scope="col">${y} \\ ${x}</th>
        ${xs.map((value) => html`<th scope="col" class="number">${exact(value)}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${ys.map(
        (value, j) =>
          html`<tr>
            <th scope="row">${exact(value)}</th>
            ${sharpe[j].map((cell) => html`<td class="number">${cell === null ? '·' : fixed(cell, 2)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;

/** With one parameter: the Sharpe ratio along its values. */
function lineFigure({ parameters, oosSharpe }: SweepDetails, own: Readonly<Record<string, number>>): Html | undefined {
  const [name, values] = Object.entries(parameters).find(([, column]) => new Set(column).size > 1) ?? [];
  if (name === undefined || values === undefined) return undefined;
  const known = values
    .flatMap((value, index) => {
      const sharpe = oosSharpe[index];
      return sharpe === null ? [] : [{ value, sharpe }];
    })
    .toSorted((a, b) => a.value - b.value);
  if (known.length < 2) return undefined;
  const table = evidenceTable(
    `Out-of-sample Sharpe ratio by ${name}`,
    [{ label: name, text: true }, { label: 'Sharpe out of sample' }],
    known.map(({ value, sharpe }) => [exact(value), signed(sharpe, 2)]),
  );
  return html`<figure class="still">${lineDrawing(name, known, own[name])}</figure>
    <details class="trades">
      <summary>As a table</summary>
      ${table}
    </details>`;
}

function lineDrawing(
  name: string,
  known: readonly Readonly<{ value: number; sharpe: number }>[],
  own: number | undefined,
): Html {
  const sharpes = known.map(({ sharpe }) => sharpe);
  const [low, high] = [Math.min(0, ...sharpes), Math.max(0, ...sharpes)];
  const plotWidth = 362;
  const x = scale(known[0].value, known[known.length - 1].value, 8, plotWidth - 8);
  const y = scale(low, high, 140, 10);
  const centre = known.find(({ value }) => value === own);
  return html`<svg class="small-drawing" viewBox="0 0 ${width} 178" aria-hidden="true">
    ${valueAxis(ticks(low, high), y, { plotWidth, width, show: (value) => fixed(value, 1) })}
    <path class="axis" d="M0 ${place(y(0))}H${plotWidth}" />
    <path class="line" d="${path(known.map(({ value, sharpe }) => [x(value), y(sharpe)]))}" />
    ${centre && html`<circle class="ring" cx="${place(x(centre.value))}" cy="${place(y(centre.sharpe))}" r="5" />`}
    ${known.map(
      ({ value }, index) =>
        index % Math.ceil(known.length / 10) === 0 &&
        html`<text x="${place(x(value))}" y="156" text-anchor="middle">${exact(value)}</text>`,
    )}
    <text class="name" x="${place(plotWidth / 2)}" y="173" text-anchor="middle">${name}</text>
  </svg>`;
}
