import { describe, expect, it } from 'vitest';
import { flatBars, planOf, runPlan } from './hand-made.ts';

describe('a book that loses everything', () => {
  it('is closed at that close with its costs, keeps what is left and trades no more', () => {
    const bars = flatBars(100, 100, 150, 210, 300, 100, 100);
    const plan = planOf(bars, { enterShort: [0], enterLong: [3, 4, 5] });
    const { trades, counts, equity, finalEquity, unavailable } = runPlan(bars, plan, {
      costs: { feeBps: 0, slippageBps: 100 },
    });
    // Short 1000 / 99 at 99; bought back at 210 x 1.01.
    const left = 1000 + (1000 / 99) * (99 - 210 * 1.01);
    expect(trades).toHaveLength(1);
    expect(trades[0]).toMatchObject({ exitBar: 3, exitReason: 'bankrupt' });
    expect(counts).toMatchObject({ bankrupt: 1, entries: 1, conflicts: 0 });
    expect(finalEquity).toBeCloseTo(left, 9);
    expect(equity.equity.slice(3).every((mark) => mark === finalEquity)).toBe(true);
    expect(unavailable).toMatchObject({ cagr: 'the final equity is not positive' });
  });

  it('after a stop through nothing is bankrupt too, without a second trade', () => {
    const bars = flatBars(100, 100, 100, 250, 250);
    const { trades, counts } = runPlan(bars, planOf(bars, { enterShort: [0, 3] }, { exits: { stopLoss: 0.5 } }));
    expect(trades.map(({ exitReason }) => exitReason)).toEqual(['stopLoss']);
    expect(counts).toMatchObject({ bankrupt: 1, entries: 1 });
  });
});
