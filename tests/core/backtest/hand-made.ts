import { runBacktest } from '../../../core/backtest/engine.ts';
import type { TradingPlan } from '../../../core/backtest/plan.ts';
import type { BacktestOptions, BacktestResult } from '../../../core/backtest/types.ts';
import type { Bars, FundingRates } from '../../../core/market/bars.ts';
import { type Timeframe, timeframeMs } from '../../../core/market/timeframe.ts';

/** [open, high, low, close] */
export type Candle = readonly [number, number, number, number];

export function barsOf(
  candles: readonly Candle[],
  { symbol = 'BTC/USDT', timeframe = '1h' }: { symbol?: string; timeframe?: Timeframe } = {},
): Bars {
  const column = (index: 0 | 1 | 2 | 3) => Float64Array.from(candles, (candle) => candle[index]);
  return {
    symbol,
    timeframe,
    timeMs: Float64Array.from(candles, (_, bar) => bar * timeframeMs[timeframe]),
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: new Float64Array(candles.length),
  };
}

/** Bars that don't move inside: open = high = low = close. */
export const flatBars = (...prices: number[]): Bars => barsOf(prices.map((price) => [price, price, price, price]));

type Signals = Readonly<Partial<Record<'enterLong' | 'exitLong' | 'enterShort' | 'exitShort', readonly number[]>>>;

/** A plan whose signals fire at the given bars. */
export function planOf(bars: Bars, signals: Signals, rest: Partial<TradingPlan> = {}): TradingPlan {
  const columns = Object.fromEntries(
    Object.entries(signals).map(([name, at]) => {
      const column = new Uint8Array(bars.timeMs.length);
      for (const bar of at) column[bar] = 1;
      return [name, column];
    }),
  );
  return { exits: {}, sizing: { method: 'fraction', fraction: 1 }, ...columns, ...rest };
}

export const freeOfCosts: BacktestOptions = {
  fill: 'nextOpen',
  startEquity: 1000,
  closeAtEnd: true,
  returns: 'daily',
  costs: { feeBps: 0, slippageBps: 0 },
  parameters: {},
};

/** Runs one market by a plan that is written down. */
export function runPlan(
  bars: Bars,
  plan: TradingPlan,
  options: Partial<BacktestOptions> & { funding?: FundingRates } = {},
): BacktestResult {
  const { funding, ...rest } = options;
  return runBacktest({ evaluate: () => plan }, [{ bars, ...(funding && { funding }) }], { ...freeOfCosts, ...rest });
}
