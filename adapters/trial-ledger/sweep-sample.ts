import { runBacktest } from '../../core/backtest/engine.ts';
import type { SweepPoints } from '../../core/backtest/sweep/points.ts';
import type { SweepOptions } from '../../core/backtest/sweep/sweep.ts';
import type { MarketInput } from '../../core/backtest/types.ts';
import type { TrialSample } from '../../core/ports/trial-ledger.ts';
import { compileStrategy } from '../../core/strategy/compile.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';
import type { StrategyPlugins } from '../../core/strategy/strategy-plugins.ts';
import { independentTrialsOfSample } from '../../core/validation/independent-trials.ts';
import { lowestRanks, sampleOf } from './evidence.ts';

export type SweptPoints = Readonly<{
  strategy: Strategy;
  markets: readonly MarketInput[];
  points: SweepPoints;
  options: SweepOptions;
  plugins: StrategyPlugins;
}>;

/**
 * Daily returns of those points of a sweep that the ledger would keep, run once more by the event engine: a sweep itself
 * keeps no returns. Which ones follows from the key alone.
 */
export function sweepSamples(
  key: string,
  { strategy, markets, points, options, plugins }: SweptPoints,
): readonly TrialSample[] {
  const { forecast: _, ...trading } = strategy; // its quality takes longer than the run
  const compiled = compileStrategy(trading, plugins);
  return lowestRanks(key, points.count).flatMap(({ rank, point }) => {
    const values = points.base.slice();
    for (const { index, values: column } of points.columns) values[index] = column[point];
    const parameters = Object.fromEntries(strategy.parameters.map(({ name }, index) => [name, values[index]]));
    return sampleOf(rank, runBacktest(compiled, markets, { ...options, parameters }));
  });
}

/** Independent trials that a sweep of so many points is worth, by its sample. */
export const worthOfSweep = (samples: readonly TrialSample[], count: number): number =>
  independentTrialsOfSample(
    samples.map(({ returns }) => Float64Array.from(returns)),
    count,
    1,
  );
