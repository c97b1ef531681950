import type { MarketInput } from '../backtest/types.ts';
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

/** Bars that had closed by a time, and funding up to it: what somebody may see who must not see what came after. */
export function marketBefore({ bars, funding }: MarketInput, toMs: number): MarketInput {
  const cut = sliceBars(bars, 0, closedBy(bars, toMs));
  if (funding === undefined) return { bars: cut };
  const { to } = windowOf(funding.timeMs, { toMs });
  return {
    bars: cut,
    funding: { ...funding, timeMs: funding.timeMs.subarray(0, to), rate: funding.rate.subarray(0, to) },
  };
}

/** How many bars had closed by a time. */
const closedBy = ({ timeMs, timeframe }: Bars, toMs: number): number =>
  // `toMs` of the range is exclusive: the last bar that has closed by then opened a bar's length before.
  windowOf(timeMs, { toMs: toMs - timeframeMs[timeframe] + 1 }).to;

/**
 * The stretch of `askedMs` that ends at `toMs`, where the holdout begins: bars that opened in it and closed before the
 * holdout. Less history than asked is used as it is and said in the window's note.
 */
export function windowBeforeHoldout(history: Bars, name: string, askedMs: number, toMs: number): TierWindow {
  const barMs = timeframeMs[history.timeframe];
  const { from } = windowOf(history.timeMs, { fromMs: toMs - askedMs });
  const bars = sliceBars(history, from, Math.max(from, closedBy(history, toMs)));
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

export type UniverseWindow = Readonly<{
  /** Markets with bars in the window, by place in the universe. */
  markets: readonly MarketInput[];
  window: Window;
  tooShort: boolean;
  /** Symbols without a bar in it. */
  missing: readonly string[];
}>;

/** A stretch of `askedMs` before the holdout, which begins at `holdoutMs`. */
export type Asked = Readonly<{ name: string; askedMs: number; holdoutMs: number }>;

/**
 * The stretch before the holdout for a whole universe. The primary asset's history says whether there is enough; the
 * others are cut at the same times, and used as far as they go back.
 */
export function universeWindow(markets: readonly MarketInput[], { name, askedMs, holdoutMs }: Asked): UniverseWindow {
  const { window, tooShort } = windowBeforeHoldout(markets[0].bars, name, askedMs, holdoutMs);
  const cut = { name, fromMs: holdoutMs - askedMs, toMs: holdoutMs, closed: true, note: window.note };
  return { ...cutMarkets(markets, cut), tooShort };
}

/** The sealed stretch: bars that open when the holdout has begun. */
export const holdoutWindow = (markets: readonly MarketInput[], fromMs: number): Omit<UniverseWindow, 'tooShort'> =>
  cutMarkets(markets, { name: 'holdout', fromMs, toMs: Infinity, closed: false });

/** A window before the holdout with the holdout behind it, as one. */
export const windowWithHoldout = (
  markets: readonly MarketInput[],
  { name, askedMs, holdoutMs }: Asked,
): Omit<UniverseWindow, 'tooShort'> =>
  cutMarkets(markets, { name, fromMs: holdoutMs - askedMs, toMs: Infinity, closed: false });

type Cut = Readonly<{
  name: string;
  fromMs: number;
  toMs: number;
  /** Bars must have closed by `toMs`, not only opened before it. */
  closed: boolean;
  note?: string | undefined;
}>;

function cutMarkets(
  markets: readonly MarketInput[],
  { name, fromMs, toMs, closed, note }: Cut,
): Omit<UniverseWindow, 'tooShort'> {
  const kept: MarketInput[] = [];
  const missing: string[] = [];
  for (const market of markets) {
    const { from, to } = windowOf(market.bars.timeMs, { fromMs, toMs });
    const end = closed ? closedBy(market.bars, toMs) : to;
    if (end > from) kept.push({ ...market, bars: sliceBars(market.bars, from, end) });
    else missing.push(market.bars.symbol);
  }
  const times = kept.map(({ bars }) => bars.timeMs);
  const window: Window = {
    name,
    fromMs: times.length === 0 ? toMs : Math.min(...times.map((each) => each[0])),
    toMs: times.length === 0 ? toMs : Math.max(...times.map((each) => each[each.length - 1])),
    bars: times.reduce((sum, { length }) => sum + length, 0),
    ...(note !== undefined && { note }),
  };
  return { markets: kept, window, missing };
}

const days = (ms: number) => `${Math.round((ms / dayMs) * 10) / 10} d`;
