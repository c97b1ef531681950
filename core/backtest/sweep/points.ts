import { DeskError } from '../../errors.ts';
import { bindConstants } from '../../strategy/bind.ts';
import { type CompiledStrategy, constraintPath, holds, orderedParameters } from '../../strategy/compile.ts';
import type { ParameterValues } from '../../strategy/strategy.ts';
import { checkTradingNumber } from '../../strategy/trading-numbers.ts';

/** The values that each swept parameter takes; the last one changes fastest. */
export type Grid = readonly Readonly<{ name: string; values: readonly number[] }>[];

/** The points of a sweep: one column for each swept parameter, all others as in `base`. */
export type SweepPoints = Readonly<{
  count: number;
  skippedByConstraints: number;
  /** All parameters in the order of the strategy's list. */
  base: Float64Array;
  columns: readonly Readonly<{ name: string; index: number; values: Float64Array }>[];
}>;

/** More than this is refused whatever is said: two bytes a point would not fit any more. */
export const mostPoints = 20_000_000;

/**
 * Lists the points that break no constraint, and looks at each: windows, exits and sizes that it makes impossible are
 * refused before anything is computed. `allocate` may give shared memory.
 */
export function listPoints(
  { strategy, program }: CompiledStrategy,
  grid: Grid,
  { set, allocate }: Readonly<{ set: ParameterValues; allocate: (length: number) => Float64Array }>,
): SweepPoints {
  const product = grid.reduce((total, { values }) => total * values.length, 1);
  if (product > mostPoints) throw new DeskError('BadInput', `${product} points`, { expected: `at most ${mostPoints}` });
  const base = orderedParameters(strategy, set);
  const parameters = base.slice();
  const constants = new Float64Array(program.constantCount);
  const constraints = strategy.constraints.map((_, index) => program.numbers[constraintPath(index)] ?? -1);
  const numbers = Object.entries(program.numbers);
  const places = grid.map(({ name }) => strategy.parameters.findIndex((parameter) => parameter.name === name));
  const kept = grid.map(() => allocate(product));
  const digits = grid.map(() => 0);
  let count = 0;
  for (let point = 0; point < product; point += 1) {
    for (let axis = 0; axis < grid.length; axis += 1) parameters[places[axis]] = grid[axis].values[digits[axis]];
    program.computeConstants(parameters, constants);
    if (constraints.every((place) => holds(constants[place]))) {
      try {
        bindConstants(program, parameters, constants);
        for (const [path, place] of numbers) checkTradingNumber(path, constants[place]);
      } catch (thrown) {
        throw atPoint(thrown, grid, parameters, places);
      }
      for (let axis = 0; axis < grid.length; axis += 1) kept[axis][count] = parameters[places[axis]];
      count += 1;
    }
    for (let axis = grid.length - 1; axis >= 0; axis -= 1) {
      digits[axis] = (digits[axis] + 1) % grid[axis].values.length;
      if (digits[axis] > 0) break;
    }
  }
  const columns = grid.map(({ name }, axis) => ({ name, index: places[axis], values: kept[axis].subarray(0, count) }));
  return { count, skippedByConstraints: product - count, base, columns };
}

function atPoint(thrown: unknown, grid: Grid, parameters: Float64Array, places: readonly number[]): unknown {
  if (!(thrown instanceof DeskError)) return thrown;
  const where = grid.map(({ name }, axis) => `${name} = ${parameters[places[axis]]}`).join(', ');
  return new DeskError(thrown.code, `${thrown.message} (at ${where})`, thrown.place);
}
