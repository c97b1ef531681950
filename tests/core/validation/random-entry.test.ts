import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Trade } from '../../../core/backtest/types.ts';
import type { Bars } from '../../../core/market/bars.ts';
import { randomEntry } from '../../../core/validation/random-entry.ts';

const hourMs = 3_600_000;
const free = { feeBps: 0, slippageBps: 0 };

function barsOf(open: readonly number[]): Bars {
  const prices = Float64Array.from(open);
  const timeMs = Float64Array.from(open, (_, bar) => bar * hourMs);
  return {
    symbol: 'X/Y',
    timeframe: '1h',
    timeMs,
    open: prices,
    high: prices,
    low: prices,
    close: prices,
    volume: prices,
  };
}

const trade = (change: Partial<Trade>): Trade => ({
  symbol: 'X/Y',
  side: 'long',
  entryBar: 1,
  exitBar: 2,
  entryTimeMs: hourMs,
  exitTimeMs: 2 * hourMs,
  entryPrice: 100,
  exitPrice: 110,
  quantity: 1,
  fees: 0,
  funding: 0,
  pnl: 10,
  returnFraction: 0.1,
  bars: 1,
  exitReason: 'exitSignal',
  ...change,
});

describe('randomEntry', () => {
  test('one bar of one trade has two places: p is the share of draws that find the good one', () => {
    // 100, 100, 110, 110: entered at bar 1 and left at bar 2 a trade earns 10 %, entered at bar 2 nothing; of the
    // third place (bar 3, left at the last close) it earns nothing either.
    const found = randomEntry([trade({})], barsOf([100, 100, 110, 110]), { draws: 4_000, seed: 1, costs: free });
    expect(found?.mean).toBeCloseTo(0.1, 12);
    expect(found?.pValue).toBeGreaterThan(1 / 3 - 0.03);
    expect(found?.pValue).toBeLessThan(1 / 3 + 0.03);
  });

  test('p counts the run itself: (1 + draws at or above) / (1 + draws), never 0 and 1 where nothing moves', () => {
    const flat = randomEntry([trade({ pnl: 0, exitPrice: 100 })], barsOf(Array.from({ length: 50 }, () => 100)), {
      draws: 100,
      seed: 2,
      costs: free,
    });
    expect(flat?.pValue).toBe(1);
    const lucky = randomEntry([trade({ pnl: 100 })], barsOf(Array.from({ length: 50 }, () => 100)), {
      draws: 100,
      seed: 2,
      costs: free,
    });
    expect(lucky?.pValue).toBe(1 / 101);
  });

  test('random trades pay what the run pays', () => {
    // 10 bps a side and 5 bps of slippage on a flat price: bought at 100.05, sold at 99.95.
    const bars = barsOf(Array.from({ length: 50 }, () => 100));
    const found = randomEntry([trade({})], bars, { draws: 100, seed: 3, costs: { feeBps: 10, slippageBps: 5 } });
    const [bought, sold] = [100.05, 99.95];
    expect(found?.median).toBeCloseTo((sold - bought) / bought - 0.001 * (1 + sold / bought), 12);
  });

  test('funding is no skill of an entry: it is left out of the run as of the draws', () => {
    const bars = barsOf(Array.from({ length: 50 }, () => 100));
    expect(randomEntry([trade({ pnl: -5, funding: 5 })], bars, { draws: 100, seed: 4, costs: free })?.mean).toBe(0);
  });

  test('a short earns what a long loses', () => {
    const rising = barsOf(Array.from({ length: 50 }, (_, bar) => 100 + bar));
    const of = (side: Trade['side']) => randomEntry([trade({ side })], rising, { draws: 500, seed: 5, costs: free });
    expect(of('short')?.median).toBeCloseTo(-(of('long')?.median ?? NaN), 12);
  });

  test('nothing is said without trades or with more of them than bars', () => {
    const bars = barsOf([100, 100, 100]);
    expect(randomEntry([], bars, { draws: 100, seed: 6, costs: free })).toBeUndefined();
    expect(randomEntry([trade({ bars: 9 })], bars, { draws: 100, seed: 6, costs: free })).toBeUndefined();
  });

  test('same seed, same bytes; and every draw stays on the bars', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: 1, maxLength: 12 }), fc.nat(1_000), (lengths, seed) => {
        const bars = barsOf(Array.from({ length: 120 }, (_, bar) => 100 + Math.sin(bar)));
        const trades = lengths.map((length, index) =>
          trade({ bars: length, exitReason: index % 2 === 0 ? 'stopLoss' : 'maxBars' }),
        );
        const once = () => randomEntry(trades, bars, { draws: 100, seed, costs: free });
        const found = once();
        expect(Number.isFinite(found?.low)).toBe(true);
        expect(Number.isFinite(found?.high)).toBe(true);
        expect(JSON.stringify(once())).toBe(JSON.stringify(found));
      }),
      { numRuns: 40 },
    );
  });
});
