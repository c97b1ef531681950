import type { Strategy } from '../strategy/strategy.ts';
import type { HeatMap } from './details.ts';
import type { Study } from './study.ts';

/** Cells a side at most; ranges with more levels are put together. */
const mostCells = 24;

/**
 * The sweep by the two parameters with the most levels: the mean out-of-sample Sharpe of the points in each cell.
 * Undefined with fewer than two parameters that vary.
 */
export function heatMapOf(
  { parameters }: Pick<Strategy, 'parameters'>,
  { design: { points }, table, outOfSample }: Pick<Study, 'design' | 'table' | 'outOfSample'>,
): HeatMap | undefined {
  const axes = parameters
    .map(({ name }, index) => ({ name, index, values: levelsAmong(points, index) }))
    .filter(({ values }) => values.length > 1)
    .toSorted((a, b) => b.values.length - a.values.length || a.index - b.index);
  const [x, y] = axes;
  if (x === undefined || y === undefined) return undefined;
  const xs = thinned(x.values);
  const ys = thinned(y.values);
  const sums = ys.map(() => xs.map(() => ({ sum: 0, count: 0 })));
  points.forEach((point, place) => {
    const sharpe = table.sharpe(place, outOfSample.from, outOfSample.to);
    if (Number.isNaN(sharpe)) return;
    const cell = sums[nearest(ys, point[y.index])][nearest(xs, point[x.index])];
    cell.sum += sharpe;
    cell.count += 1;
  });
  const sharpe = sums.map((row) => row.map(({ sum, count }) => (count === 0 ? null : sum / count)));
  return { x: x.name, y: y.name, xs, ys, sharpe };
}

const levelsAmong = (points: readonly Float64Array[], index: number): readonly number[] =>
  [...new Set(points.map((point) => point[index]))].toSorted((a, b) => a - b);

function thinned(values: readonly number[]): readonly number[] {
  if (values.length <= mostCells) return values;
  return Array.from(
    { length: mostCells },
    (_, cell) => values[Math.round((cell * (values.length - 1)) / (mostCells - 1))],
  );
}

function nearest(values: readonly number[], value: number): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) {
    if (Math.abs(values[index] - value) < Math.abs(values[best] - value)) best = index;
  }
  return best;
}
