import { expect, it } from 'vitest';
import { computeMetrics } from '../../../../core/backtest/metrics/index.ts';
import { runOfReturns } from './recorded-series.ts';

it('turnover, break-even cost, exposure by hand', () => {
  // Two days: 100 -> 110 -> 121; 1,000 traded, 5 of it fees.
  const run = { ...runOfReturns([0.1, 0.1], 100), notional: 1000, feesPaid: 5, fundingPaid: -2, bars: 8, barsHeld: 3 };
  const { metrics } = computeMetrics(run);
  expect(metrics.turnover).toBeCloseTo(1000 / 115.5 / (2 / 365), 9);
  expect(metrics.breakEvenCostBps).toBeCloseTo(((21 + 5) / 1000) * 10_000, 9);
  expect(metrics).toMatchObject({ exposure: 0.375, feesPaid: 5, fundingPaid: -2 });
});

it('have no meaning without a trade or without equity', () => {
  expect(computeMetrics(runOfReturns([0, 0])).unavailable.breakEvenCostBps).toBe('nothing was traded');
  expect(computeMetrics(runOfReturns([0, 0])).metrics.turnover).toBe(0);
  const ruined = { ...runOfReturns([-2, 0]), notional: 10 };
  expect(computeMetrics(ruined).unavailable.turnover).toBe('the mean equity is not positive');
});
