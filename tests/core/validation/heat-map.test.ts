import { expect, test } from 'vitest';
import { heatMapOf } from '../../../core/validation/heat-map.ts';
import type { Parameter } from '../../../core/strategy/strategy.ts';

const parameter = (name: string): Parameter => ({ name, default: 1, min: 1, max: 5, step: 1, integer: true });

/** A sweep over a full grid of 5 x 3 x 2 points of parameters a, b and c; `sharpeOf` says what each gives. */
function mapOf(names: readonly string[], sharpeOf: (values: readonly number[]) => number) {
  const levels = [5, 3, 2].slice(0, names.length);
  const points = levels
    .reduce<number[][]>(
      (sofar, count) => sofar.flatMap((head) => Array.from({ length: count }, (_, level) => [...head, level + 1])),
      [[]],
    )
    .map((values) => Float64Array.from(values));
  return heatMapOf(
    { parameters: names.map(parameter) },
    {
      design: { points },
      table: { sharpe: (place: number) => sharpeOf([...points[place]]) },
      outOfSample: { from: 0, to: 1 },
    },
  );
}

test('shows the two parameters that most hangs on, whatever their levels', () => {
  const map = mapOf(['a', 'b', 'c'], ([a = 0, b = 0, c = 0]) => a * 0.01 + b + c * 2);
  expect(map).toMatchObject({ x: 'b', y: 'c', xs: [1, 2, 3], ys: [1, 2] });
  // The mean over a: 0.03, and b + 2 c.
  expect(map?.sharpe[1]?.[2]).toBeCloseTo(7.03, 12);
});

test('equal ones: those with more levels, the widest across', () => {
  expect(mapOf(['a', 'b', 'c'], () => 0.5)).toMatchObject({ x: 'a', y: 'b' });
  expect(mapOf(['a', 'b'], ([, b = 0]) => b)).toMatchObject({ x: 'a', y: 'b' });
});

test('points without a Sharpe ratio leave their cell to the others, or empty', () => {
  const map = mapOf(['a', 'b'], ([a = 0, b = 0]) => (a === 1 && b === 1 ? Number.NaN : 1));
  expect(map?.sharpe[0]?.[0]).toBeNull();
  expect(map?.sharpe[1]?.[0]).toBe(1);
});

test('a sweep in which nothing trades is a map of empty cells', () => {
  const map = mapOf(['a', 'b'], () => Number.NaN);
  expect(map?.sharpe.flat().every((cell) => cell === null)).toBe(true);
});

test('one parameter makes no map', () => {
  expect(mapOf(['a'], () => 1)).toBeUndefined();
});
