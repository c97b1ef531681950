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

function largestDrawdown({ startEquity, equity: { equity } }: RunSummary): number {
  let peak = startEquity;
  let largest = 0;
  for (const mark of equity) {
    if (mark > peak) peak = mark;
    else largest = Math.max(largest, 1 - mark / peak);
  }
  return largest;
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
      const markMs = timeMs[bar];
      if (underWater || mark < peak) longestMs = Math.max(longestMs, markMs - peakMs);
      underWater = mark < peak;
      if (underWater) continue;
      peak = mark;
      peakMs = markMs;
    }
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
