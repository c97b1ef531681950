import { daysPerYear } from '../../market/timeframe.ts';
import type { RunSummary } from '../run-summary.ts';
import type { Metric } from './metric.ts';

/** Final over start equity, minus 1. */
export const totalReturn: Metric = {
  name: 'totalReturn',
  title: 'Total return',
  unit: 'fraction',
  compute: ({ finalEquity, startEquity }) => finalEquity / startEquity - 1,
};

/** Growth a year, (E_end / E_0)^(365 / days) - 1, over the whole time of the bars. */
export const cagr: Metric = { name: 'cagr', title: 'CAGR', unit: 'fraction', compute: annualGrowth };

export function annualGrowth({ finalEquity, startEquity, days }: RunSummary): number | string {
  if (finalEquity <= 0) return 'the final equity is not positive';
  return (finalEquity / startEquity) ** (daysPerYear / days) - 1;
}

/** What holding every market from its first open to its last close would have given: the mean over them, no costs. */
export const buyAndHoldReturn: Metric = {
  name: 'buyAndHoldReturn',
  title: 'Buy and hold',
  unit: 'fraction',
  compute: (run) => run.buyAndHoldReturn,
};
