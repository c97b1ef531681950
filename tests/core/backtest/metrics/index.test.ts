import { expect, it } from 'vitest';
import { computeMetrics, metricDefinitions } from '../../../../core/backtest/metrics/index.ts';
import { metricNames } from '../../../../core/backtest/types.ts';
import { recorded, runOfReturns } from './recorded-series.ts';

it('defines every metric of the specification once, in its order', () => {
  expect(metricDefinitions.map(({ name }) => name)).toEqual(metricNames);
});

it('gives each metric a finite number or a reason, never both', () => {
  for (const returns of [recorded('BTC').returns, recorded('totalLoss').returns, [0], [-1], [-1.5, 0.2]]) {
    const { metrics, unavailable } = computeMetrics(runOfReturns(returns));
    const without = metricNames.filter((name) => !Number.isFinite(metrics[name]));
    expect(Object.keys(unavailable).toSorted()).toEqual(without.toSorted());
  }
});

it('a growth rate beyond numbers is none: hours that would be extrapolated to a year', () => {
  const run = { ...runOfReturns([0.4]), days: 1 / 24 };
  expect(computeMetrics(run).unavailable.cagr).toBe('too large for a number');
});
