import { describe, expect, it } from 'vitest';
import type { TradingPlan } from '../../../core/backtest/plan.ts';
import type { ExitReason } from '../../../core/backtest/types.ts';
import { type Candle, barsOf, planOf, runPlan } from './hand-made.ts';

const before: Candle = [100, 100, 100, 100];

type Case = Readonly<{
  what: string;
  side?: 'short';
  exits: TradingPlan['exits'];
  /** From the entry bar on; entry is at the first one's open. */
  candles: readonly Candle[];
  slippageBps?: number;
  out: readonly [bar: number, price: number, reason: ExitReason];
}>;

/** Entry at bar 1; `out` counts from it. */
const cases: readonly Case[] = [
  { what: 'a stop is met inside the bar', exits: { stopLoss: 0.1 }, candles: [[100, 101, 95, 99], [99, 99, 88, 95]], out: [1, 90, 'stopLoss'] },
  { what: 'a stop in the entry bar itself', exits: { stopLoss: 0.1 }, candles: [[100, 100, 85, 99]], out: [0, 90, 'stopLoss'] },
  { what: 'a gap through the stop fills at the open', exits: { stopLoss: 0.1 }, candles: [[100, 100, 95, 95], [80, 99, 70, 95]], out: [1, 80, 'stopLoss'] },
  { what: 'a stop pays slippage', exits: { stopLoss: 0.1 }, slippageBps: 100, candles: [[100, 100, 85, 99]], out: [0, 101 * 0.9 * 0.99, 'stopLoss'] },
  { what: 'a stop at a gap pays slippage too', exits: { stopLoss: 0.1 }, slippageBps: 100, candles: [[100, 100, 95, 95], [80, 99, 70, 95]], out: [1, 80 * 0.99, 'stopLoss'] },
  { what: 'a target is met inside the bar, without slippage', exits: { takeProfit: 0.1 }, slippageBps: 100, candles: [[100, 105, 99, 100], [100, 115, 99, 100]], out: [1, 101 * 1.1, 'takeProfit'] },
  { what: 'a gap through the target fills at the open', exits: { takeProfit: 0.1 }, slippageBps: 100, candles: [[100, 105, 99, 100], [120, 125, 99, 100]], out: [1, 120, 'takeProfit'] },
  { what: 'stop and target in one bar: the stop', exits: { stopLoss: 0.1, takeProfit: 0.1 }, candles: [[100, 120, 80, 100]], out: [0, 90, 'stopLoss'] },
  { what: 'a target at the open comes before a stop later in the bar', exits: { stopLoss: 0.1, takeProfit: 0.1 }, candles: [[100, 105, 95, 100], [115, 116, 80, 100]], out: [1, 115, 'takeProfit'] },
  { what: 'a trailing stop follows the highest high up to the bar before', exits: { trailingStop: 0.1 }, candles: [[100, 120, 99, 118], [118, 200, 109, 190], [190, 191, 170, 175]], out: [2, 180, 'trailingStop'] },
  { what: 'a trailing stop in the entry bar hangs on the entry price', exits: { trailingStop: 0.1 }, candles: [[100, 150, 89, 140]], out: [0, 90, 'trailingStop'] },
  { what: 'the tighter of two stops gives the reason', exits: { stopLoss: 0.05, trailingStop: 0.1 }, candles: [[100, 101, 94, 99]], out: [0, 95, 'stopLoss'] },
  { what: 'equal levels are a stopLoss', exits: { stopLoss: 0.1, trailingStop: 0.1 }, candles: [[100, 101, 89, 99]], out: [0, 90, 'stopLoss'] },
  { what: 'short: a stop above', side: 'short', exits: { stopLoss: 0.1 }, candles: [[100, 112, 99, 100]], out: [0, 110.00000000000001, 'stopLoss'] },
  { what: 'short: a gap through the stop', side: 'short', exits: { stopLoss: 0.1 }, slippageBps: 100, candles: [[100, 101, 99, 100], [130, 131, 99, 100]], out: [1, 130 * 1.01, 'stopLoss'] },
  { what: 'short: a target below', side: 'short', exits: { takeProfit: 0.1 }, slippageBps: 100, candles: [[100, 101, 85, 100]], out: [0, 99 * 0.9, 'takeProfit'] },
  { what: 'short: a gap through the target', side: 'short', exits: { takeProfit: 0.1 }, candles: [[100, 101, 99, 100], [70, 101, 69, 100]], out: [1, 70, 'takeProfit'] },
  { what: 'short: a trailing stop follows the lowest low', side: 'short', exits: { trailingStop: 0.1 }, candles: [[100, 101, 80, 82], [82, 89, 70, 75]], out: [1, 88, 'trailingStop'] },
  { what: 'short: stop before target', side: 'short', exits: { stopLoss: 0.1, takeProfit: 0.1 }, candles: [[100, 120, 80, 100]], out: [0, 110.00000000000001, 'stopLoss'] },
]; // prettier-ignore

describe('stops and targets inside a bar', () => {
  it.each(cases)('$what', ({ side, exits, candles, slippageBps = 0, out: [bar, price, exitReason] }) => {
    const bars = barsOf([before, ...candles]);
    const plan = planOf(bars, side === 'short' ? { enterShort: [0] } : { enterLong: [0] }, { exits });
    const { trades } = runPlan(bars, plan, { costs: { feeBps: 0, slippageBps } });
    expect(trades[0]).toMatchObject({ entryBar: 1, exitBar: bar + 1, exitReason });
    expect(trades[0]?.exitPrice).toBeCloseTo(price, 11);
  });

  it('is flat after a stop and may enter by the signal of that very bar', () => {
    const bars = barsOf([before, [100, 100, 85, 95], [95, 96, 94, 95], [95, 95, 95, 95]]);
    const { trades } = runPlan(bars, planOf(bars, { enterLong: [0, 1] }, { exits: { stopLoss: 0.1 } }));
    expect(trades.map(({ entryBar, exitReason }) => [entryBar, exitReason])).toEqual([
      [1, 'stopLoss'],
      [2, 'endOfData'],
    ]);
  });

  it('with fill: close a position meets stops from the next bar on, and its peak leaves the entry bar out', () => {
    const bars = barsOf([
      [100, 200, 10, 100],
      [95, 100, 91, 95],
      [95, 100, 80, 95],
    ]);
    const { trades } = runPlan(bars, planOf(bars, { enterLong: [0] }, { exits: { trailingStop: 0.1 } }), {
      fill: 'close',
    });
    expect(trades[0]).toMatchObject({ entryBar: 0, exitBar: 2, exitPrice: 90, exitReason: 'trailingStop' });
  });
});
