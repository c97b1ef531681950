import type { Strategy } from '../strategy/strategy.ts';
import type { HeatMap } from './details.ts';
import type { Study } from './study.ts';

/** Cells a side at most; ranges with more levels are put together. */
const mostCells = 24;

/** What a map needs of a study. */
type Swept = Pick<Study, 'outOfSample'> &
  Readonly<{ design: Pick<Study['design'], 'points'>; table: Pick<Study['table'], 'sharpe'> }>;

/** Groups that a parameter's values are put into to see how much hangs on it. */
const effectGroups = 6;

/**
 * The sweep by the two parameters that matter most: the mean out-of-sample Sharpe of the points in each cell. A
 * parameter matters as much as the mean Sharpe differs between its values. The one with more levels goes across.
 * Undefined with fewer than two parameters that vary.
 */
export function heatMapOf(
  { parameters }: Pick<Strategy, 'parameters'>,
  { design: { points }, table, outOfSample }: Swept,
): HeatMap | undefined {
  const sharpes = points.map((_, place) => table.sharpe(place, outOfSample.from, outOfSample.to));
  const [x, y] = parameters
    .map(({ name }, index) => ({ name, index, values: levelsAmong(points, index) }))
    .filter(({ values }) => values.length > 1)
    .map((axis) => ({ ...axis, effect: effectOf(axis, points, sharpes) }))
    .toSorted((a, b) => b.effect - a.effect || b.values.length - a.values.length || a.index - b.index)
    .slice(0, 2)
    .toSorted((a, b) => b.values.length - a.values.length || a.index - b.index);
  if (x === undefined || y === undefined) return undefined;
  const xs = thinned(x.values);
  const ys = thinned(y.values);
  const sums = ys.map(() => xs.map(() => ({ sum: 0, count: 0 })));
  points.forEach((point, place) => {
    const sharpe = sharpes[place];
    if (Number.isNaN(sharpe)) return;
    const cell = sums[nearest(ys, point[y.index])][nearest(xs, point[x.index])];
    cell.sum += sharpe;
    cell.count += 1;
  });
  const sharpe = sums.map((row) => row.map(({ sum, count }) => (count === 0 ? null : sum / count)));
  return { x: x.name, y: y.name, xs, ys, sharpe };
}

type Axis = Readonly<{ index: number; values: readonly number[] }>;

/** Variance of the mean Sharpe between groups of a parameter's values: its main effect, up to a factor that all share. */
function effectOf({ index, values }: Axis, points: readonly Float64Array[], sharpes: readonly number[]): number {
  const centres = thinned(values, effectGroups);
  const groups = centres.map(() => ({ sum: 0, count: 0 }));
  points.forEach((point, place) => {
    if (Number.isNaN(sharpes[place])) return;
    const group = groups[nearest(centres, point[index])];
    group.sum += sharpes[place];
    group.count += 1;
  });
  const total = groups.reduce((sum, group) => ({ sum: sum.sum + group.sum, count: sum.count + group.count }));
  if (total.count === 0) return 0;
  return groups.reduce(
    (sum, group) =>
      group.count === 0 ? sum : sum + group.count * (group.sum / group.count - total.sum / total.count) ** 2,
    0,
  );
}

const levelsAmong = (points: readonly Float64Array[], index: number): readonly number[] =>
  [...new Set(points.map((point) => point[index]))].toSorted((a, b) => a - b);

function thinned(values: readonly number[], most = mostCells): readonly number[] {
  if (values.length <= most) return values;
  return Array.from({ length: most }, (_, cell) => values[Math.round((cell * (values.length - 1)) / (most - 1))]);
}

function nearest(values: readonly number[], value: number): number {
  let best = 0;
  for (let index = 1; index < values.length; index += 1) {
    if (Math.abs(values[index] - value) < Math.abs(values[best] - value)) best = index;
  }
  return best;
}
