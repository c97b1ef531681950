import { describe, expect, it } from 'vitest';
import { barsOf, flatBars, planOf, runPlan } from './hand-made.ts';

const costs = { feeBps: 100, slippageBps: 200 };

describe('fills', () => {
  it('decides at a close and fills at the next open, with slippage against the order and a fee on each side', () => {
    const bars = barsOf([
      [100, 101, 99, 100],
      [110, 120, 105, 115],
      [120, 130, 119, 125],
      [130, 131, 120, 121],
    ]);
    const { trades, finalEquity, equity } = runPlan(bars, planOf(bars, { enterLong: [0], exitLong: [2] }), { costs });
    const [entry, exit] = [110 * 1.02, 130 * 0.98];
    const quantity = 1000 / (entry * 1.01);
    const fees = quantity * (entry + exit) * 0.01;
    expect(trades).toHaveLength(1);
    expect(trades[0]).toMatchObject({ side: 'long', entryBar: 1, exitBar: 3, bars: 2, exitReason: 'exitSignal' });
    expect(trades[0]?.entryPrice).toBeCloseTo(entry, 12);
    expect(trades[0]?.exitPrice).toBeCloseTo(exit, 12);
    expect(trades[0]?.quantity).toBeCloseTo(quantity, 12);
    expect(trades[0]?.fees).toBeCloseTo(fees, 12);
    expect(trades[0]?.pnl).toBeCloseTo(quantity * (exit - entry) - fees, 12);
    expect(trades[0]?.returnFraction).toBeCloseTo((exit - entry) / entry - fees / (quantity * entry), 12);
    expect(equity.equity[1]).toBeCloseTo(quantity * 115, 9); // all cash went into the position and its fee
    expect(finalEquity).toBeCloseTo(1000 + quantity * (exit - entry) - fees, 9);
  });

  it('sells a short below the open, buys it back above, and keeps its proceeds as cash', () => {
    const bars = flatBars(100, 100, 80, 80);
    const { trades, equity } = runPlan(bars, planOf(bars, { enterShort: [0], exitShort: [2] }), { costs });
    expect(trades[0]).toMatchObject({ side: 'short', entryPrice: 98, exitPrice: 80 * 1.02 });
    const quantity = 1000 / (98 * 1.01);
    expect(trades[0]?.quantity).toBeCloseTo(quantity, 12);
    expect(equity.equity[2]).toBeCloseTo(1000 + quantity * (98 - 80) - quantity * 98 * 0.01, 9);
  });

  it('with fill: close decides and fills at the same close', () => {
    const bars = barsOf([
      [100, 101, 99, 100],
      [110, 120, 105, 115],
      [120, 130, 119, 125],
    ]);
    const { trades } = runPlan(bars, planOf(bars, { enterLong: [0], exitLong: [1] }), { fill: 'close' });
    expect(trades[0]).toMatchObject({ entryBar: 0, entryPrice: 100, exitBar: 1, exitPrice: 115 });
  });

  it('takes a fraction of the equity', () => {
    const bars = flatBars(100, 100, 100);
    const plan = planOf(bars, { enterLong: [0] }, { sizing: { method: 'fraction', fraction: 0.25 } });
    expect(runPlan(bars, plan).trades[0]?.quantity).toBeCloseTo(2.5, 12);
  });

  it('without a size there is no entry, counted', () => {
    const bars = flatBars(100, 100, 100);
    for (const fraction of [0, -1, NaN]) {
      const plan = planOf(bars, { enterLong: [0, 1] }, { sizing: { method: 'fraction', fraction } });
      expect(runPlan(bars, plan).counts).toMatchObject({ entries: 0, noSize: 2 });
    }
  });
});

describe('the last bar', () => {
  const bars = flatBars(100, 100, 110);

  it('closes what is open at its close, with costs', () => {
    const { trades, counts } = runPlan(bars, planOf(bars, { enterLong: [0] }), { costs });
    expect(trades[0]).toMatchObject({ exitBar: 2, exitPrice: 110 * 0.98, exitReason: 'endOfData' });
    expect(counts.openAtEnd).toBe(0);
  });

  it('or leaves it open and marked', () => {
    const { trades, counts, finalEquity } = runPlan(bars, planOf(bars, { enterLong: [0] }), { closeAtEnd: false });
    expect(trades).toEqual([]);
    expect(counts).toMatchObject({ entries: 1, openAtEnd: 1 });
    expect(finalEquity).toBe(1100);
  });

  it('decides nothing with nextOpen', () => {
    const plan = planOf(bars, { enterLong: [2], enterShort: [2] });
    expect(runPlan(bars, plan).counts).toMatchObject({ entries: 0, conflicts: 0 });
  });

  it('with fill: close still counts, and enters only what may stay open', () => {
    const conflict = planOf(bars, { enterLong: [2], enterShort: [2] });
    expect(runPlan(bars, conflict, { fill: 'close' }).counts.conflicts).toBe(1);
    const entry = planOf(bars, { enterLong: [2] });
    expect(runPlan(bars, entry, { fill: 'close' }).counts.entries).toBe(0);
    expect(runPlan(bars, entry, { fill: 'close', closeAtEnd: false }).counts).toMatchObject({
      entries: 1,
      openAtEnd: 1,
    });
  });

  it('with fill: close executes an exit there as what it is', () => {
    const plan = planOf(bars, { enterLong: [0], exitLong: [2] });
    expect(runPlan(bars, plan, { fill: 'close' }).trades[0]?.exitReason).toBe('exitSignal');
  });
});
