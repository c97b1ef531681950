import { type Bars, sliceBars } from '../market/bars.ts';
import { windowOf } from '../market/time-range.ts';
import { dayMs, daysPerYear, timeframeMs } from '../market/timeframe.ts';
import type { Window } from './verdict.ts';

/** The holdout is the last fifth of history by time, and at most a year of it. */
const holdoutShare = 0.2;
const holdoutLimitMs = daysPerYear * dayMs;

/** A window is refused when under half of what was asked is there. */
const leastShare = 0.5;

export type TierWindow = Readonly<{
  bars: Bars;
  window: Window;
  /** True when under half of the stretch that was asked is there: then nothing may be concluded. */
  tooShort: boolean;
}>;

/** Open time from which bars are sealed for the last tier; epoch ms. History ends where its last bar closes. */
export function holdoutFromMs({ timeMs, timeframe }: Bars): number {
  const fromMs = timeMs[0] ?? 0;
  const toMs = (timeMs.at(-1) ?? fromMs) + timeframeMs[timeframe];
  return toMs - Math.min(holdoutShare * (toMs - fromMs), holdoutLimitMs);
}

/**
 * The stretch of `askedMs` that ends where the holdout begins: bars that opened in it and closed before the holdout.
 * Less history than asked is used as it is and said in the window's note.
 */
export function windowBeforeHoldout(history: Bars, name: string, askedMs: number): TierWindow {
  const barMs = timeframeMs[history.timeframe];
  const toMs = holdoutFromMs(history);
  // `toMs` of the range is exclusive: the last bar that has closed by then opened a bar's length before.
  const { from, to } = windowOf(history.timeMs, { fromMs: toMs - askedMs, toMs: toMs - barMs + 1 });
  const bars = sliceBars(history, from, Math.max(from, to));
  const first = bars.timeMs[0];
  const last = bars.timeMs.at(-1);
  if (first === undefined || last === undefined) {
    return {
      bars,
      tooShort: true,
      window: { name, fromMs: toMs, toMs, bars: 0, note: `${days(askedMs)} asked, none there` },
    };
  }
  const thereMs = toMs - first;
  const short = thereMs < askedMs - barMs;
  const window = { name, fromMs: first, toMs: last, bars: bars.timeMs.length };
  return {
    bars,
    tooShort: thereMs < leastShare * askedMs,
    window: short ? { ...window, note: `${days(askedMs)} asked, ${days(thereMs)} there` } : window,
  };
}

const days = (ms: number) => `${Math.round((ms / dayMs) * 10) / 10} d`;
