import type { Theme } from '../charts/palette.ts';
import { category, chartSpec, panel, quantity, rows, ruleAt, short, type Spec } from '../charts/spec.ts';
import type { ImpactFit, ImpactPoint } from './impact-fit.ts';

export const costParts = ['delay', 'execution', 'opportunity', 'fees'] as const;

export type SlippagePlot = Readonly<{
  bars: readonly Readonly<{ group: string; component: (typeof costParts)[number]; bps: number }>[];
  scatter: readonly ImpactPoint[];
  curve: readonly Readonly<{ participation: number; fitted: number; lo: number; hi: number }>[];
}>;

type Facts = Readonly<{ orders: number; totalBps: number; impact: ImpactFit; theme: Theme }>;

/** Groups and orders that are drawn, at most. */
const drawnGroups = 30;
const drawnOrders = 2_000;

/** What each group paid, by part; and what orders cost by their share of the day's volume. */
export function slippageChart(plot: SlippagePlot, { orders, totalBps, impact, theme }: Facts): Spec {
  const impactText = impact.fitted ? `, impact coefficient ${short(impact.coefficient)}` : '';
  const text = {
    title: `Execution cost ${short(totalBps)} bps`,
    description: `${orders} orders cost ${short(totalBps)} bps of what was decided${impactText}.`,
  };
  const groups = [...new Set(plot.bars.map(({ group }) => group))].slice(0, drawnGroups);
  return chartSpec(text, theme, ({ s1, s2, s3, axis, ink }) => {
    const costs = {
      width: 320,
      height: { step: 26 },
      data: rows(plot.bars.filter(({ group }) => groups.includes(group))),
      layer: [
        {
          mark: { type: 'bar' },
          encoding: {
            y: category('group', 'group'),
            x: quantity('bps', 'cost, bps of decision notional', { stack: 'zero' }),
            color: {
              field: 'component',
              type: 'nominal',
              title: 'cost',
              scale: { domain: costParts, range: [s1, s2, s3, axis] },
              legend: { orient: 'top', columns: 4 },
            },
            order: { field: 'order', type: 'ordinal' },
          },
        },
        ruleAt({ x: 0 }, { color: ink }),
        {
          data: rows(groups.map((group) => labelOf(plot, group))),
          mark: { type: 'text', align: 'left', dx: 4 },
          encoding: {
            y: category('group', 'group'),
            x: quantity('end', 'cost, bps of decision notional'),
            text: { field: 'label', type: 'nominal' },
          },
        },
      ],
      transform: [{ calculate: `indexof(${JSON.stringify(costParts)}, datum.component)`, as: 'order' }],
    };
    return { hconcat: [costs, ...impactPanel(plot, s1, s2)] };
  });
}

/** The parts in words behind the bar, for whom colours are not enough. */
function labelOf({ bars }: SlippagePlot, group: string) {
  const parts = bars.filter((bar) => bar.group === group && bar.bps !== 0);
  const end = parts.reduce((sum, { bps }) => sum + Math.max(0, bps), 0);
  return { group, end, label: parts.map(({ component, bps }) => `${component} ${short(bps)}`).join(', ') };
}

function impactPanel({ scatter, curve }: SlippagePlot, points: string, line: string): Spec[] {
  const positive = scatter.filter(({ participation }) => participation > 0);
  if (positive.length === 0) return [];
  const step = Math.ceil(positive.length / drawnOrders);
  const x = quantity('participation', 'share of the day’s volume', { scale: { type: 'log' }, axis: { tickCount: 4 } });
  const costTitle = 'slippage, daily deviations';
  const fitted =
    curve.length === 0
      ? []
      : [
          {
            data: rows(curve),
            mark: { type: 'area', color: line, opacity: 0.2 },
            encoding: { x, y: quantity('lo', costTitle), y2: { field: 'hi' } },
          },
          {
            data: rows(curve),
            mark: { type: 'line', color: line },
            encoding: { x, y: quantity('fitted', costTitle) },
          },
        ];
  return [
    {
      title: panel('Impact'),
      width: 280,
      height: 200,
      layer: [
        {
          data: rows(positive.filter((_, i) => i % step === 0)),
          mark: { type: 'point', filled: true, size: 24, opacity: 0.7, color: points },
          encoding: { x, y: quantity('normalizedCost', costTitle) },
        },
        ...fitted,
      ],
    },
  ];
}
