import type { Theme } from '../charts/palette.ts';
import { category, chartSpec, panel, quantity, rows, ruleAt, short, type Spec } from '../charts/spec.ts';

export type Severity = 'none' | 'moderate' | 'major';

export type DriftPlot = Readonly<{
  features: readonly Readonly<{
    name: string;
    qValue: number;
    psi: number;
    wassersteinNormalized?: number;
    severity: Severity;
  }>[];
  ecdf: Readonly<{ name: string; x: readonly number[]; reference: readonly number[]; current: readonly number[] }>;
}>;

type Facts = Readonly<{ drifted: readonly string[]; minEffect: number; gapAt: number; theme: Theme }>;

/** Features that are drawn, the worst; a longer list is read as a table. */
const drawnFeatures = 40;

/** One row a feature, the worst first, and the two distributions of the worst one. */
export function driftChart(plot: DriftPlot, { drifted, minEffect, gapAt, theme }: Facts): Spec {
  const [worst] = plot.features;
  const text = {
    title: `${drifted.length} of ${plot.features.length} features drifted`,
    description:
      `${drifted.length} of ${plot.features.length} features drifted; the largest drift is ${worst.name} ` +
      `(${worst.severity}, stability index ${short(worst.psi)}, q-value ${short(worst.qValue)}).`,
  };
  return chartSpec(text, theme, ({ grid, axis, s1, s2, neg, ink }) => {
    const severities = ['none', 'moderate', 'major'];
    const shape = { domain: severities, range: ['circle', 'triangle-up', 'diamond'] };
    const features = {
      width: 420,
      height: { step: 22 },
      data: rows(
        plot.features.slice(0, drawnFeatures).map((row) => ({ ...row, distance: row.wassersteinNormalized ?? 0 })),
      ),
      layer: [
        ruleAt({ x: minEffect }, { color: axis, strokeDash: [4, 3] }),
        {
          mark: { type: 'point', filled: true, size: 90, opacity: 1, stroke: axis, strokeWidth: 1 },
          encoding: {
            x: quantity('distance', 'Wasserstein distance, in deviations of the reference', { scale: { zero: true } }),
            y: category('name', 'feature'),
            shape: { field: 'severity', type: 'nominal', title: 'drift', scale: shape },
            color: {
              field: 'severity',
              type: 'nominal',
              title: 'drift',
              scale: { domain: severities, range: [grid, s2, neg] },
            },
          },
        },
      ],
    };
    return { resolve: apart, vconcat: [features, distributions(plot.ecdf, { gapAt, colours: [s1, s2], ink })] };
  });
}

/** Drift and sample are different scales, side by side. */
const apart = { scale: { color: 'independent', shape: 'independent', strokeDash: 'independent' } };

type Look = Readonly<{ gapAt: number; colours: readonly [string, string]; ink: string }>;

function distributions({ name, x, reference, current }: DriftPlot['ecdf'], { gapAt, colours, ink }: Look): Spec {
  const samples = [
    ['reference', reference],
    ['current', current],
  ] as const;
  const steps = samples.flatMap(([sample, shares]) => x.map((at, i) => ({ x: at, share: shares[i], sample })));
  const at = x.findLastIndex((value) => value <= gapAt);
  const gap = at < 0 ? [] : [{ x: gapAt, from: reference[at], to: current[at] }];
  return {
    title: panel(`Distributions of ${name}`),
    width: 420,
    height: 180,
    layer: [
      {
        data: rows(steps),
        mark: { type: 'line', interpolate: 'step-after' },
        encoding: {
          x: quantity('x', `${name}, its own unit`, { scale: { zero: false } }),
          y: quantity('share', 'share of values at most x'),
          color: {
            field: 'sample',
            type: 'nominal',
            title: 'sample',
            sort: [],
            scale: { domain: ['reference', 'current'], range: colours },
          },
          strokeDash: {
            field: 'sample',
            type: 'nominal',
            title: 'sample',
            scale: {
              domain: ['reference', 'current'],
              range: [
                [1, 0],
                [6, 3],
              ],
            },
          },
        },
      },
      {
        data: rows(gap),
        mark: { type: 'rule', color: ink, strokeWidth: 2 },
        encoding: {
          x: quantity('x', `${name}, its own unit`),
          y: quantity('from', 'share of values at most x'),
          y2: { field: 'to' },
        },
      },
    ],
  };
}
