import { periodEquity, periodReturns } from '../../core/backtest/period-returns.ts';
import type { BacktestResult, MarketInput } from '../../core/backtest/types.ts';
import { dayMs, timeframeMs } from '../../core/market/timeframe.ts';
import type { MarketLook, TrialSample } from '../../core/ports/trial-ledger.ts';
import { sampledDays } from '../../core/validation/family-history.ts';
import { sha256 } from '../hashing.ts';

/** What somebody who sees the result of a run on these markets has seen of them. */
export const looksAt = (markets: readonly MarketInput[]): readonly MarketLook[] =>
  markets.flatMap(({ bars: { symbol, timeframe, timeMs } }) => {
    const last = timeMs.at(-1);
    return last === undefined ? [] : [{ market: symbol, fromMs: timeMs[0], toMs: last + timeframeMs[timeframe] }];
  });

/** Place of a trial in the order by which the ledger samples: as good as random, and the same for everybody. */
export const rankOf = (key: string, point = 0): string => sha256(`${key} ${point}`);

/** Daily returns of a run as the ledger keeps them; nothing for a run without bars. */
export function sampleOf(
  rank: string,
  { equity, startEquity }: Pick<BacktestResult, 'equity' | 'startEquity'>,
): readonly TrialSample[] {
  const [firstMs] = equity.timeMs;
  if (firstMs === undefined) return [];
  const returns = periodReturns(periodEquity(equity, dayMs), startEquity);
  const skipped = Math.max(0, returns.length - sampledDays);
  return [
    { rank, firstDay: Math.floor(firstMs / dayMs) + skipped, returns: Float32Array.from(returns.subarray(skipped)) },
  ];
}
