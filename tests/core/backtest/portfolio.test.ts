import { describe, expect, it } from 'vitest';
import { runBacktest } from '../../../core/backtest/engine.ts';
import type { MarketInput } from '../../../core/backtest/types.ts';
import { flatBars, freeOfCosts, planOf } from './hand-made.ts';

const hourMs = 3_600_000;
const early = { ...flatBars(100, 100, 120, 120), symbol: 'A' };
const late = { ...flatBars(10, 10, 20, 20), symbol: 'B' };
const shifted = { ...late, timeMs: late.timeMs.map((time) => time + 2 * hourMs) };

const alwaysLong = { evaluate: (bars: MarketInput['bars']) => planOf(bars, { enterLong: [0], exitLong: [1] }) };

const order = (markets: MarketInput[]) =>
  runBacktest(alwaysLong, markets, freeOfCosts).trades.map(({ symbol }) => symbol);

describe('several markets', () => {
  it('are independent books with an equal share; the portfolio is their sum over the union of times', () => {
    const run = runBacktest(alwaysLong, [{ bars: early }, { bars: shifted }], freeOfCosts);
    expect([...run.equity.timeMs]).toEqual([0, 1, 2, 3, 4, 5].map((hour) => hour * hourMs));
    expect([...run.equity.equity]).toEqual([1000, 1000, 1100, 1100, 1600, 1600]);
    expect(run.metrics.totalReturn).toBeCloseTo(0.6, 12);
    expect(run.metrics.exposure).toBe(2 / 8);
    expect(run.metrics.buyAndHoldReturn).toBeCloseTo((0.2 + 1) / 2, 12);
  });

  it('list trades by exit time, entry time, place in the universe', () => {
    const same = { ...late, symbol: 'C' };
    expect(order([{ bars: shifted }, { bars: early }])).toEqual(['A', 'B']);
    expect(order([{ bars: same }, { bars: early }])).toEqual(['C', 'A']);
    expect(order([{ bars: early }, { bars: same }])).toEqual(['A', 'C']);
  });

  it('need bars, by name', () => {
    expect(() => runBacktest(alwaysLong, [], freeOfCosts)).toThrow('no market to run on');
    const empty = { ...flatBars(), symbol: 'E' };
    expect(() => runBacktest(alwaysLong, [{ bars: early }, { bars: empty }], freeOfCosts)).toThrow(
      'no bars of E in this window',
    );
  });
});
