import type { BacktestResult } from '../backtest/types.ts';
import type { Timeframe } from '../market/timeframe.ts';
import type { ParameterValues } from '../strategy/strategy.ts';
import type { Tier, Verdict, Window } from './verdict.ts';

/** Where the bars of a run come from, as the command line gave it; empty means the store's bars, else the sample. */
export type DataRequest = Readonly<{
  /** `SYMBOL=file` entries, or one folder; absolute paths. */
  sources: readonly string[];
  /** `20210101-20220101`: UTC days, end exclusive, either side may be open. */
  timerange?: string;
  /** The first so many bars a symbol of what is left. */
  bars?: number;
  /** `SYMBOL=file` entries of funding rates; absolute paths. */
  funding: readonly string[];
  allowGaps: boolean;
}>;

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
  verdict: Verdict;
}>;

/** A backtest's result as JSON: columns are plain arrays. */
export type StoredResult = Omit<BacktestResult, 'equity'> &
  Readonly<{ equity: Readonly<{ timeMs: readonly number[]; equity: readonly number[] }> }>;

/** File name of an artifact inside the run's folder. */
export const artifactFileName = (strategyId: string, tier: Tier): string => `${strategyId}-${tier}.json`;

/** The result with its typed arrays as plain ones; numbers are kept to the last bit. */
export const storedResult = ({ equity, ...rest }: BacktestResult): StoredResult => ({
  ...rest,
  equity: { timeMs: Array.from(equity.timeMs), equity: Array.from(equity.equity) },
});
