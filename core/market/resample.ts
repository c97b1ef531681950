import type { BarColumns } from './checks.ts';
import { timeframeMs, type Timeframe } from './timeframe.ts';

/** Bars of a coarser frame, and how many of them lack some of the finer bars that they are made of. */
export type Resampled = BarColumns & Readonly<{ incompleteBars: number }>;

/**
 * True where bars of `from` can be put together to bars of `to`: it is as long or longer and a whole number of them.
 */
export const canResample = (from: Timeframe, to: Timeframe): boolean => timeframeMs[to] % timeframeMs[from] === 0;

/**
 * Puts bars together to a coarser frame that lies on the UTC grid: first open, highest high, lowest low, last close,
 * sum of volume. As pandas' `resample(rule, closed='left', label='left', origin='epoch')` with those aggregates and
 * the empty bins dropped, but for one thing: a last bin whose end the data do not reach is left out, because only
 * closed bars decide (pandas would show it half done). A bin with holes, or the first one when the data begin inside
 * it, is made of what is there, as in pandas, and counted as incomplete. Volumes are added with
 * Kahan's compensation; pandas' sums differ from them by rounding only (at most 5e-16, relative).
 */
export function resampleBars(bars: BarColumns, from: Timeframe, to: Timeframe): Resampled {
  const binMs = timeframeMs[to];
  const finePerBin = binMs / timeframeMs[from];
  const starts = binStarts(bars.timeMs, binMs);
  const last = bars.timeMs.length - 1;
  const closed = last >= 0 && (bars.timeMs[last] + timeframeMs[from]) % binMs === 0;
  const count = closed ? starts.length : Math.max(starts.length - 1, 0);
  const column = () => new Float64Array(count);
  const result = { timeMs: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
  let incompleteBars = 0;
  for (let bin = 0; bin < count; bin++) {
    const start = starts[bin];
    const end = bin + 1 < starts.length ? starts[bin + 1] : bars.timeMs.length;
    let high = bars.high[start];
    let low = bars.low[start];
    let volume = bars.volume[start];
    let lost = 0;
    for (let i = start + 1; i < end; i++) {
      if (bars.high[i] > high) high = bars.high[i];
      if (bars.low[i] < low) low = bars.low[i];
      const addend = bars.volume[i] - lost;
      const sum = volume + addend;
      lost = sum - volume - addend;
      volume = sum;
    }
    result.timeMs[bin] = bars.timeMs[start] - (bars.timeMs[start] % binMs);
    result.open[bin] = bars.open[start];
    result.high[bin] = high;
    result.low[bin] = low;
    result.close[bin] = bars.close[end - 1];
    result.volume[bin] = volume;
    if (end - start < finePerBin) incompleteBars++;
  }
  return { ...result, incompleteBars };
}

/** Index of the first bar of each bin that holds one. Times before 1970 do not occur (checked on reading). */
function binStarts(timeMs: Float64Array, binMs: number): number[] {
  const starts: number[] = [];
  let current = Number.NaN;
  for (let i = 0; i < timeMs.length; i++) {
    const bin = Math.floor(timeMs[i] / binMs);
    if (bin === current) continue;
    current = bin;
    starts.push(i);
  }
  return starts;
}
