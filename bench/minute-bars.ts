import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parseBarsCsv } from '../adapters/market-data/csv.ts';
import { projectFolder } from '../config/paths.ts';
import type { Bars } from '../core/market/bars.ts';
import { timeframeMs } from '../core/market/timeframe.ts';
import { createPrng } from '../core/math/prng.ts';

const recorded = join(projectFolder, '..', 'shared', 'data', 'ohlcv', 'FIL-USDT-PERP-1m.csv.gz');

/** One-minute bars: recorded ones where the reference folder lies beside the checkout, else a seeded random walk. */
export function minuteBars(count: number): Readonly<{ bars: Bars; source: string }> {
  if (!existsSync(recorded)) return { bars: walk(count), source: 'synthetic: a seeded random walk in steps of 0.001' };
  const columns = parseBarsCsv(gunzipSync(readFileSync(recorded)), recorded);
  const cut = (column: Float64Array) => column.slice(0, count);
  const { timeMs, open, high, low, close, volume } = columns;
  const bars = { open: cut(open), high: cut(high), low: cut(low), close: cut(close), volume: cut(volume) };
  return {
    bars: { symbol: 'FIL/USDT:USDT', timeframe: '1m', timeMs: cut(timeMs), ...bars },
    source: 'recorded: FIL perpetual, August 2023 on',
  };
}

/** Prices of three decimals around 4, as the recorded coin has them, so that ties are as frequent. */
function walk(count: number): Bars {
  const random = createPrng(42).nextFloat;
  const column = () => new Float64Array(count);
  const [timeMs, open, high, low, close, volume] = [column(), column(), column(), column(), column(), column()];
  let ticks = 4000;
  for (let bar = 0; bar < count; bar += 1) {
    const from = ticks;
    ticks = Math.max(1000, ticks + Math.round((random() + random() + random() - 1.5) * 6));
    timeMs[bar] = bar * timeframeMs['1m'];
    open[bar] = from / 1000;
    close[bar] = ticks / 1000;
    high[bar] = (Math.max(from, ticks) + Math.floor(random() * 3)) / 1000;
    low[bar] = (Math.min(from, ticks) - Math.floor(random() * 3)) / 1000;
    volume[bar] = 1000 * random();
  }
  return { symbol: 'FIL/USDT:USDT', timeframe: '1m', timeMs, open, high, low, close, volume };
}
