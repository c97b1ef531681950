import type { Theme } from '../charts/palette.ts';
import { category, chartSpec, quantity, rows, ruleAt, short, type Spec } from '../charts/spec.ts';

export type SharpeInterval = Readonly<{ method: string; lo: number; point: number; hi: number }>;

export type SharpePlot = Readonly<{
  intervals: readonly SharpeInterval[];
  density?: Readonly<{ x: readonly number[]; y: readonly number[] }>;
}>;

type Facts = Readonly<{ sharpeAnnual: number; benchmark: number; confidence: number; psr: number; theme: Theme }>;

/** One row a method: the estimate with its interval, zero and the benchmark as rules; below, the bootstrap's density. */
export function sharpeChart({ intervals, density }: SharpePlot, facts: Facts): Spec {
  const { sharpeAnnual, benchmark, confidence, psr, theme } = facts;
  const level = `${+(confidence * 100).toPrecision(3)} %`;
  const last = intervals[intervals.length - 1];
  const text = {
    title: `Sharpe ratio with ${level} intervals`,
    description:
      `Annualised Sharpe ratio ${short(sharpeAnnual)}, ${last.method} ${level} interval ` +
      `${short(last.lo)} to ${short(last.hi)}, probability above the benchmark ${short(psr)}.`,
  };
  return chartSpec(text, theme, (palette) => {
    const y = category('method', 'method');
    const x = quantity('lo', 'Sharpe ratio, annualised', { scale: { zero: true } });
    const methods = {
      width: 480,
      height: { step: 26 },
      data: rows(intervals),
      layer: [
        ruleAt({ x: 0 }, { color: palette.axis }),
        ...(benchmark === 0 ? [] : [ruleAt({ x: benchmark }, { color: palette.axis, strokeDash: [4, 3] })]),
        { mark: { type: 'rule', color: palette.s1, strokeWidth: 2 }, encoding: { x, x2: { field: 'hi' }, y } },
        {
          mark: { type: 'point', shape: 'circle', filled: true, size: 60, opacity: 1, color: palette.s1 },
          encoding: { x: quantity('point', 'Sharpe ratio, annualised'), y },
        },
      ],
    };
    if (density === undefined || density.x.length === 0) return { vconcat: [methods] };
    const area = {
      width: 480,
      height: 110,
      data: rows(density.x.map((at, i) => ({ x: at, y: density.y[i] }))),
      layer: [
        {
          mark: { type: 'area', color: palette.s1, opacity: 0.35, line: { color: palette.s1 } },
          encoding: { x: quantity('x', 'bootstrap Sharpe ratio, annualised'), y: quantity('y', 'density') },
        },
        ruleAt({ x: sharpeAnnual }, { color: palette.ink }),
      ],
    };
    return { vconcat: [methods, area] };
  });
}
