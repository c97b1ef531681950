import { periodEquity, periodReturns } from '../../core/backtest/period-returns.ts';
import { dayMs } from '../../core/market/timeframe.ts';
import type { RunRecord } from '../../core/ports/store.ts';
import type { StoredResult } from '../../core/validation/artifact.ts';
import type { DeployedReturns } from '../../core/validation/deployed-correlation.ts';
import { tiers } from '../../core/validation/verdict.ts';
import { readArtifact } from '../store/artifacts.ts';

/**
 * What strategies earned a day in the backtests that validations stored: of each its highest tier, which has the longest
 * history, there the newest run. One without any has no days, and cannot be compared.
 */
export const deployedReturns = (
  strategyIds: readonly string[],
  newestFirst: readonly RunRecord[],
): readonly DeployedReturns[] =>
  strategyIds.map((strategyId) => {
    const result = storedBacktest(strategyId, newestFirst);
    return { strategyId, ...(result === undefined ? { dayMs: [], returns: [] } : dailyOf(result)) };
  });

function storedBacktest(strategyId: string, runs: readonly RunRecord[]): StoredResult | undefined {
  for (const tier of tiers.toReversed()) {
    for (const { runId } of runs.filter((run) => run.tier === tier)) {
      const result = readArtifact({ runId, strategyId, tier })?.result;
      if (result !== undefined) return result;
    }
  }
  return undefined;
}

function dailyOf({ equity, startEquity }: StoredResult): Pick<DeployedReturns, 'dayMs' | 'returns'> {
  const [firstMs = 0] = equity.timeMs;
  const columns = { timeMs: Float64Array.from(equity.timeMs), equity: Float64Array.from(equity.equity) };
  const returns = Array.from(periodReturns(periodEquity(columns, dayMs), startEquity));
  const firstDayMs = Math.floor(firstMs / dayMs) * dayMs;
  return { dayMs: returns.map((_, day) => firstDayMs + day * dayMs), returns };
}
