import { timeframeMs, dayMs } from '../../core/market/timeframe.ts';
import type { LoadedMarkets } from '../../core/ports/market-data.ts';
import { grouped, utcTime } from './format.ts';

/** Where the sealed part of the history begins, and whether these bars reach into it. */
export const holdoutDocument = (loaded: LoadedMarkets): { from: number; reached: boolean } => ({
  from: loaded.holdoutFromMs,
  reached: reachedMs(loaded) > 0,
});

/** The same for people: `begins 2025-03-01 UTC; sealed`. */
export function holdoutText(loaded: LoadedMarkets): string {
  const reached = reachedMs(loaded);
  const begins = `begins ${utcTime(loaded.holdoutFromMs)} UTC`;
  return reached > 0 ? `${begins}; these bars reach ${grouped(reached / dayMs, 1)} days into it` : `${begins}; sealed`;
}

const reachedMs = ({ markets, holdoutFromMs }: LoadedMarkets): number =>
  Math.max(...markets.map(({ bars: { timeMs, timeframe } }) => (timeMs.at(-1) ?? 0) + timeframeMs[timeframe])) -
  holdoutFromMs;
