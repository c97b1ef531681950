import type { Bars } from '../../market/bars.ts';
import type { CompiledStrategy } from '../../strategy/compile.ts';
import type { EvaluateColumns } from '../../strategy/look-ahead.ts';
import type { ParameterValues } from '../../strategy/strategy.ts';

/** What can be wrong with how a strategy comes to its numbers, in the order in which it is looked for. */
export const leakNames = [
  'runs',
  'signals',
  'determinism',
  'memory',
  'next-bar',
  'resampled',
  'repainting',
  'full-sample',
  'prefix',
  'noise',
  'incremental',
  'dates',
  'fills',
  'costs',
  'survivorship',
] as const;
export type LeakName = (typeof leakNames)[number];

/** What each check asks. */
export const leakQuestions: Readonly<Record<LeakName, string>> = {
  runs: 'does it run on these bars, with what it may use',
  signals: 'does a signal fire on these bars, so that a leak would show',
  determinism: 'does it say the same when it is asked again',
  memory: 'does it say the same after it has seen other bars',
  'next-bar': 'does it decide without the bar after',
  resampled: 'does it wait for bars of longer frames to close',
  repainting: 'does it stand by what it said',
  'full-sample': 'does it decide without means, fits or choices over all of history',
  prefix: 'does it say the same where later bars are cut off',
  noise: 'does it say the same where later bars are replaced by noise',
  incremental: 'does it say bar by bar what it says for all bars at once',
  dates: 'does it say the same on the same bars of other years',
  fills: 'does it trade at prices that were there',
  costs: 'does it pay for its trades',
  survivorship: 'does it say which markets came later, or went',
};

/** From when to when a market has bars: open times of the first and last, epoch ms. */
export type MarketSpan = Readonly<{ symbol: string; fromMs: number; toMs: number }>;

export type LeakSubject = Readonly<{
  compiled: CompiledStrategy;
  parameters: ParameterValues;
  /** Everything that it computes, by name. */
  columns: EvaluateColumns;
  /** The same, loaded anew: it has seen no bars yet. */
  fresh: EvaluateColumns;
  /** The same at other parameters than the defaults; none for a strategy without parameters. */
  variants?: readonly EvaluateColumns[];
  /** Bar by bar what `columns` says of all bars at once, where that is quicker than one run of the program a bar. */
  stepwise?: EvaluateColumns;
  /** Of the primary asset: all of its history that may be looked at. */
  bars: Bars;
  /** Of the whole universe; empty where not all of it is there. */
  spans: readonly MarketSpan[];
}>;

/** What a check has found. */
export type LeakFinding = Readonly<{
  message: string;
  expected?: string;
  found?: string;
  /** The column that gave it away. */
  column?: string;
  /** Where it is in the file, if the file said so itself. */
  line?: number;
}>;

export type LeakResult = Readonly<{
  name: LeakName;
  finding?: LeakFinding;
  /** Why it was not looked for. */
  skipped?: string;
}>;
