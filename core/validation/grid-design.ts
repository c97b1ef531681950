import { bindConstants } from '../strategy/bind.ts';
import { type CompiledStrategy, constraintPath, holds, orderedParameters } from '../strategy/compile.ts';
import type { Parameter } from '../strategy/strategy.ts';
import { expectedTradingNumber } from '../strategy/trading-numbers.ts';
import { DeskError } from '../errors.ts';
import { createPrng, type Prng } from '../math/prng.ts';

/** Which points of the parameters' ranges a sweep looks at. The first is always the defaults. */
export type GridDesign = Readonly<{
  method: 'fullGrid' | 'latinHypercube';
  /** Points of the whole grid, broken constraints included. */
  gridPoints: number;
  /** Points that were asked for and break a constraint, or make a window or size impossible. */
  skipped: number;
  /** All parameters in the order of the strategy's list. */
  points: readonly Float64Array[];
}>;

/** The values of a parameter: from + i x step to 12 digits, `to` included (specification, section 5). */
export function levelsOf({ min, max, step }: Parameter): readonly number[] {
  const levels: number[] = [];
  for (let index = 0; levels.length <= mostLevels; index += 1) {
    const value = Number((min + index * step).toPrecision(12));
    if (value > max) break;
    levels.push(value);
  }
  return levels;
}

/** A finer range than this is as good as continuous. */
const mostLevels = 100_000;
/** A grid up to this many times the limit is listed, since constraints may leave less than the limit. */
const listedOverLimit = 20;
/** Draws of the hypercube before one settles for fewer points than asked. */
const mostRounds = 20;

/**
 * The full grid where it has at most `maxPoints` valid points, else a seeded Latin hypercube of as many: each
 * parameter's range is cut into as many equal slices as there are points, and every slice is used once.
 * McKay, Beckman & Conover (1979), Technometrics 21(2).
 */
export function designGrid(
  compiled: CompiledStrategy,
  { maxPoints, seed }: Readonly<{ maxPoints: number; seed: number }>,
): GridDesign {
  const { parameters } = compiled.strategy;
  const levels = parameters.map(levelsOf);
  const gridPoints = levels.reduce((product, values) => product * values.length, 1);
  const isPossible = possiblePoints(compiled);
  const defaults = orderedParameters(compiled.strategy, {});
  if (gridPoints <= maxPoints * listedOverLimit) {
    const chosen = createChoice(defaults, isPossible);
    for (const point of wholeGrid(levels)) chosen.offer(point);
    if (chosen.points.length <= maxPoints) {
      return { method: 'fullGrid', gridPoints, skipped: chosen.skipped(), points: chosen.points };
    }
  }
  const chosen = createChoice(defaults, isPossible);
  const random = createPrng(seed);
  for (let round = 0; round < mostRounds && chosen.points.length < maxPoints; round += 1) {
    for (const point of hypercube(levels, maxPoints, random)) {
      if (chosen.points.length < maxPoints) chosen.offer(point);
    }
  }
  return { method: 'latinHypercube', gridPoints, skipped: chosen.skipped(), points: chosen.points };
}

/** Collects points: each once, the possible ones, the defaults first. */
function createChoice(defaults: Float64Array, isPossible: (point: Float64Array) => boolean) {
  const seen = new Set([defaults.join()]);
  const points = [defaults];
  let skipped = 0;
  return {
    points,
    skipped: () => skipped,
    offer(point: Float64Array): void {
      const key = point.join();
      if (seen.has(key)) return;
      seen.add(key);
      if (isPossible(point)) points.push(point);
      else skipped += 1;
    },
  };
}

/** The product of the levels, the last parameter changing fastest. */
function* wholeGrid(levels: readonly (readonly number[])[]): Generator<Float64Array> {
  const digits = levels.map(() => 0);
  for (;;) {
    yield Float64Array.from(digits, (digit, axis) => levels[axis][digit]);
    let axis = levels.length - 1;
    for (; axis >= 0; axis -= 1) {
      digits[axis] = (digits[axis] + 1) % levels[axis].length;
      if (digits[axis] > 0) break;
    }
    if (axis < 0) return;
  }
}

function hypercube(levels: readonly (readonly number[])[], count: number, random: Prng): readonly Float64Array[] {
  const slices = levels.map(() => shuffled(count, random));
  return Array.from({ length: count }, (_, point) =>
    Float64Array.from(levels, (values, axis) => {
      const place = (slices[axis][point] + random.nextFloat()) / count;
      return values[Math.floor(place * values.length)];
    }),
  );
}

/** 0..count-1 in random order (Fisher and Yates). */
export function shuffled(count: number, { nextBelow }: Prng): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = nextBelow(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** Whether a point lies in the ranges, breaks no constraint, and leaves every window, exit and size possible. */
export function possiblePoints({ strategy, program }: CompiledStrategy): (point: Float64Array) => boolean {
  const constants = new Float64Array(program.constantCount);
  const constraints = strategy.constraints.map((_, index) => program.numbers[constraintPath(index)] ?? -1);
  const numbers = Object.entries(program.numbers);
  return (point) => {
    program.computeConstants(point, constants);
    if (!constraints.every((place) => holds(constants[place]))) return false;
    if (numbers.some(([path, place]) => expectedTradingNumber(path, constants[place]) !== undefined)) return false;
    try {
      bindConstants(program, point, constants);
      return true;
    } catch (thrown) {
      if (thrown instanceof DeskError && thrown.code === 'BadInput') return false;
      throw thrown;
    }
  };
}
