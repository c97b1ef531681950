import type { Bars } from '../core/market/bars.ts';
import { dayMs } from '../core/market/timeframe.ts';
import { normalQuantile } from '../core/math/normal.ts';
import { createPrng } from '../core/math/prng.ts';

export const trendingBarMs = dayMs / 4;
export const trendingStartMs = Date.UTC(2019, 0, 1);

/** Six-hourly bars whose returns go on as they were: worth following, over and over. Longer ones begin the same. */
export function trendingBars(symbol: string, seed: number, length: number): Bars {
  const { nextFloat } = createPrng(seed);
  let price = 100;
  let drift = 0;
  const close = Float64Array.from({ length }, () => {
    drift = 0.8 * drift + 0.006 * normalQuantile(nextFloat() || 0.5);
    price *= Math.exp(drift + 0.02 * normalQuantile(nextFloat() || 0.5));
    return price;
  });
  const open = close.map((value, i) => (i === 0 ? value : close[i - 1]));
  const high = close.map((value, i) => Math.max(value, open[i]));
  const low = close.map((value, i) => Math.min(value, open[i]));
  const timeMs = Float64Array.from({ length }, (_, i) => trendingStartMs + i * trendingBarMs);
  const volume = new Float64Array(length).fill(1);
  return { symbol, timeframe: '6h', timeMs, open, high, low, close, volume };
}

export const barsCsv = ({ timeMs, open, high, low, close, volume }: Bars): string =>
  ['timestamp,open,high,low,close,volume']
    .concat(Array.from(timeMs, (ms, i) => [ms, open[i], high[i], low[i], close[i], volume[i]].join(',')))
    .join('\n');
