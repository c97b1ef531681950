import type { BacktestResult } from '../backtest/types.ts';
import { windowOf } from '../market/time-range.ts';
import { quantileSorted } from '../math/quantile.ts';
import { fillRows, type Loops } from './loops.ts';
import { circularResampler } from './statistics/block-bootstrap.ts';

/** 5, 25, 50, 75 and 95 % of something over the runs of a Monte Carlo. */
export type Quantiles = readonly [p05: number, p25: number, p50: number, p75: number, p95: number];

/** What the runs of a Monte Carlo gave. */
export type MonteCarlo = Readonly<{
  /** The question that it answers, in a sentence. */
  answers: string;
  runs: number;
  /** Of the resampled blocks, in trades or weeks. */
  blockLength: number;
  finalReturn: Quantiles;
  maxDrawdown: Quantiles;
  /** Share of the runs that end below where they began. */
  lossProbability: number;
  /** Share of the runs that end below the run itself: above 0.95 the run was lucky. */
  rank: number;
  /** Equity over the start at equal steps along the run: the fan of a chart, and the run itself. */
  fan: readonly Quantiles[];
  path: readonly number[];
}>;

const shares = [0.05, 0.25, 0.5, 0.75, 0.95];
const fanSteps = 40;

const quantilesOf = (values: Float64Array): Quantiles => {
  const sorted = values.toSorted();
  const [p05, p25, p50, p75, p95] = shares.map((share) => quantileSorted(sorted, share));
  return [p05, p25, p50, p75, p95];
};

export type MonteCarloRules = Readonly<{ runs: number; seed: number; loops: Loops }>;

/** Width of a row: final return, largest drawdown, and the fan. */
export const monteCarloWidth = 2 + fanSteps;

/**
 * Blocks of the trades as they came, put together anew. It answers: with trades like these, how different could the
 * end and the worst fall have been? It does not answer whether the rule has an edge: that the trades earn is taken as
 * given. Undefined under 10 trades.
 */
export function monteCarloOfTrades(
  earned: Float64Array,
  { runs, seed, loops }: MonteCarloRules,
): MonteCarlo | undefined {
  if (earned.length < 10 || runs === 0) return undefined;
  const blockLength = Math.max(1, Math.round(Math.cbrt(earned.length)));
  const resample = circularResampler(blockLength, seed);
  const indexes = new Int32Array(earned.length);
  const rows = fillRows(loops, { name: 'monteCarloTrades', count: runs, width: monteCarloWidth }, (run, into) => {
    resample(indexes, run);
    walk(indexes.length, (step) => earned[indexes[step]], into);
  });
  const own = new Float64Array(monteCarloWidth);
  walk(earned.length, (step) => earned[step], own);
  const answers = 'With trades like these in other blocks: how different could the end and the worst fall have been?';
  return summarize(rows, { answers, blockLength, own });
}

/** What each trade earned of the account's equity before its entry, in the order of the trades. */
export function accountReturns({ trades, equity: { timeMs, equity }, startEquity }: BacktestResult): Float64Array {
  return Float64Array.from(trades, ({ pnl, entryTimeMs }) => {
    const { from } = windowOf(timeMs, { fromMs: entryTimeMs });
    return pnl / (from === 0 ? startEquity : equity[from - 1]);
  });
}

/** Compounds returns and writes final return, largest drawdown and the fan. */
export function walk(count: number, returnAt: (step: number) => number, into: Float64Array): void {
  let equity = 1;
  let peak = 1;
  let drawdown = 0;
  let mark = 0;
  for (let step = 0; step < count; step += 1) {
    equity *= 1 + returnAt(step);
    if (equity > peak) peak = equity;
    else drawdown = Math.max(drawdown, 1 - equity / peak);
    while (mark < fanSteps && step + 1 >= ((mark + 1) * count) / fanSteps) {
      into[2 + mark] = equity;
      mark += 1;
    }
  }
  into[0] = equity - 1;
  into[1] = drawdown;
}

type Summary = Pick<MonteCarlo, 'answers' | 'blockLength'> & Readonly<{ own: Float64Array }>;

/** Sums up rows of final return, largest drawdown and fan, beside the row of the run itself. */
export function summarize(rows: Float64Array, { answers, blockLength, own }: Summary): MonteCarlo {
  const runs = rows.length / monteCarloWidth;
  const column = (index: number) =>
    Float64Array.from({ length: runs }, (_, run) => rows[run * monteCarloWidth + index]);
  const finals = column(0);
  const share = (holds: (value: number) => boolean) => finals.filter(holds).length / runs;
  return {
    answers,
    runs,
    blockLength,
    finalReturn: quantilesOf(finals),
    maxDrawdown: quantilesOf(column(1)),
    lossProbability: share((value) => value < 0),
    rank: share((value) => value < own[0]),
    fan: Array.from({ length: fanSteps }, (_, step) => quantilesOf(column(2 + step))),
    path: Array.from(own.subarray(2)),
  };
}
