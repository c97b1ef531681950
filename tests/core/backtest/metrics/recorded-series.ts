import type { RunSummary } from '../../../../core/backtest/run-summary.ts';
import { dayMs } from '../../../../core/market/timeframe.ts';
import { fixtureJson } from '../../../fixture-files.ts';

type Recorded = Readonly<{
  name: string;
  returns: readonly number[];
  quantstats: Readonly<Record<string, number>>;
  empyrical: Readonly<Record<string, number>>;
  plainFormula: Readonly<Record<string, number>>;
}>;

/** Eight series of daily returns with what quantstats 0.0.86 and empyrical-reloaded 0.7.1 say of them. */
export const recordedSeries = (fixtureJson('peers/metrics.json.gz') as { series: readonly Recorded[] }).series;

export function recorded(name: string): Recorded {
  const found = recordedSeries.find((series) => series.name === name);
  if (found === undefined) throw new Error(`no recorded series ${name}`);
  return found;
}

/** A run without trades whose daily returns are these: one mark a day. */
export function runOfReturns(daily: readonly number[], startEquity = 10_000): RunSummary {
  const returns = Float64Array.from(daily);
  const equity = new Float64Array(daily.length);
  let mark = startEquity;
  for (const [day, value] of daily.entries()) {
    mark *= 1 + value;
    equity[day] = mark;
  }
  return {
    startEquity,
    finalEquity: mark,
    equity: { timeMs: equity.map((_, day) => day * dayMs), equity },
    barMs: dayMs,
    days: daily.length,
    periodEquity: equity,
    returns,
    sortedReturns: returns.toSorted(),
    periodsPerYear: 365,
    periodName: 'days',
    trades: [],
    bars: daily.length,
    barsHeld: 0,
    notional: 0,
    feesPaid: 0,
    fundingPaid: 0,
    buyAndHoldReturn: 0,
  };
}
