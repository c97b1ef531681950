import { type Bars, sliceBars } from '../../market/bars.ts';
import { createPrng } from '../../math/prng.ts';
import { type EvaluateColumns, withNoiseAfter } from '../../strategy/look-ahead.ts';

type Columns = ReturnType<EvaluateColumns>;

/** A value that changed when bars after it did. */
export type Evidence = Readonly<{
  column: string;
  /** The earliest bar that changed. */
  bar: number;
  /** The last bar that was left as it was. */
  after: number;
  value: number;
  without: number;
}>;

/** What changed when the bars after a bar were cut off, and when noise came in their place. */
export type LaterBars = Readonly<{ cut: readonly Evidence[]; noise: readonly Evidence[] }>;

/**
 * Computes everything again for many bars t, without the bars after t and with seeded noise in their place. Whatever
 * changed up to t had seen later bars. Half of the `cuts` are at bars where a signal fires, wherever in history that
 * is, since leaks are seen there.
 */
export function gatherEvidence(
  columns: EvaluateColumns,
  bars: Bars,
  { cuts = cutsOver(bars.timeMs.length), seed = 1 }: Readonly<{ cuts?: number; seed?: number }> = {},
): LaterBars {
  const whole = columns(bars);
  const prng = createPrng(seed);
  const cut: Evidence[] = [];
  const noise: Evidence[] = [];
  for (const after of cutBars(whole, bars.timeMs.length, { cuts, below: prng.nextBelow })) {
    const short = earliestChange(whole, columns(sliceBars(bars, 0, after + 1)), after);
    if (short !== undefined) cut.push(short);
    const noisy = earliestChange(whole, columns(withNoiseAfter(bars, after, prng.nextFloat)), after);
    if (noisy !== undefined) noise.push(noisy);
  }
  return { cut, noise };
}

/** Places to cut at, so that long histories take no longer than some five years of hours: each cut computes all again. */
const mostCuts = 40;
const leastCuts = 8;
const barsAtMostCuts = 50_000;
const cutsOver = (length: number): number =>
  Math.max(leastCuts, Math.min(mostCuts, Math.floor((mostCuts * barsAtMostCuts) / length)));

/** Bars at which a signal fires; at which there is a forecast, for a strategy without signals. */
export function firingBars(columns: Columns): readonly number[] {
  const signals = Object.entries(columns).filter(([name]) => name.startsWith('signals.'));
  const forecast = columns['forecast'];
  if (signals.length === 0 && forecast !== undefined) return barsWhere(forecast, (value) => Number.isFinite(value));
  return signals.flatMap(([, column]) => barsWhere(column, (value) => value !== 0));
}

function barsWhere(column: ArrayLike<number>, holds: (value: number) => boolean): number[] {
  const bars: number[] = [];
  for (let bar = 0; bar < column.length; bar += 1) if (holds(column[bar])) bars.push(bar);
  return bars;
}

function cutBars(
  whole: Columns,
  length: number,
  { cuts, below }: Readonly<{ cuts: number; below: (bound: number) => number }>,
): ReadonlySet<number> {
  const firing = firingBars(whole).filter((bar) => bar < length - 1);
  const first = Math.floor(length / 4);
  const bars = new Set<number>();
  for (let count = 0; count < cuts / 2; count += 1) {
    if (firing.length > 0) bars.add(firing[below(firing.length)]);
    if (length > 1) bars.add(first + below(length - 1 - first));
  }
  return bars;
}

function earliestChange(whole: Columns, part: Columns, after: number): Evidence | undefined {
  for (let bar = 0; bar <= after; bar += 1) {
    for (const [column, values] of Object.entries(whole)) {
      const [value, without] = [values[bar], part[column][bar]];
      if (!Object.is(value, without)) return { column, bar, after, value, without };
    }
  }
  return undefined;
}
