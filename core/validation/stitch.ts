import { metricDefinitions } from '../backtest/metrics/index.ts';
import { periodEquity, periodReturns } from '../backtest/period-returns.ts';
import { plausibilityWarnings } from '../backtest/plausibility.ts';
import type { RunSummary } from '../backtest/run-summary.ts';
import type { BacktestResult, MetricName, Metrics, RunCounts, Unavailable } from '../backtest/types.ts';
import { dayMs, daysPerYear } from '../market/timeframe.ts';

/** Money figures of a chain of runs add up amounts of different equity: left out. */
const leftOut: ReadonlySet<MetricName> = new Set([
  'turnover',
  'feesPaid',
  'fundingPaid',
  'buyAndHoldReturn',
  'breakEvenCostBps',
]);

/**
 * Runs that follow each other in time as one: every run begins with what the one before it left, in proportion. Trades
 * keep the amounts of their own run, each of which began with `startEquity`.
 */
export function stitchResults(
  results: readonly BacktestResult[],
  startEquity: number,
): Readonly<{ result: BacktestResult; returns: Float64Array }> {
  const timeMs = new Float64Array(results.reduce((sum, { equity }) => sum + equity.timeMs.length, 0));
  const equity = new Float64Array(timeMs.length);
  let filled = 0;
  let scale = 1;
  for (const run of results) {
    timeMs.set(run.equity.timeMs, filled);
    for (let bar = 0; bar < run.equity.equity.length; bar += 1) equity[filled + bar] = run.equity.equity[bar] * scale;
    filled += run.equity.timeMs.length;
    scale *= run.finalEquity / run.startEquity;
  }
  const trades = results.flatMap((run) => run.trades);
  const ends = periodEquity({ timeMs, equity }, dayMs);
  const returns = periodReturns(ends, startEquity);
  const bars = results.reduce((sum, run) => sum + run.equity.timeMs.length, 0);
  const summary: RunSummary = {
    startEquity,
    finalEquity: equity[equity.length - 1],
    equity: { timeMs, equity },
    barMs: timeMs.length > 1 ? timeMs[1] - timeMs[0] : dayMs,
    days: ends.length,
    periodEquity: ends,
    returns,
    sortedReturns: returns.toSorted(),
    periodsPerYear: daysPerYear,
    periodName: 'days',
    trades,
    bars,
    barsHeld: results.reduce((sum, run) => sum + (run.metrics.exposure ?? 0) * run.equity.timeMs.length, 0),
    notional: 0,
    feesPaid: 0,
    fundingPaid: 0,
    buyAndHoldReturn: 0,
  };
  const { metrics, unavailable } = metricsOf(summary);
  return {
    returns,
    result: {
      startEquity,
      finalEquity: summary.finalEquity,
      counts: addCounts(results),
      metrics,
      unavailable,
      trades,
      equity: { timeMs, equity },
      decided: [],
      warnings: [...new Set([...plausibilityWarnings(metrics), ...results.flatMap((run) => run.warnings)])],
    },
  };
}

function metricsOf(summary: RunSummary): { metrics: Metrics; unavailable: Unavailable } {
  const metrics: Partial<Record<MetricName, number>> = {};
  const unavailable: Partial<Record<MetricName, string>> = {};
  for (const { name, compute } of metricDefinitions) {
    if (leftOut.has(name)) {
      unavailable[name] = 'has no meaning for windows one after the other';
      continue;
    }
    const value = compute(summary);
    if (typeof value === 'number' && Number.isFinite(value)) metrics[name] = value;
    else unavailable[name] = typeof value === 'string' ? value : 'too large for a number';
  }
  return { metrics, unavailable };
}

function addCounts(results: readonly BacktestResult[]): RunCounts {
  const total = (name: keyof RunCounts) => results.reduce((sum, { counts }) => sum + counts[name], 0);
  return {
    entries: total('entries'),
    conflicts: total('conflicts'),
    entryExitClashes: total('entryExitClashes'),
    noSize: total('noSize'),
    bankrupt: total('bankrupt'),
    openAtEnd: total('openAtEnd'),
  };
}
