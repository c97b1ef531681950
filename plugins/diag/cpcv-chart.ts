import type { Theme } from '../charts/palette.ts';
import { chartSpec, panel, quantity, rows, ruleAt, short, type Spec } from '../charts/spec.ts';

export type CpcvPlot = Readonly<{
  logits: Readonly<{ edges: readonly number[]; counts: readonly number[]; overfit: readonly number[] }>;
  scatter: Readonly<{ inSample: readonly number[]; outOfSample: readonly number[] }>;
  line?: Readonly<{ slope: number; intercept: number }>;
  pathBars: readonly number[];
  paths: readonly (readonly number[])[];
}>;

type Facts = Readonly<{ pbo: number; dsr: number; pathSharpe: readonly number[]; theme: Theme }>;

/** Paths that are drawn; a thousand lines are a smear. */
const drawnPaths = 100;

/** The logits, what in-sample Sharpe ratios became, and the paths of cross-validation with the worst set off. */
export function cpcvChart(plot: CpcvPlot, { pbo, dsr, pathSharpe, theme }: Facts): Spec {
  const text = {
    title: `Probability of backtest overfitting ${short(pbo)}`,
    description:
      `The best in sample is at or below the median out of sample in ${short(pbo * 100)} % of the halves; ` +
      `deflated Sharpe probability ${short(dsr)}, ${pathSharpe.length} cross-validation paths.`,
  };
  return chartSpec(text, theme, ({ s1, neg, axis, ink }) => ({
    hconcat: [
      {
        title: panel('Out-of-sample rank of the best'),
        width: 260,
        height: 220,
        data: rows(logitRows(plot.logits)),
        layer: [
          {
            mark: { type: 'bar', binSpacing: 0 },
            encoding: {
              x: quantity('from', 'logit (0 or less: overfit)', { bin: { binned: true } }),
              x2: { field: 'to' },
              y: quantity('count', 'halves, count'),
              color: { condition: { test: 'datum.overfit', value: neg }, value: s1 },
            },
          },
          ruleAt({ x: 0 }, { color: ink, strokeDash: [4, 3] }),
        ],
      },
      {
        title: panel('Sharpe ratio of the best'),
        width: 220,
        height: 220,
        data: rows(plot.scatter.inSample.map((at, i) => ({ in: at, out: plot.scatter.outOfSample[i] }))),
        layer: [
          {
            mark: { type: 'point', filled: true, size: 14, opacity: 0.5, color: s1 },
            encoding: {
              x: quantity('in', 'in sample, annualised', { scale: { zero: false } }),
              y: quantity('out', 'out of sample, annualised', { scale: { zero: false } }),
            },
          },
          ruleAt({ y: 0 }, { color: axis }),
          ...fittedLine(plot, ink),
        ],
      },
      {
        title: panel('Paths of cross-validation'),
        width: 260,
        height: 220,
        data: rows(pathRows(plot, pathSharpe)),
        mark: { type: 'line', strokeWidth: 1 },
        encoding: {
          x: quantity('bar', 'bar'),
          y: quantity('growth', 'cumulative log return', { scale: { zero: false } }),
          detail: { field: 'path', type: 'nominal' },
          color: { condition: { test: 'datum.worst', value: neg }, value: s1 },
          strokeDash: { condition: { test: 'datum.worst', value: [5, 3] }, value: [1, 0] },
        },
      },
    ],
  }));
}

/** The bin at 0 holds both: what is at 0 counts as overfit. */
const logitRows = ({ edges, counts, overfit }: CpcvPlot['logits']): object[] =>
  counts.flatMap((count, i) => [
    { from: edges[i], to: edges[i + 1], count: overfit[i], overfit: true },
    { from: edges[i], to: edges[i + 1], count: count - overfit[i], overfit: false },
  ]);

function fittedLine({ scatter, line }: CpcvPlot, color: string): Spec[] {
  if (line === undefined) return [];
  const ends = [Math.min(...scatter.inSample), Math.max(...scatter.inSample)];
  return [
    {
      data: rows(ends.map((x) => ({ x, y: line.intercept + line.slope * x }))),
      mark: { type: 'line', color },
      encoding: { x: quantity('x', 'in sample, annualised'), y: quantity('y', 'out of sample, annualised') },
    },
  ];
}

/** The worst 5 % first, so that they are among those drawn; then in order. */
function pathRows({ paths, pathBars }: CpcvPlot, pathSharpe: readonly number[]): object[] {
  const order = pathSharpe.map((_, path) => path).toSorted((a, b) => pathSharpe[a] - pathSharpe[b] || a - b);
  const worst = new Set(order.slice(0, Math.ceil(order.length * 0.05)));
  const drawn = [...worst, ...paths.keys()].filter((path, at, all) => all.indexOf(path) === at).slice(0, drawnPaths);
  return drawn.flatMap((path) =>
    paths[path].map((growth, i) => ({ path, bar: pathBars[i], growth, worst: worst.has(path) })),
  );
}
