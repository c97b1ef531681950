import { describe, expect, it } from 'vitest';
import { computeMetrics } from '../../../../core/backtest/metrics/index.ts';
import type { Trade } from '../../../../core/backtest/types.ts';
import { runOfReturns } from './recorded-series.ts';

const trade = (pnl: number, returnFraction: number): Trade => ({
  symbol: 'BTC/USDT',
  side: 'long',
  entryBar: 0,
  exitBar: 1,
  entryTimeMs: 0,
  exitTimeMs: 1,
  entryPrice: 100,
  exitPrice: 100,
  quantity: 1,
  fees: 0,
  funding: 0,
  pnl,
  returnFraction,
  bars: 1,
  exitReason: 'exitSignal',
});

const of = (...trades: Trade[]) => computeMetrics({ ...runOfReturns([0, 0]), trades });

describe('metrics of trades', () => {
  it('by hand', () => {
    const { metrics } = of(
      trade(10, 0.1),
      trade(-5, -0.04),
      trade(-1, -0.02),
      trade(0, 0),
      trade(30, 0.2),
      trade(-3, -0.06),
    );
    expect(metrics).toMatchObject({ trades: 6, bestTrade: 0.2, worstTrade: -0.06, maxConsecutiveLosses: 2 });
    expect(metrics.winRate).toBeCloseTo(2 / 6, 15);
    expect(metrics.profitFactor).toBeCloseTo(40 / 9, 15);
    expect(metrics.avgWin).toBeCloseTo(0.15, 15);
    expect(metrics.avgLoss).toBeCloseTo(-0.04, 15);
    expect(metrics.payoffRatio).toBeCloseTo(3.75, 14);
    expect(metrics.expectancy).toBeCloseTo(0.18 / 6, 15);
    expect(metrics.kelly).toBeCloseTo(1 / 3 - 2 / 3 / 3.75, 15);
  });

  it('a trade of 0 is neither win nor loss and ends a losing streak', () => {
    const { metrics } = of(trade(-1, -0.1), trade(0, 0), trade(-1, -0.1));
    expect(metrics).toMatchObject({ winRate: 0, maxConsecutiveLosses: 1 });
  });

  it('say what is missing', () => {
    expect(of(trade(1, 0.1)).unavailable).toMatchObject({
      profitFactor: 'no losing trade',
      payoffRatio: 'no losing trade',
      avgLoss: 'no losing trade',
      kelly: 'no losing trade',
    });
    expect(of(trade(-1, -0.1)).unavailable).toMatchObject({
      payoffRatio: 'no winning trade',
      avgWin: 'no winning trade',
      kelly: 'no winning trade',
    });
    expect(of(trade(-1, -0.1)).metrics.profitFactor).toBe(0);
    const { metrics, unavailable } = of();
    expect(metrics.trades).toBe(0);
    for (const name of ['winRate', 'expectancy', 'bestTrade', 'worstTrade', 'maxConsecutiveLosses', 'kelly'] as const) {
      expect(unavailable[name]).toBe('no trades');
    }
  });
});
