import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { quantileSorted } from '../../core/math/quantile.ts';
import { refuse } from '../refuse.ts';

export type Trial = Readonly<{ values: readonly number[]; metric: number }>;

/** Every combination of the levels with its outcome, the first parameter slowest. */
export type Grid = Readonly<{
  names: readonly string[];
  /** Rising values of each parameter. */
  levels: readonly (readonly number[])[];
  /** How far apart neighbours along each parameter lie in `outcomes`. */
  strides: readonly number[];
  outcomes: Float64Array;
}>;

/** Puts trials into their grid; refuses one that is not complete, by the first combination that is missing or twice. */
export function gridOf(names: readonly string[], trials: readonly Trial[], outcomeOf: (trial: Trial) => number): Grid {
  const levels = names.map((name, i) => {
    const values = [...new Set(trials.map((trial) => trial.values[i]))].toSorted((a, b) => a - b);
    if (values.length < 2) refuse(`input.parameters[${i}]`, `${name} has one level`, 'at least 2', `${values[0]}`);
    return values;
  });
  const strides = levels.map((_, i) => levels.slice(i + 1).reduce((product, { length }) => product * length, 1));
  const places = levels.map((values) => new Map(values.map((value, index) => [value, index])));
  const outcomes = new Float64Array(trials.length);
  const seen = new Map<number, number>();
  trials.forEach((trial, index) => {
    const flat = trial.values.reduce((sum, value, i) => sum + (places[i].get(value) ?? 0) * strides[i], 0);
    const earlier = seen.get(flat);
    if (earlier !== undefined) {
      refuse(
        `input.trials[${index}].values`,
        `the combination of trial ${earlier} again`,
        'each once',
        namedValues(names, trial.values),
      );
    }
    seen.set(flat, index);
    if (flat < outcomes.length) outcomes[flat] = outcomeOf(trial);
  });
  const cells = levels[0].length * strides[0];
  if (cells !== trials.length) refuseMissing({ names, levels, strides, outcomes }, seen, cells);
  return { names, levels, strides, outcomes };
}

function refuseMissing(grid: Grid, seen: ReadonlyMap<number, number>, cells: number): never {
  // At most as many cells are there as trials, so one of the first trials + 1 is missing.
  let first = 0;
  while (seen.has(first)) first++;
  const values = indexOf(grid, first).map((level, i) => grid.levels[i][level]);
  refuse(
    'input.trials',
    `the grid is not complete: ${namedValues(grid.names, values)} is missing`,
    `${cells} trials`,
    `${seen.size}`,
  );
}

const namedValues = (names: readonly string[], values: readonly number[]): string =>
  names.map((name, i) => `${name} ${values[i]}`).join(', ');

/** Levels of the parameters at a place in the outcomes. */
export const indexOf = ({ levels, strides }: Grid, flat: number): number[] =>
  strides.map((stride, i) => Math.floor(flat / stride) % levels[i].length);

export type Shares = Readonly<{
  mean: number;
  /** ddof 0. */
  variance: number;
  sensitivity: readonly Readonly<{ name: string; firstOrder: number; total: number; marginal: number[] }>[];
  interactions: readonly Readonly<{ a: string; b: string; share: number }>[];
}>;

/**
 * Exact functional analysis of variance on the grid, every level weighing the same: first-order shares, total shares and
 * those of pairs. Sobol (1993); Saltelli et al. (2008), ch. 4.
 */
export function varianceShares(grid: Grid): Shares {
  const { names, outcomes } = grid;
  const centre = mean(outcomes);
  const variance = isConstant(outcomes) ? 0 : populationVariance(outcomes);
  const share = (part: number) => (variance === 0 ? 0 : part / variance);
  const marginals = names.map((_, i) => cellMeans(grid, [i]));
  const sensitivity = names.map((name, i) => ({
    name,
    firstOrder: share(populationVariance(marginals[i])),
    total: share(meanLineVariance(grid, i)),
    marginal: [...marginals[i]],
  }));
  const interactions = names.flatMap((a, i) =>
    names.slice(i + 1).map((b, offset) => {
      const j = i + 1 + offset;
      const both = share(populationVariance(cellMeans(grid, [i, j])));
      return { a, b, share: both - sensitivity[i].firstOrder - sensitivity[j].firstOrder };
    }),
  );
  return { mean: centre, variance, sensitivity, interactions };
}

/** Mean outcome for each combination of the given parameters' levels, the first of them slowest. */
export function cellMeans({ levels, strides, outcomes }: Grid, parameters: readonly number[]): Float64Array {
  const size = parameters.reduce((product, i) => product * levels[i].length, 1);
  const sums = new Float64Array(size);
  for (let flat = 0; flat < outcomes.length; flat++) {
    let cell = 0;
    for (const i of parameters) cell = cell * levels[i].length + (Math.floor(flat / strides[i]) % levels[i].length);
    sums[cell] += outcomes[flat];
  }
  const each = outcomes.length / size;
  return sums.map((sum) => sum / each);
}

