import { createPointRunner, type SweepOptions } from '../backtest/sweep/sweep.ts';
import { sharpeOf } from '../backtest/sweep/sharpe.ts';
import type { MarketInput } from '../backtest/types.ts';
import { dayMs, daysPerYear } from '../market/timeframe.ts';
import type { CompiledStrategy } from '../strategy/compile.ts';
import { fillRows, type LoopName, type Loops } from './loops.ts';

/** What a sweep leaves of every point: the daily returns of the portfolio, and how often it traded. */
export type PointTable = Readonly<{
  count: number;
  /** UTC days from the first to the last, those without bars included. */
  days: number;
  /** Start of the first day, epoch ms. */
  firstDayMs: number;
  /** Daily returns of a point over days from..to-1. */
  returns(point: number, from?: number, to?: number): Float64Array;
  /** Annual Sharpe of a point over days from..to-1; NaN where it has no meaning (under 30 days, no spread). */
  sharpe(point: number, from?: number, to?: number): number;
  totalReturn(point: number): number;
  trades(point: number): number;
}>;

export type PointTableInput = Readonly<{
  compiled: CompiledStrategy;
  markets: readonly MarketInput[];
  options: SweepOptions;
  points: readonly Float64Array[];
  loops: Loops;
  /** Name of the loop. */
  name: LoopName;
}>;

/** Runs every point over the markets, each from the first bar to the last. */
export function runPoints({ compiled, markets, options, points, loops, name }: PointTableInput): PointTable {
  const { firstDayMs, days } = daysOf(markets);
  const width = 2 + days;
  const daily: SweepOptions = { ...options, returns: 'daily' };
  const runner = createPointRunner(compiled, { markets, options: daily });
  const columns = {
    totalReturn: new Float64Array(1),
    sharpe: new Float64Array(1),
    maxDrawdown: new Float64Array(1),
    trades: new Float64Array(1),
    profitFactor: new Float64Array(1),
    finalEquity: new Float64Array(1),
    returns: new Float64Array(days),
  };
  const rows = fillRows(loops, { name, count: points.length, width }, (row, into) => {
    runner.run(points[row], 0, columns);
    into[0] = columns.totalReturn[0];
    into[1] = columns.trades[0];
    into.set(columns.returns, 2);
  });
  runner.release();
  const returns = (point: number, from = 0, to = days): Float64Array =>
    rows.subarray(point * width + 2 + from, point * width + 2 + to);
  return {
    count: points.length,
    days,
    firstDayMs,
    returns,
    sharpe: (point, from, to) => sharpeOf(returns(point, from, to), daysPerYear),
    totalReturn: (point) => rows[point * width],
    trades: (point) => rows[point * width + 1],
  };
}

/** The UTC days that the bars of all markets span. */
export function daysOf(markets: readonly MarketInput[]): Readonly<{ firstDayMs: number; days: number }> {
  const first = Math.min(...markets.map(({ bars }) => bars.timeMs[0]));
  const last = Math.max(...markets.map(({ bars }) => bars.timeMs[bars.timeMs.length - 1]));
  const firstDay = Math.floor(first / dayMs);
  return { firstDayMs: firstDay * dayMs, days: Math.floor(last / dayMs) - firstDay + 1 };
}
