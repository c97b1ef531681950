import { dayMs } from '../../market/timeframe.ts';
import type { BacktestOptions } from '../types.ts';

/** Where the periods of the returns end: UTC days, or bars. */
export type Periods = Readonly<{
  /** All periods from the first to the last, those without a bar included: they return 0. */
  count: number;
  /** Last bar of each period that has bars, rising. */
  endBar: Int32Array;
  /** Which of `count` periods that is. */
  slot: Int32Array;
  /** For each bar the first entry of endBar at or after it; one more entry for the end. */
  fromBar: Int32Array;
}>;

export function createPeriods(timeMs: Float64Array, returns: BacktestOptions['returns']): Periods {
  const bars = timeMs.length;
  const periodOf = (bar: number): number =>
    returns === 'bar' ? bar : Math.floor(timeMs[bar] / dayMs) - Math.floor(timeMs[0] / dayMs);
  const ends: number[] = [];
  const fromBar = new Int32Array(bars + 1);
  for (let bar = 0; bar < bars; bar += 1) {
    fromBar[bar] = ends.length;
    if (bar === bars - 1 || periodOf(bar + 1) !== periodOf(bar)) ends.push(bar);
  }
  fromBar[bars] = ends.length;
  return {
    count: periodOf(bars - 1) + 1,
    endBar: Int32Array.from(ends),
    slot: Int32Array.from(ends, periodOf),
    fromBar,
  };
}
