import { type Timeframe, timeframeMs } from '../../market/timeframe.ts';
import type { Evidence, LaterBars } from './evidence.ts';
import type { LeakFinding, LeakName } from './leak-check.ts';

type Findings = Readonly<Partial<Record<LeakName, LeakFinding>>>;

/** Fewer pieces of evidence do not show a pattern of longer bars. */
const leastForPattern = 6;

/**
 * What the evidence says: that later bars were seen at all (`prefix`, `noise`), and which: the next one, the rest of a
 * longer bar, some more, or all of them.
 */
export function judgeLaterBars({ cut, noise }: LaterBars, { timeMs, timeframe }: Grid): Findings {
  const [firstCut] = cut;
  const [firstNoise] = noise;
  return {
    ...(firstCut && { prefix: findingOf(firstCut, 'changes', `are cut off`) }),
    ...(firstNoise && { noise: findingOf(firstNoise, 'changes', `are replaced by noise`) }),
    ...(firstNoise && kindOf(noise, { timeMs, timeframe })),
  };
}

type Grid = Readonly<{ timeMs: Float64Array; timeframe: Timeframe }>;

function kindOf(evidence: readonly Evidence[], grid: Grid): Findings {
  const furthest = evidence.reduce((a, b) => (b.after - b.bar > a.after - a.bar ? b : a));
  const reach = furthest.after - furthest.bar + 1;
  const frame = longerFrame(evidence, reach, grid);
  if (frame !== undefined) {
    return { resampled: findingOf(furthest, `uses a bar of ${frame} before it has closed:`, 'change') };
  }
  if (reach === 1) return { 'next-bar': findingOf(furthest, 'is decided by the next bar:', 'change') };
  if (reach >= grid.timeMs.length / 4) {
    const what = 'depends on a mean, a fit or a choice over all of history:';
    return { 'full-sample': findingOf(furthest, what, 'change') };
  }
  return { repainting: findingOf(furthest, `is painted again up to ${reach} bars later:`, 'change') };
}

const dayMs = timeframeMs['1d'];
/** Longer bars by name; weeks begin on Monday, day 4 of the epoch. */
const frames: readonly (readonly [name: string, lengthMs: number, startMs: number])[] = [
  ...Object.entries(timeframeMs).map(([name, lengthMs]) => [name, lengthMs, 0] as const),
  ['1w', 7 * dayMs, 4 * dayMs],
];

/** The longer bar inside which all changes stay, and which they fill at least by half. */
function longerFrame(evidence: readonly Evidence[], reach: number, { timeMs, timeframe }: Grid): string | undefined {
  if (evidence.length < leastForPattern) return undefined;
  const barMs = timeframeMs[timeframe];
  return frames.find(([, lengthMs, startMs]) => {
    const frameOf = (bar: number) => Math.floor((timeMs[bar] - startMs) / lengthMs);
    const fits = lengthMs > barMs && 2 * reach >= lengthMs / barMs;
    return fits && evidence.every(({ bar, after }) => frameOf(bar) === frameOf(after + 1));
  })?.[0];
}

const findingOf = ({ column, bar, after, value, without }: Evidence, what: string, how: string): LeakFinding => ({
  message:
    how === 'change'
      ? `${what} bar ${bar} changes with the bars after ${after}`
      : `bar ${bar} ${what} when the bars after ${after} ${how}`,
  column,
  expected: String(value),
  found: String(without),
});
