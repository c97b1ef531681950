import { periodEquity, periodReturns } from '../backtest/period-returns.ts';
import type { BacktestResult, MarketInput } from '../backtest/types.ts';
import { dayMs } from '../market/timeframe.ts';
import { parameterValues, type ParameterValues } from '../strategy/strategy.ts';
import type { SweepDetails, WalkForwardDetails } from './details.ts';
import { designGrid, type GridDesign } from './grid-design.ts';
import { independentTrials } from './independent-trials.ts';
import { type PointTable, runPoints } from './point-table.ts';
import { createSliceRunner, namedPoint, type SliceRequest, type Stretch } from './slice-run.ts';
import type { Span } from './statistics/cross-validation.ts';
import type { TierSubject } from './tiers/tier-rule.ts';
import { rerunAtCosts, stretchOf, walkForward, type WalkForward, type WalkForwardInput } from './walk-forward.ts';

/** A strategy looked at over a window of its universe: the sweep, the walk-forward over it, and runs of stretches. */
export type Study = Readonly<{
  design: GridDesign;
  table: PointTable;
  forward: WalkForward;
  /** Days of the table that are out of sample: one stretch, as the windows follow each other. */
  outOfSample: Span;
  /** Independent trials that the sweep's points are worth. */
  independentTrials: number;
  /** The walk-forward again at a multiple of the costs. */
  atCosts(multiple: number): BacktestResult;
  run(request: SliceRequest): BacktestResult;
  defaults: ParameterValues;
}>;

/** Sweeps the parameters over the markets and walks forward over the sweep. */
export function studyStrategy(
  { strategy, options, thresholds: { L2: rules }, seed, loops }: TierSubject,
  markets: readonly MarketInput[],
): Study {
  const design = designGrid(strategy, { maxPoints: rules.maxPoints, seed });
  const table = runPoints({ compiled: strategy, markets, options, points: design.points, loops, name: 'sweep' });
  const run = createSliceRunner(strategy, markets, options);
  const input: WalkForwardInput = {
    table,
    points: design.points.map((point) => namedPoint(strategy.strategy, point)),
    windows: rules.walkForwardWindows,
    trainWindows: rules.trainWindows,
    run,
    startEquity: options.startEquity,
  };
  const forward = walkForward(input);
  const columns = design.points.map((_, point) => table.returns(point));
  return {
    design,
    table,
    forward,
    outOfSample: { from: forward.steps[0].test.from, to: forward.steps[forward.steps.length - 1].test.to },
    independentTrials: independentTrials(columns, seed),
    atCosts: (multiple) => rerunAtCosts(forward, input, multiple),
    run,
    defaults: parameterValues(strategy.strategy),
  };
}

/** Backtests of a study: the sweep's points and the window runs of what was chosen. */
export const studyTrials = ({ design, forward }: Study): number => design.points.length + forward.steps.length;

export const numberOrNull = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;

export function sweepDetails({ design, table, outOfSample, ...study }: Study): SweepDetails {
  const names = Object.keys(study.defaults);
  return {
    method: design.method,
    gridPoints: design.gridPoints,
    skipped: design.skipped,
    parameters: Object.fromEntries(names.map((name, index) => [name, design.points.map((point) => point[index])])),
    sharpe: design.points.map((_, point) => numberOrNull(table.sharpe(point))),
    oosSharpe: design.points.map((_, point) => numberOrNull(table.sharpe(point, outOfSample.from, outOfSample.to))),
    independentTrials: study.independentTrials,
    daily: someDaily(table),
  };
}

/** Points whose daily returns are kept: the matrix stays under 200 kB as JSON over three years. */
const keptPoints = 16;

function someDaily({ count, returns }: PointTable): NonNullable<SweepDetails['daily']> {
  const kept = Math.min(count, keptPoints);
  const points = Array.from({ length: kept }, (_, place) => Math.floor((place * count) / kept));
  return { points, returns: points.map((point) => plainReturns(returns(point))) };
}

/** To a hundred-millionth: no diagnostic sees more, and the JSON is half as long. */
const plainReturns = (returns: Float64Array): number[] => Array.from(returns, (value) => Number(value.toFixed(8)));

export const walkForwardDetails = ({ table, forward }: Study): readonly WalkForwardDetails[] =>
  forward.steps.map(({ train, test, point, parameters, trainSharpe, result }) => {
    const [trained, tested]: Stretch[] = [stretchOf(table, train), stretchOf(table, test)];
    return {
      trainFromMs: trained.fromMs,
      trainToMs: trained.toMs,
      testFromMs: tested.fromMs,
      testToMs: tested.toMs,
      parameters,
      trainSharpe: numberOrNull(trainSharpe),
      testSharpe: numberOrNull(result.metrics.sharpe),
      testReturn: result.finalEquity / result.startEquity - 1,
      testTrades: result.trades.length,
      trainReturns: plainReturns(table.returns(point, train.from, train.to)),
      testReturns: plainReturns(periodReturns(periodEquity(result.equity, dayMs), result.startEquity)),
    };
  });

/** Length of the out-of-sample stretch in days. */
export const daysOutOfSample = ({ outOfSample: { from, to } }: Study): number => to - from;
