import type { RunSummary } from '../run-summary.ts';
import type { MetricName } from '../types.ts';

/** How a number is to be read: `fraction` 0.1 is 10 %, `money` is account currency, `bps` are basis points a side. */
export type MetricUnit = 'fraction' | 'ratio' | 'count' | 'money' | 'days' | 'bps';

/** One metric. `compute` gives its number, or the reason (a text) why it has no meaning for this run. */
export type Metric = Readonly<{
  name: MetricName;
  title: string;
  unit: MetricUnit;
  compute(run: RunSummary): number | string;
}>;

export const fewestReturns = 30;
/** Relative rounding of two marks is about 1e-16 each: returns that differ by less than this are one constant. */
export const roundingOfReturns = 1e-13;

/** A metric of the series of daily (or bar) returns: needs 30 of them and a spread. */
export function returnMetric(metric: Metric): Metric {
  return { ...metric, compute: (run) => unusableReturns(run) ?? metric.compute(run) };
}

function unusableReturns({ sortedReturns, periodName }: RunSummary): string | undefined {
  const count = sortedReturns.length;
  if (count < fewestReturns) return `needs ${fewestReturns} ${periodName}, there are ${count}`;
  const spread = sortedReturns[count - 1] - sortedReturns[0];
  return spread > roundingOfReturns ? undefined : 'the returns do not vary';
}

/** A metric of the closed trades: needs one. */
export function tradeMetric(metric: Metric): Metric {
  return { ...metric, compute: (run) => (run.trades.length === 0 ? 'no trades' : metric.compute(run)) };
}
