import type { Theme } from '../charts/palette.ts';
import { category, chartSpec, panel, quantity, rows, short, type Spec } from '../charts/spec.ts';

export type SensitivityPlot = Readonly<{
  tornado: readonly Readonly<{ name: string; firstOrder: number; total?: number }>[];
  heatmap?: Readonly<{
    x: string;
    y: string;
    xLevels: readonly number[];
    yLevels: readonly number[];
    /** A row a level of y. */
    mean: readonly (readonly number[])[];
  }>;
  line?: Readonly<{ name: string; levels: readonly number[]; mean: readonly number[] }>;
}>;

type Point = Readonly<Record<string, number>>;
type Facts = Readonly<{
  /** Values by parameter of the best and the most robust point. */
  best: Point;
  bestMetric: number;
  robust?: Point;
  theme: Theme;
}>;

/** Above so many levels the numbers in the cells would not be read. */
const labelledLevels = 15;

/** Which parameters matter, and the mean outcome over the two that matter most (or over the only one). */
export function sensitivityChart(plot: SensitivityPlot, facts: Facts): Spec {
  const [leader] = plot.tornado;
  const at = Object.entries(facts.best).map(([name, value]) => `${name} ${short(value)}`);
  const text = {
    title: `What the result depends on: ${leader.name} first`,
    description:
      `${leader.name} explains ${short(leader.firstOrder * 100)} % of the variance by itself; ` +
      `the best result is ${short(facts.bestMetric)} at ${at.join(', ')}.`,
  };
  return chartSpec(text, facts.theme, ({ s1, s2 }) => ({
    resolve: { scale: { color: 'independent' } },
    hconcat: [tornado(plot, s1, s2), ...heatmap(plot, facts), ...line(plot, s1)],
  }));
}

function tornado({ tornado: bars }: SensitivityPlot, own: string, total: string): Spec {
  const y = category('name', 'parameter');
  return {
    title: panel('Bar: alone, tick: in all'),
    width: 300,
    height: { step: 26 },
    data: rows(bars),
    layer: [
      {
        mark: { type: 'bar', color: own },
        encoding: { y, x: quantity('firstOrder', 'share of variance', { scale: { domain: [0, 1] } }) },
      },
      ...(bars.some((bar) => bar.total !== undefined)
        ? [
            {
              mark: { type: 'tick', color: total, thickness: 3 },
              encoding: { y, x: quantity('total', 'share of variance') },
            },
          ]
        : []),
    ],
  };
}

function heatmap({ heatmap: map }: SensitivityPlot, { best, robust }: Facts): Spec[] {
  if (map === undefined) return [];
  const { xLevels, yLevels } = map;
  const values = map.mean.flat();
  const low = Math.min(...values);
  const high = Math.max(...values);
  // Viridis is dark in its lower half.
  const cells = map.mean.flatMap((row, j) =>
    row.map((mean, i) => ({
      x: xLevels[i],
      y: yLevels[j],
      mean,
      label: short(mean),
      light: mean < low + 0.6 * (high - low),
    })),
  );
  const x = { field: 'x', type: 'ordinal', title: map.x };
  const y = { field: 'y', type: 'ordinal', title: map.y, sort: 'descending' };
  const ring = (point: Point, dash: readonly number[]) =>
    [
      { stroke: '#ffffff', strokeWidth: 5 },
      { stroke: '#000000', strokeWidth: 2, strokeDash: dash },
    ].map((look) => ({
      data: rows([{ x: point[map.x], y: point[map.y] }]),
      mark: { type: 'rect', filled: false, ...look },
      encoding: { x, y },
    }));
  const color = { field: 'mean', type: 'quantitative', title: 'mean metric', scale: { scheme: 'viridis' } };
  const labels = {
    mark: { type: 'text' },
    encoding: {
      x,
      y,
      text: { field: 'label', type: 'nominal' },
      color: { condition: { test: 'datum.light', value: '#ffffff' }, value: '#000000' },
    },
  };
  const small = Math.max(xLevels.length, yLevels.length) <= labelledLevels;
  return [
    {
      title: panel('Ringed: best, dashed: robust'),
      width: small ? { step: 48 } : 320,
      height: small ? { step: 30 } : 320,
      data: rows(cells),
      layer: [
        { mark: { type: 'rect' }, encoding: { x, y, color } },
        ...(small ? [labels] : []),
        ...ring(best, [1, 0]),
        ...(robust === undefined ? [] : ring(robust, [4, 3])),
      ],
    },
  ];
}

function line({ line: curve }: SensitivityPlot, color: string): Spec[] {
  if (curve === undefined) return [];
  return [
    {
      width: 320,
      height: 200,
      data: rows(curve.levels.map((level, i) => ({ level, mean: curve.mean[i] }))),
      mark: { type: 'line', point: true, color },
      encoding: {
        x: quantity('level', curve.name, { scale: { zero: false } }),
        y: quantity('mean', 'metric', { scale: { zero: false } }),
      },
    },
  ];
}
