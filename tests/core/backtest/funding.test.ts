import { describe, expect, it } from 'vitest';
import type { FundingRates } from '../../../core/market/bars.ts';
import { barsOf, flatBars, planOf, runPlan } from './hand-made.ts';

const hourMs = 3_600_000;
const funding = (...payments: [hour: number, rate: number][]): FundingRates => ({
  symbol: 'BTC/USDT:USDT',
  timeMs: Float64Array.from(payments, ([hour]) => hour * hourMs),
  rate: Float64Array.from(payments, ([, rate]) => rate),
});

describe('funding', () => {
  it('is paid at the open by the position carried in, before that open executes anything', () => {
    const bars = barsOf([
      [100, 100, 100, 100],
      [100, 100, 100, 100],
      [200, 200, 200, 200],
      [200, 200, 200, 200],
    ]);
    const plan = planOf(bars, { enterLong: [0], exitLong: [1] });
    // Entered at hour 1 (not charged there), out at the open of hour 2 (still charged there, 10 x 200 x 1 %).
    const { trades, metrics, finalEquity } = runPlan(bars, plan, { funding: funding([1, 0.01], [2, 0.01], [3, 0.01]) });
    expect(trades[0]?.funding).toBeCloseTo(20, 12);
    expect(trades[0]?.pnl).toBeCloseTo(1000 - 20, 12);
    expect(metrics.fundingPaid).toBeCloseTo(20, 12);
    expect(finalEquity).toBeCloseTo(1980, 9);
  });

  it('is received by a short when the rate is positive, paid when it is negative', () => {
    const bars = flatBars(100, 100, 100, 100);
    const run = runPlan(bars, planOf(bars, { enterShort: [0] }), { funding: funding([2, 0.01], [3, -0.03]) });
    expect(run.trades[0]?.funding).toBeCloseTo(-10 + 30, 12);
  });

  it('inside a coarse bar is settled at its close by the position then held', () => {
    const bars = barsOf(
      [
        [100, 100, 100, 100],
        [100, 110, 100, 110],
        [110, 110, 110, 110],
      ],
      { timeframe: '12h' },
    );
    const run = runPlan(bars, planOf(bars, { enterLong: [0] }), {
      funding: funding([8, 0.01], [16, 0.01], [24, 0.01]),
    });
    // Hour 8: flat. Hour 16: inside bar 1, 10 x close 110. Hour 24: open of bar 2, 10 x open 110.
    expect(run.trades[0]?.funding).toBeCloseTo(22, 12);
  });

  it('with fill: close the position that lived through the bar pays, not the one opened at its close', () => {
    const bars = barsOf(
      [
        [100, 100, 100, 100],
        [100, 100, 100, 100],
        [100, 100, 100, 100],
      ],
      { timeframe: '12h' },
    );
    const plan = planOf(bars, { enterLong: [0], exitLong: [1] });
    const run = runPlan(bars, plan, { fill: 'close', funding: funding([8, 0.01], [16, 0.01]) });
    expect(run.trades[0]?.funding).toBeCloseTo(10, 12);
  });

  it('in a gap has no bar to be settled at: not charged, and said', () => {
    const whole = flatBars(100, 100, 100, 100, 100);
    const bars = { ...whole, timeMs: whole.timeMs.map((time, bar) => (bar < 3 ? time : time + 2 * hourMs)) };
    const run = runPlan(bars, planOf(bars, { enterLong: [0] }), { funding: funding([4, 0.01]) });
    expect(run.trades[0]?.funding).toBe(0);
    expect(run.warnings).toEqual(['BTC/USDT: 1 funding payments fell in gaps of the bars and were not charged']);
  });
});
