import { dayMs } from '../market/timeframe.ts';

/** Daily returns of a strategy that is deployed, as its own backtest or book gives them; `dayMs` are starts of UTC days. */
export type DeployedReturns = Readonly<{
  strategyId: string;
  dayMs: readonly number[];
  returns: readonly number[];
}>;

export type DeployedCorrelation = Readonly<{
  strategyId: string;
  /** Days that both have. */
  days: number;
  /** Pearson; undefined when they share too few days, or one of them does not vary on them. */
  correlation: number | undefined;
}>;

/** Fewer shared days say too little: the standard error of a correlation is then above 0.13. */
const leastDays = 60;

/** Correlation of daily returns (from `firstDayMs` on, one a day) with each deployed strategy, on the days both have. */
export function deployedCorrelations(
  returns: Float64Array,
  firstDayMs: number,
  deployed: readonly DeployedReturns[],
): readonly DeployedCorrelation[] {
  return deployed.map((other) => {
    const pairs = other.dayMs.flatMap((timeMs, index): [number, number][] => {
      const own = returns[Math.round((timeMs - firstDayMs) / dayMs)];
      return own === undefined ? [] : [[own, other.returns[index]]];
    });
    const { strategyId } = other;
    return { strategyId, days: pairs.length, correlation: pairs.length < leastDays ? undefined : pearson(pairs) };
  });
}

function pearson(pairs: readonly (readonly [number, number])[]): number | undefined {
  const meanA = pairs.reduce((sum, [a]) => sum + a, 0) / pairs.length;
  const meanB = pairs.reduce((sum, [, b]) => sum + b, 0) / pairs.length;
  let cross = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (const [a, b] of pairs) {
    cross += (a - meanA) * (b - meanB);
    squaresA += (a - meanA) ** 2;
    squaresB += (b - meanB) ** 2;
  }
  return squaresA > 0 && squaresB > 0 ? cross / Math.sqrt(squaresA * squaresB) : undefined;
}