/** Mean over all settings of the other parameters of the variance along one. */
function meanLineVariance({ levels, strides, outcomes }: Grid, parameter: number): number {
  const count = levels[parameter].length;
  const stride = strides[parameter];
  const line = new Float64Array(count);
  let sum = 0;
  for (let flat = 0; flat < outcomes.length; flat++) {
    if (Math.floor(flat / stride) % count !== 0) continue; // lines start at the first level
    for (let level = 0; level < count; level++) line[level] = outcomes[flat + level * stride];
    sum += populationVariance(line);
  }
  return sum / (outcomes.length / count);
}

function populationVariance(values: Float64Array): number {
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - centre) ** 2;
  return squares / values.length;
}

function isConstant(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}

/** Cells within `radius` steps in every parameter, itself included, inside the grid. */
function neighbourhoodOf(grid: Grid, flat: number, radius: number): Float64Array {
  const { levels, strides, outcomes } = grid;
  let places = [flat];
  strides.forEach((stride, i) => {
    const level = Math.floor(flat / stride) % levels[i].length;
    const from = Math.max(0, level - radius) - level;
    const to = Math.min(levels[i].length - 1, level + radius) - level;
    const wider: number[] = [];
    for (const place of places) for (let step = from; step <= to; step++) wider.push(place + step * stride);
    places = wider;
  });
  return Float64Array.from(places, (place) => outcomes[place]);
}

/** The largest outcome; of equal ones the first. */
export function bestOf(outcomes: Float64Array): number {
  let best = 0;
  for (let flat = 1; flat < outcomes.length; flat++) if (outcomes[flat] > outcomes[best]) best = flat;
  return best;
}

export type Neighbourhood = Readonly<{
  count: number;
  mean: number;
  median: number;
  /** Smallest and largest. */
  range: readonly [number, number];
  sd?: number;
  retention?: number;
  peakZ?: number;
}>;

/** What surrounds a cell: a plateau keeps most of it, a spike stands alone. Pardo (2008), ch. 10. */
export function surroundings(grid: Grid, cell: number, radius: number): Neighbourhood {
  const all = neighbourhoodOf(grid, cell, radius);
  const own = grid.outcomes[cell];
  const sorted = all.toSorted();
  // One of the values is the cell's own.
  const place = sorted.indexOf(own);
  const values = sorted.filter((_, i) => i !== place);
  const centre = mean(values);
  const median = quantileSorted(values, 0.5);
  const sd = values.length < 2 ? undefined : isConstant(values) ? 0 : sampleDeviation(values);
  return {
    count: values.length,
    mean: centre,
    median,
    range: [values[0], values[values.length - 1]],
    ...(sd !== undefined && { sd }),
    ...(own > 0 && { retention: median / own }),
    ...(sd !== undefined && sd > 0 && { peakZ: (own - centre) / sd }),
  };
}

/** The cell with the best mean less `riskAversion` deviations (ddof 0) of itself and its neighbours. */
export function mostRobust(
  grid: Grid,
  radius: number,
  riskAversion: number,
): Readonly<{ cell: number; smoothed: number }> {
  const { outcomes } = grid;
  const scale = outcomes.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const near = roughlySmoothed(grid, radius, riskAversion);
  // Sums over boxes lose digits where values cancel; what may be the best is looked at again, value by value.
  const margin = (1e-12 + 1e-6 * riskAversion) * scale;
  const highest = near[bestOf(near)];
  const candidates = [...near.keys()].filter((cell) => near[cell] >= highest - 4 * margin);
  const smoothed = candidates.map((cell) => {
    const values = neighbourhoodOf(grid, cell, radius);
    const deviation = riskAversion === 0 ? 0 : Math.sqrt(populationVariance(values));
    return mean(values) - riskAversion * deviation;
  });
  const largest = smoothed.reduce((most, value) => Math.max(most, value), -Infinity);
  const first = smoothed.findIndex((value) => value >= largest - 1e-12 * scale);
  return { cell: candidates[first], smoothed: smoothed[first] };
}

/** Mean less deviations over every neighbourhood, by sums along one parameter after the other: cells x parameters. */
function roughlySmoothed(grid: Grid, radius: number, riskAversion: number): Float64Array {
  const centre = mean(grid.outcomes);
  const centred = grid.outcomes.map((value) => value - centre);
  const counts = boxSums(grid, new Float64Array(centred.length).fill(1), radius);
  const sums = boxSums(grid, centred, radius);
  const means = sums.map((sum, cell) => sum / counts[cell]);
  if (riskAversion === 0) return means.map((value) => value + centre);
  const squares = boxSums(
    grid,
    centred.map((value) => value * value),
    radius,
  );
  return means.map((value, cell) => {
    const variance = Math.max(0, squares[cell] / counts[cell] - value * value);
    return value + centre - riskAversion * Math.sqrt(variance);
  });
}

function boxSums({ levels, strides }: Grid, values: Float64Array, radius: number): Float64Array {
  let sums = values;
  levels.forEach(({ length }, i) => {
    const stride = strides[i];
    const wider = new Float64Array(sums.length);
    const before = new Float64Array(length + 1);
    for (let block = 0; block < sums.length; block += stride * length) {
      for (let start = block; start < block + stride; start++) {
        for (let level = 0; level < length; level++) before[level + 1] = before[level] + sums[start + level * stride];
        for (let level = 0; level < length; level++) {
          const to = before[Math.min(length, level + radius + 1)];
          wider[start + level * stride] = to - before[Math.max(0, level - radius)];
        }
      }
    }
    sums = wider;
  });
  return sums;
}
