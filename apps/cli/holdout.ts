import { timeframeMs, dayMs } from '../../core/market/timeframe.ts';
import type { LoadedMarkets } from '../../core/ports/market-data.ts';
import { leastUnseenShare } from '../../core/validation/holdout.ts';
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

/** The same where results were shown: a look that is recorded, and what it costs. */
export const shownHoldoutText = (loaded: LoadedMarkets): string =>
  reachedMs(loaded) > 0 ? `${holdoutText(loaded)}: ${whatItCosts(loaded)}` : holdoutText(loaded);

/** What L3 says to the family from now on, since the look is recorded. */
function whatItCosts(loaded: LoadedMarkets): string {
  const { markets, holdoutFromMs: sealedFromMs, historyToMs: endMs } = loaded;
  const toMs = sealedFromMs + reachedMs(loaded);
  if (endMs === undefined) return 'L3 will not forget it';
  const needMs = leastUnseenShare * (endMs - sealedFromMs);
  if (endMs - toMs >= needMs) return `L3's holdout of this family begins at ${utcTime(toMs)} UTC now`;
  const market = markets[0]?.bars.symbol ?? '';
  return `L3 now refuses this family until there are bars of ${market} up to ${utcTime(toMs + needMs)} UTC`;
}

const reachedMs = ({ markets, holdoutFromMs }: LoadedMarkets): number =>
  Math.max(...markets.map(({ bars: { timeMs, timeframe } }) => (timeMs.at(-1) ?? 0) + timeframeMs[timeframe])) -
  holdoutFromMs;
