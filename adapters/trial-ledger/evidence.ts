import { periodEquity, periodReturns } from '../../core/backtest/period-returns.ts';
import type { BacktestResult, MarketInput } from '../../core/backtest/types.ts';
import { dayMs, timeframeMs } from '../../core/market/timeframe.ts';
import type { MarketLook, TrialSample } from '../../core/ports/trial-ledger.ts';
import { sampledDays, sampledTrialsPerFamily } from '../../core/validation/family-history.ts';
import { sha256 } from '../hashing.ts';

/** What somebody who sees the result of a run on these markets has seen of them. */
export const looksAt = (markets: readonly MarketInput[]): readonly MarketLook[] =>
  markets.flatMap(({ bars: { symbol, timeframe, timeMs } }) => {
    const last = timeMs.at(-1);
    return last === undefined ? [] : [{ market: symbol, fromMs: timeMs[0], toMs: last + timeframeMs[timeframe] }];
  });

/** Place of a trial in the order by which the ledger samples: as good as random, and the same for everybody. */
export const rankOf = (key: string, point = 0): string => sha256(`${key} ${point}`);

type Ranked = Readonly<{ rank: string; point: number }>;

/** The points of a sweep that the ledger would sample, and their ranks: the lowest, as many as a family keeps. */
export function lowestRanks(key: string, points: number): readonly Ranked[] {
  const lowest: Ranked[] = [];
  for (let point = 0; point < points; point += 1) {
    const rank = rankOf(key, point);
    if (lowest.length === sampledTrialsPerFamily && rank > lowest[lowest.length - 1].rank) continue;
    const place = lowest.findIndex((other) => rank < other.rank);
    lowest.splice(place < 0 ? lowest.length : place, 0, { rank, point });
    if (lowest.length > sampledTrialsPerFamily) lowest.pop();
  }
  return lowest;
}

/** Daily returns of a run as the ledger keeps them; nothing for a run without bars. */
export function sampleOf(
  rank: string,
  { equity, startEquity }: Pick<BacktestResult, 'equity' | 'startEquity'>,
): readonly TrialSample[] {
  const [firstMs] = equity.timeMs;
  if (firstMs === undefined) return [];
  const returns = periodReturns(periodEquity(equity, dayMs), startEquity);
  return [latestDays({ rank, firstDay: Math.floor(firstMs / dayMs), returns })];
}

/** The last days of a long series. */
export function latestDays({ rank, firstDay, returns }: TrialSample): TrialSample {
  const skipped = Math.max(0, returns.length - sampledDays);
  return { rank, firstDay: firstDay + skipped, returns: Float32Array.from(returns).subarray(skipped) };
}
