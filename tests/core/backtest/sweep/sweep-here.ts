import { listPoints, type Grid } from '../../../../core/backtest/sweep/points.ts';
import {
  createPointRunner,
  type SweepColumns,
  type SweepOptions,
  sweepResultNames,
} from '../../../../core/backtest/sweep/sweep.ts';
import type { MarketInput } from '../../../../core/backtest/types.ts';
import { compileStrategy } from '../../../../core/strategy/compile.ts';
import type { StrategyPlugins } from '../../../../core/strategy/strategy-plugins.ts';
import type { ParameterValues, Strategy } from '../../../../core/strategy/strategy.ts';

export type SweptPoints = Readonly<{
  parameters: Readonly<Record<string, Float64Array>>;
  results: SweepColumns;
  skippedByConstraints: number;
}>;

/** A whole sweep on this thread. */
export function sweepHere(
  strategy: Strategy,
  markets: readonly MarketInput[],
  options: SweepOptions,
  { grid, set = {}, plugins }: Readonly<{ grid: Grid; set?: ParameterValues; plugins?: StrategyPlugins }>,
): SweptPoints {
  const compiled = compileStrategy(strategy, plugins);
  const points = listPoints(compiled, grid, { set, allocate: (length) => new Float64Array(length) });
  const column = () => new Float64Array(points.count);
  const results = Object.fromEntries(sweepResultNames.map((name) => [name, column()])) as SweepColumns;
  const runner = createPointRunner(compiled, { markets, options });
  const parameters = points.base.slice();
  for (let row = 0; row < points.count; row += 1) {
    for (const { index, values } of points.columns) parameters[index] = values[row];
    runner.run(parameters, row, results);
  }
  runner.release();
  return {
    parameters: Object.fromEntries(points.columns.map(({ name, values }) => [name, values])),
    results,
    skippedByConstraints: points.skippedByConstraints,
  };
}
