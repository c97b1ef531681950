/** What drawings are made of. Colours come from the style sheet by class: the page's policy allows no styles in markup. */
import { day } from './format.ts';
import { type Html, html } from './html.ts';

export type Scale = (value: number) => number;
export type Corner = readonly [x: number, y: number];

/** A coordinate with one decimal at most. */
export const place = (value: number): string => value.toFixed(1).replace(/\.0$/, '');

/** Maps `from..to` to pixels; a flat range sits in the middle. */
export function scale(from: number, to: number, fromPixel: number, toPixel: number): Scale {
  const length = to - from;
  return (value) =>
    length === 0 ? (fromPixel + toPixel) / 2 : fromPixel + ((value - from) / length) * (toPixel - fromPixel);
}

/** Two to five round numbers within the range. */
export function ticks(from: number, to: number): number[] {
  const length = to - from;
  if (!(length > 0)) return [from];
  const power = 10 ** Math.floor(Math.log10(length / 3));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => length / candidate <= 5) ?? length;
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

export const path = (corners: readonly Corner[]): string =>
  corners.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${place(x)} ${place(y)}`).join('');

/** A closed band between an upper and a lower edge that share their places. */
export const band = (upper: readonly Corner[], lower: readonly Corner[]): string =>
  `${path(upper)}${path(lower.toReversed()).replace('M', 'L')}Z`;

export type Axis = Readonly<{ plotWidth: number; width: number }>;

/** Lines across the plot with their values at the right edge. */
export const valueAxis = (
  values: readonly number[],
  y: Scale,
  { plotWidth, width, show }: Axis & Readonly<{ show: (value: number) => string }>,
): Html[] =>
  values.map(
    (value) =>
      html`<path class="grid" d="M0 ${place(y(value))}H${plotWidth}" /><text
          x="${width}"
          y="${place(y(value) + 4)}"
          text-anchor="end"
          >${show(value)}</text
        >`,
  );

/** First day, last day, and three between. */
export function timeAxis(timeMs: Float64Array, y: number, { plotWidth }: Pick<Axis, 'plotWidth'>): Html[] {
  const first = timeMs[0];
  const last = timeMs.at(-1);
  if (first === undefined || last === undefined) return [];
  const labels = [0, 0.25, 0.5, 0.75, 1];
  return labels.map((share) => {
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle';
    return html`<text x="${place(share * plotWidth)}" y="${y}" text-anchor="${anchor}"
      >${day(first + share * (last - first))}</text
    >`;
  });
}
