import { dayMs } from '../../market/timeframe.ts';
import type { RunSummary } from '../run-summary.ts';
import { annualGrowth } from './growth.ts';
import { returnMetric, type Metric } from './metric.ts';

/** Largest fall from a peak of the marks, as a positive fraction of it; the start equity is the first peak. */
export const maxDrawdown: Metric = {
  name: 'maxDrawdown',
  title: 'Max drawdown',
  unit: 'fraction',
  compute: largestDrawdown,
};

/** The lowest mark under each peak decides, so one division a peak is enough. */
function largestDrawdown({ startEquity, equity: { equity } }: RunSummary): number {
  let peak = startEquity;
  let lowest = startEquity;
  let largest = 0;
  for (let bar = 0; bar < equity.length; bar += 1) {
    const mark = equity[bar];
    if (mark > peak) {
      largest = Math.max(largest, 1 - lowest / peak);
      peak = mark;
      lowest = mark;
    } else if (mark < lowest) lowest = mark;
  }
  return Math.max(largest, 1 - lowest / peak);
}

/**
 * Longest time under water: from the last mark at the peak (the first bar's open while that is the start equity) to
 * the first mark at or above it, or to the end.
 */
export const longestDrawdownDays: Metric = {
  name: 'longestDrawdownDays',
  title: 'Longest drawdown',
  unit: 'days',
  compute: ({ startEquity, equity: { equity, timeMs } }) => {
    let peak = startEquity;
    let peakMs = timeMs[0];
    let longestMs = 0;
    let underWater = false;
    for (let bar = 0; bar < equity.length; bar += 1) {
      const mark = equity[bar];
      if (mark < peak) {
        underWater = true;
        continue;
      }
      if (underWater) longestMs = Math.max(longestMs, timeMs[bar] - peakMs);
      underWater = false;
      peak = mark;
      peakMs = timeMs[bar];
    }
    if (underWater) longestMs = Math.max(longestMs, timeMs[timeMs.length - 1] - peakMs);
    return longestMs / dayMs;
  },
};

/** CAGR over the largest drawdown. quantstats and empyrical `calmar`. */
export const calmar: Metric = {
  name: 'calmar',
  title: 'Calmar',
  unit: 'ratio',
  compute: (run) => {
    const growth = annualGrowth(run);
    if (typeof growth === 'string') return growth;
    const drawdown = largestDrawdown(run);
    return drawdown > 0 ? growth / drawdown : 'no drawdown';
  },
};

/** Root of the mean square of the daily drawdowns, divisor n - 1 as in quantstats `ulcer_index`. Martin & McCann (1989). */
export const ulcerIndex = returnMetric({
  name: 'ulcerIndex',
  title: 'Ulcer index',
  unit: 'fraction',
  compute: ({ startEquity, periodEquity }) => {
    let peak = startEquity;
    let squares = 0;
    for (const end of periodEquity) {
      peak = Math.max(peak, end);
      squares += (1 - end / peak) ** 2;
    }
    return Math.sqrt(squares / (periodEquity.length - 1));
  },
});
