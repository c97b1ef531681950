import type { RunSummary } from '../run-summary.ts';
import type { MetricName, Metrics, Unavailable } from '../types.ts';
import { breakEvenCostBps, exposure, feesPaid, fundingPaid, turnover } from './activity.ts';
import { calmar, longestDrawdownDays, maxDrawdown, ulcerIndex } from './drawdown.ts';
import { buyAndHoldReturn, cagr, totalReturn } from './growth.ts';
import type { Metric } from './metric.ts';
import { sharpe, sortino, volatility } from './risk-adjusted.ts';
import { kurtosis, omega, psr, skew } from './shape.ts';
import { cvar95, tailRatio, var95 } from './tail.ts';
import * as trade from './trades.ts';

/** Every metric, in the order in which it is printed. */
export const metricDefinitions: readonly Metric[] = [
  totalReturn,
  cagr,
  volatility,
  sharpe,
  sortino,
  calmar,
  maxDrawdown,
  longestDrawdownDays,
  ulcerIndex,
  var95,
  cvar95,
  skew,
  kurtosis,
  omega,
  tailRatio,
  trade.tradeCount,
  trade.winRate,
  trade.profitFactor,
  trade.payoffRatio,
  trade.expectancy,
  trade.avgWin,
  trade.avgLoss,
  trade.bestTrade,
  trade.worstTrade,
  trade.maxConsecutiveLosses,
  exposure,
  turnover,
  feesPaid,
  fundingPaid,
  trade.kelly,
  psr,
  buyAndHoldReturn,
  breakEvenCostBps,
];

/** Numbers of every metric that has a meaning for the run, and why the others have none. */
export function computeMetrics(run: RunSummary): { metrics: Metrics; unavailable: Unavailable } {
  const metrics: Partial<Record<MetricName, number>> = {};
  const unavailable: Partial<Record<MetricName, string>> = {};
  for (const { name, compute } of metricDefinitions) {
    const value = compute(run);
    if (typeof value === 'string') unavailable[name] = value;
    else if (Number.isFinite(value)) metrics[name] = value;
    else unavailable[name] = 'too large for a number'; // a few hours, extrapolated to a year
  }
  return { metrics, unavailable };
}
