import type { BacktestResult } from '../backtest/types.ts';
import type { Timeframe } from '../market/timeframe.ts';
import type { MarketRequest } from '../ports/market-data.ts';
import type { ParameterValues } from '../strategy/strategy.ts';
import type { TierDetails } from './details.ts';
import type { Tier, Verdict, Window } from './verdict.ts';

/** Where the bars of a run come from; nothing in it means the store's bars, else the sample. Files are absolute paths. */
export type DataRequest = Omit<MarketRequest, 'universe' | 'timeframe'>;

/**
 * What a validated strategy leaves in its run's output folder, `<state>/runs/<runId>/<strategyId>-<tier>.json`: all
 * that a report needs beside the bars, which `data` and `window` find again and `verdict.dataHash` proves.
 */
export type ValidationArtifact = Readonly<{
  version: 1;
  runId: string;
  strategyId: string;
  name: string;
  hypothesis: string;
  /** The strategy file, absolute path. */
  file: string;
  tier: Tier;
  symbols: readonly string[];
  timeframe: Timeframe;
  parameters: ParameterValues;
  data: DataRequest;
  /** The bars that decided (also `verdict.windows[0]`). */
  window: Window;
  /** Absent when nothing could be run: the verdict then says why. */
  result?: StoredResult;
  /** What a report draws beside the verdict. */
  details?: TierDetails;
  verdict: Verdict;
}>;

/** A backtest's result as JSON: columns are plain arrays, the positions of each bar are left out. */
export type StoredResult = Omit<BacktestResult, 'equity' | 'decided'> &
  Readonly<{ equity: Readonly<{ timeMs: readonly number[]; equity: readonly number[] }> }>;

/** File name of an artifact inside the run's folder. */
export const artifactFileName = (strategyId: string, tier: Tier): string => `${strategyId}-${tier}.json`;

/** The result with its typed arrays as plain ones; numbers are kept to the last bit. */
export function storedResult(result: BacktestResult): StoredResult {
  const { startEquity, finalEquity, counts, metrics, unavailable, trades, forecast, warnings } = result;
  const equity = { timeMs: Array.from(result.equity.timeMs), equity: Array.from(result.equity.equity) };
  return {
    startEquity,
    finalEquity,
    counts,
    metrics,
    unavailable,
    trades,
    equity,
    ...(forecast && { forecast }),
    warnings,
  };
}
