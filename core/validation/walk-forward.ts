import type { BacktestResult } from '../backtest/types.ts';
import { mean } from '../math/moments.ts';
import { dayMs, daysPerYear } from '../market/timeframe.ts';
import type { ParameterValues } from '../strategy/strategy.ts';
import type { PointTable } from './point-table.ts';
import type { SliceRequest, Stretch } from './slice-run.ts';
import { type Span, walkForwardWindows } from './statistics/cross-validation.ts';
import { stitchResults } from './stitch.ts';

/** One window: what was chosen on its in-sample days, and what that did on the days after them. */
export type WalkForwardStep = Readonly<{
  /** Days of the point table. */
  train: Span;
  test: Span;
  /** Place of the chosen point, and its parameters. */
  point: number;
  parameters: ParameterValues;
  /** Annual Sharpe and mean daily return of the chosen point in sample. */
  trainSharpe: number | undefined;
  trainMean: number;
  result: BacktestResult;
}>;

export type WalkForward = Readonly<{
  steps: readonly WalkForwardStep[];
  /** The out-of-sample windows one after the other, as one run. */
  stitched: BacktestResult;
  /** Daily returns out of sample. */
  returns: Float64Array;
  /** Annual return out of sample over the mean annual return in sample; missing when nothing was earned in sample. */
  efficiency: number | undefined;
}>;

export type WalkForwardInput = Readonly<{
  table: PointTable;
  points: readonly ParameterValues[];
  windows: number;
  trainWindows: number;
  run(request: SliceRequest): BacktestResult;
  startEquity: number;
}>;

/**
 * Rolling walk-forward: in each window the point with the best Sharpe of its in-sample days is chosen, and run flat on
 * the days that follow. Figures out of sample are those of what could have been chosen then. Pardo (2008), ch. 11.
 */
export function walkForward(input: WalkForwardInput): WalkForward {
  const { table, points, windows: count, trainWindows, startEquity } = input;
  const { windows } = walkForwardWindows({ observations: table.days, windows: count, trainWindows });
  const steps = windows.map(({ train, test }): WalkForwardStep => {
    const point = bestPoint(table, train);
    const parameters = points[point];
    const sharpe = table.sharpe(point, train.from, train.to);
    return {
      train,
      test,
      point,
      parameters,
      trainSharpe: Number.isNaN(sharpe) ? undefined : sharpe,
      trainMean: mean(table.returns(point, train.from, train.to)),
      result: input.run({ ...stretchOf(table, test), parameters }),
    };
  });
  const { result, returns } = stitchResults(
    steps.map((step) => step.result),
    startEquity,
  );
  const earned = mean(steps.map(({ trainMean }) => trainMean)) * daysPerYear;
  return {
    steps,
    stitched: result,
    returns,
    efficiency: earned > 0 ? (mean(returns) * daysPerYear) / earned : undefined,
  };
}

/** The windows again with what was chosen in them, at a multiple of the costs. */
export function rerunAtCosts({ steps }: WalkForward, { table, run, startEquity }: WalkForwardInput, multiple: number) {
  return stitchResults(
    steps.map(({ test, parameters }) => run({ ...stretchOf(table, test), parameters, costMultiple: multiple })),
    startEquity,
  ).result;
}

/** Days of a point table as a stretch of time. */
export const stretchOf = ({ firstDayMs }: Pick<PointTable, 'firstDayMs'>, { from, to }: Span): Stretch => ({
  fromMs: firstDayMs + from * dayMs,
  toMs: firstDayMs + to * dayMs,
});

/** The point with the best Sharpe over the days; the earlier of equal ones, the defaults when none has one. */
export function bestPoint({ count, sharpe }: PointTable, { from, to }: Span): number {
  let best = 0;
  let most = -Infinity;
  for (let point = 0; point < count; point += 1) {
    const value = sharpe(point, from, to);
    if (value > most) {
      best = point;
      most = value;
    }
  }
  return best;
}
