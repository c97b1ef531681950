import type { Bars, FundingRates } from '../market/bars.ts';
import type { Gaps } from '../market/gaps.ts';
import type { Timeframe } from '../market/timeframe.ts';

/**
 * Which bars a run asks for. Plain JSON, so that it can go to an activity or a thread, which reads for itself from the
 * column cache. Values are as the command line takes them.
 */
export type MarketRequest = Readonly<{
  /** CCXT unified symbols, in the order of the result. Left out: the symbols that `data` names. */
  universe?: readonly string[];
  /** Finer data are resampled to it, coarser refused. Left out: the data's own. */
  timeframe?: Timeframe;
  /** `SYMBOL=file`, a file or a folder, each; left out: the store's imported bars, then the sample. */
  data?: readonly string[];
  /** `20210101-20220101`: UTC days, the end excluded, either side may be left out. */
  timerange?: string;
  /** The first N bars of what the range leaves, a symbol. */
  bars?: number;
  /** `SYMBOL=file` each, with `timestamp,funding_rate`. */
  funding?: readonly string[];
  /** Leave out the holdout (core/validation/windows.ts): bars that had not closed where it begins, in every market. */
  sealed?: boolean;
  /** Take windows that miss more than 1 % of their bars, with a warning. */
  allowGaps?: boolean;
}>;

/** One market of a run. */
export type LoadedMarket = Readonly<{
  bars: Bars;
  funding?: FundingRates;
  /** The file that the bars came from. */
  source: string;
  /** Of the bars used, at the frame used. */
  gaps: Gaps;
}>;

export type LoadedMarkets = Readonly<{
  /** In the order of the universe. */
  markets: readonly LoadedMarket[];
  /** Summed over the markets. */
  gaps: Gaps;
  /** SHA-256 of the float64 columns used. */
  dataHash: string;
  /** Where the holdout of the first market's history begins, whether or not its bars are among these; epoch ms. */
  holdoutFromMs: number;
  /** Close of the last bar of the first market's whole history, whatever was cut off it; epoch ms. */
  historyToMs?: number;
  warnings: readonly string[];
}>;

/** A series that can be asked for. `from`, `to`: open times of its first and last bar, epoch ms. */
export type BarSeries = Readonly<
  { symbol: string; timeframe: Timeframe; bars: number; from: number; to: number; source: string } & Gaps
>;
