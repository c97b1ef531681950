import type { Theme } from '../charts/palette.ts';
import { category, chartSpec, panel, quantity, rows, ruleAt, short, type Spec } from '../charts/spec.ts';

type Interval = readonly [lo: number, hi: number];

export type DecayPlot = Readonly<{
  folds: readonly Readonly<{ label: string; side: string; sharpe: number; lo: number; hi: number }>[];
  buckets: readonly Readonly<{ age: number; sharpe: number; lo: number; hi: number }>[];
  fitted: readonly Readonly<{ age: number; sharpe: number }>[];
  reference: Readonly<{ oosHaircut: number; publicationHaircut: number }>;
}>;

type Facts = Readonly<{
  meanIs: number;
  meanOos: number;
  stitched: Readonly<{ sharpe: number; interval: Interval }>;
  theme: Theme;
}>;

/** Each fold's Sharpe ratios in and out of sample; the out-of-sample ones by the age of the fit. */
export function decayChart(plot: DecayPlot, { meanIs, meanOos, stitched, theme }: Facts): Spec {
  const [lo, hi] = stitched.interval;
  const text = {
    title: `Sharpe ratio ${short(meanIs)} in sample, ${short(meanOos)} out of sample`,
    description:
      `Mean annualised Sharpe ratio ${short(meanIs)} in sample and ${short(meanOos)} out of sample; ` +
      `all out-of-sample returns together ${short(stitched.sharpe)}, interval ${short(lo)} to ${short(hi)}.`,
  };
  const sharpe = quantity('sharpe', 'Sharpe ratio, annualised');
  const bounds = { y: quantity('lo', 'Sharpe ratio, annualised'), y2: { field: 'hi' } };
  return chartSpec(text, theme, ({ s1, s2, axis, ink }) => {
    const side = {
      field: 'side',
      type: 'nominal',
      title: 'returns',
      sort: [],
      scale: { domain: ['in sample', 'out of sample'], range: [s1, s2] },
      legend: { orient: 'top' },
    };
    const x = { ...category('label', 'fold'), axis: { labelAngle: -30 } };
    const xOffset = { field: 'side', sort: [] };
    return {
      hconcat: [
        {
          width: { step: 22 },
          height: 240,
          data: rows(plot.folds),
          layer: [
            { mark: { type: 'bar' }, encoding: { x, xOffset, y: sharpe, color: side } },
            { mark: { type: 'rule', color: ink }, encoding: { x, xOffset, ...bounds } },
            ruleAt({ y: 0 }, { color: axis }),
          ],
        },
        {
          title: panel('Out of sample, by age of the fit'),
          width: 300,
          height: 240,
          data: rows(plot.buckets),
          layer: [
            ruleAt({ y: 0 }, { color: axis }),
            { mark: { type: 'rule', color: s2, strokeWidth: 2 }, encoding: { x: ageAxis, ...bounds } },
            {
              mark: { type: 'point', shape: 'circle', filled: true, size: 60, opacity: 1, color: s2 },
              encoding: { x: ageAxis, y: sharpe },
            },
            ...fittedLine(plot, ink),
            ...(meanIs > 0 ? referenceLine((1 - plot.reference.oosHaircut) * meanIs, axis) : []),
          ],
        },
      ],
    };
  });
}

const ageAxis = quantity('age', 'age of the fit, bars', { scale: { zero: true } });

const fittedLine = ({ fitted }: DecayPlot, color: string): Spec[] =>
  fitted.length === 0
    ? []
    : [
        {
          data: rows(fitted),
          mark: { type: 'line', color },
          encoding: { x: ageAxis, y: quantity('sharpe', 'Sharpe ratio, annualised') },
        },
      ];

const referenceLine = (level: number, color: string): Spec[] => [
  ruleAt({ y: level }, { color, strokeDash: [4, 3] }),
  {
    data: rows([{ level }]),
    mark: { type: 'text', text: 'McLean-Pontiff', align: 'right', baseline: 'bottom', dy: -2 },
    encoding: { x: { value: 'width' }, y: quantity('level', 'Sharpe ratio, annualised') },
  },
];
