import type { Timeframe } from './timeframe.ts';

/** The five price and volume columns of bars. */
export const barFields = ['open', 'high', 'low', 'close', 'volume'] as const;
export type BarField = (typeof barFields)[number];

/**
 * Closed bars of one market, oldest first, as columns of equal length.
 * `timeMs` holds open times (epoch ms, UTC), strictly rising and on the timeframe's grid; prices are in the quote
 * currency, volume in the base one. Nobody changes a column after it was made: threads and caches share them.
 */
export type Bars = Readonly<
  { symbol: string; timeframe: Timeframe; timeMs: Float64Array } & Record<BarField, Float64Array>
>;

/** Bars `from` (included) to `to` (excluded) by index, without a copy. */
export function sliceBars(bars: Bars, from: number, to: number): Bars {
  return {
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    timeMs: bars.timeMs.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
  };
}

/** Funding payments of one perpetual: rising times (epoch ms) and the rate of each as a fraction of notional. */
export type FundingRates = Readonly<{ symbol: string; timeMs: Float64Array; rate: Float64Array }>;
