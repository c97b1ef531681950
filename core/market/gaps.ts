import { timeframeMs, type Timeframe } from './timeframe.ts';

/** Holes in a series: how many, and how many bars they hold together. */
export type Gaps = Readonly<{ gaps: number; missingBars: number }>;

/** The share of a window's bars that may be missing before a run is refused (unless gaps are allowed). */
export const maxMissingShare = 0.01;

/** Counts holes between the first and the last of rising open times; what lies before and after is no gap. */
export function countGaps(timeMs: Float64Array, timeframe: Timeframe): Gaps {
  const stepMs = timeframeMs[timeframe];
  let gaps = 0;
  let missingBars = 0;
  for (let i = 1; i < timeMs.length; i++) {
    const missing = Math.round((timeMs[i] - timeMs[i - 1]) / stepMs) - 1;
    if (!(missing > 0)) continue;
    gaps++;
    missingBars += missing;
  }
  return { gaps, missingBars };
}

/** Missing bars as a fraction of the bars that the window from first to last should hold. */
export const missingShare = ({ missingBars }: Gaps, bars: number): number =>
  bars === 0 ? 0 : missingBars / (bars + missingBars);
