import { runBacktest } from '../../core/backtest/engine.ts';
import type { SweepPoints } from '../../core/backtest/sweep/points.ts';
import type { SweepOptions } from '../../core/backtest/sweep/sweep.ts';
import type { MarketInput } from '../../core/backtest/types.ts';
import type { TrialSample } from '../../core/ports/trial-ledger.ts';
import { compileStrategy } from '../../core/strategy/compile.ts';
import type { Strategy } from '../../core/strategy/strategy.ts';
import { sampledTrialsPerFamily } from '../../core/validation/family-history.ts';
import { rankOf, sampleOf } from './evidence.ts';

export type SweptPoints = Readonly<{
  strategy: Strategy;
  markets: readonly MarketInput[];
  points: SweepPoints;
  options: SweepOptions;
}>;

/**
 * Daily returns of those points of a sweep that the ledger would keep, run once more by the event engine: a sweep itself
 * keeps no returns. Which ones follows from the key alone.
 */
export function sweepSamples(key: string, { strategy, markets, points, options }: SweptPoints): readonly TrialSample[] {
  const { forecast: _, ...trading } = strategy; // its quality takes longer than the run
  const compiled = compileStrategy(trading);
  return lowestRanks(key, points.count).flatMap(({ rank, point }) => {
    const values = points.base.slice();
    for (const { index, values: column } of points.columns) values[index] = column[point];
    const parameters = Object.fromEntries(strategy.parameters.map(({ name }, index) => [name, values[index]]));
    return sampleOf(rank, runBacktest(compiled, markets, { ...options, parameters }));
  });
}

type Ranked = Readonly<{ rank: string; point: number }>;

function lowestRanks(key: string, points: number): readonly Ranked[] {
  const lowest: Ranked[] = [];
  for (let point = 0; point < points; point += 1) {
    const rank = rankOf(key, point);
    if (lowest.length === sampledTrialsPerFamily && rank > lowest[lowest.length - 1].rank) continue;
    const place = lowest.findIndex((other) => rank < other.rank);
    lowest.splice(place < 0 ? lowest.length : place, 0, { rank, point });
    if (lowest.length > sampledTrialsPerFamily) lowest.pop();
  }
  return lowest;
}
