import { quantileSorted } from '../math/quantile.ts';
import { type CompiledStrategy, orderedParameters } from '../strategy/compile.ts';
import type { Parameter } from '../strategy/strategy.ts';
import { possiblePoints } from './grid-design.ts';

/** How far a neighbour is: each parameter alone by both, pairs of parameters by the larger. */
const aloneBy = [-0.2, -0.1, 0.1, 0.2];
const pairsBy = [-0.2, 0.2];

/**
 * The defaults with each parameter 10 and 20 % up and down, and each pair 20 %; integers move by one at least, all
 * stay in their range, each point is there once, and impossible ones are left out.
 */
export function neighboursOf(compiled: CompiledStrategy): readonly Float64Array[] {
  const { parameters } = compiled.strategy;
  const centre = orderedParameters(compiled.strategy, {});
  const isPossible = possiblePoints(compiled);
  const seen = new Set([centre.join()]);
  const found: Float64Array[] = [];
  const offer = (moves: readonly (readonly [index: number, share: number])[]): void => {
    const point = centre.slice();
    for (const [index, share] of moves) point[index] = moved(parameters[index], share);
    if (seen.has(point.join())) return;
    seen.add(point.join());
    if (isPossible(point)) found.push(point);
  };
  parameters.forEach((_, index) => aloneBy.forEach((share) => offer([[index, share]])));
  for (let first = 0; first < parameters.length; first += 1) {
    for (let second = first + 1; second < parameters.length; second += 1) {
      for (const here of pairsBy) {
        for (const there of pairsBy) {
          offer([
            [first, here],
            [second, there],
          ]);
        }
      }
    }
  }
  return found;
}

function moved({ default: centre, min, max, step, integer }: Parameter, share: number): number {
  const by = centre === 0 ? Math.sign(share) * step : centre * share;
  const whole = Math.sign(by) * Math.max(1, Math.round(Math.abs(by)));
  return Math.min(max, Math.max(min, integer ? centre + whole : Number((centre + by).toPrecision(12))));
}

/**
 * Median Sharpe of the neighbours over that of the centre: near 1 on a plateau, near 0 on a needle. A neighbour
 * without a Sharpe (it never trades) counts as 0. Missing when the centre earns nothing.
 */
export function plateauScore(centre: number, neighbours: readonly number[]): number | undefined {
  if (!(centre > 0)) return undefined;
  const sorted = neighbours.map((sharpe) => (Number.isNaN(sharpe) ? 0 : sharpe)).toSorted((a, b) => a - b);
  return quantileSorted(sorted, 0.5) / centre;
}
