import type { SweepPoints } from '../../core/backtest/sweep/points.ts';
import { type SweepColumns, type SweepOptions, sweepResultNames } from '../../core/backtest/sweep/sweep.ts';
import type { MarketInput } from '../../core/backtest/types.ts';
import { type Bars, barFields } from '../../core/market/bars.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';

/** A sweep as its threads see it. All columns lie in shared memory: nothing is copied to or from a thread. */
export type SweepJob = Readonly<{
  strategy: Strategy;
  markets: readonly MarketInput[];
  options: SweepOptions;
  points: SweepPoints;
  results: SweepColumns;
  board: SweepBoard;
  threads: number;
}>;

/** How the threads share the work: each takes the next chunk of points that is not done, until there is none. */
export type SweepBoard = Readonly<{
  /** By the places below. */
  counters: Int32Array;
  /** 1 for each chunk whose results are written. */
  done: Uint8Array;
  chunkPoints: number;
}>;

export const boardPlaces = { nextChunk: 0, donePoints: 1, stop: 2, ready: 3 } as const;

/** When a thread began and ended its points, epoch ms. */
export type SweepTimes = Readonly<{ beganMs: number; endedMs: number }>;

/** Enough chunks that no thread waits long for the last one; how many there are does not depend on the threads. */
const fewestChunks = 128;
const largestChunk = 1_024;

export function createBoard(points: number): SweepBoard {
  const chunkPoints = Math.min(largestChunk, Math.max(1, Math.ceil(points / fewestChunks)));
  return {
    counters: new Int32Array(new SharedArrayBuffer(4 * Object.keys(boardPlaces).length)),
    done: new Uint8Array(new SharedArrayBuffer(Math.ceil(points / chunkPoints))),
    chunkPoints,
  };
}

export const sharedColumn = (length: number): Float64Array =>
  new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));

export function sharedResults(points: number): SweepColumns {
  const [totalReturn, sharpe, maxDrawdown, trades, profitFactor, finalEquity] = sweepResultNames.map(() =>
    sharedColumn(points),
  );
  return { totalReturn, sharpe, maxDrawdown, trades, profitFactor, finalEquity };
}

function sharedCopy(column: Float64Array): Float64Array {
  if (column.buffer instanceof SharedArrayBuffer) return column;
  const copy = sharedColumn(column.length);
  copy.set(column);
  return copy;
}

function sharedBars(bars: Bars): Bars {
  const columns = barFields.map((field) => [field, sharedCopy(bars[field])] as const);
  return { ...bars, ...Object.fromEntries(columns), timeMs: sharedCopy(bars.timeMs) };
}

/** The markets with their columns in shared memory. */
export const sharedMarkets = (markets: readonly MarketInput[]): readonly MarketInput[] =>
  markets.map(({ bars, funding }) =>
    funding === undefined
      ? { bars: sharedBars(bars) }
      : {
          bars: sharedBars(bars),
          funding: { ...funding, timeMs: sharedCopy(funding.timeMs), rate: sharedCopy(funding.rate) },
        },
  );
