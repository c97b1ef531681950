import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPrng } from '../../../core/math/prng.ts';
import { designGrid, levelsOf, possiblePoints, shuffled } from '../../../core/validation/grid-design.ts';
import { neighboursOf, plateauScore } from '../../../core/validation/plateau.ts';
import { compiledFrom } from './strategies.ts';

const means = (fast: string, slow: string) =>
  compiledFrom(`parameters:
  fast: ${fast}
  slow: ${slow}
constraints: [fast < slow]
signals: { enterLong: "crossover(sma(close, fast), sma(close, slow))", exitLong: "crossunder(sma(close, fast), sma(close, slow))" }
`);

describe('designGrid', () => {
  const small = means('{ default: 4, min: 2, max: 6, step: 2 }', '{ default: 10, min: 4, max: 10, step: 3 }');

  test('takes the full grid where it is small, the defaults first, broken constraints counted', () => {
    // 3 x 3 points; (4, 4), (6, 4) break fast < slow.
    const { method, gridPoints, skipped, points } = designGrid(small, { maxPoints: 500, seed: 1 });
    expect({ method, gridPoints, skipped, count: points.length }).toEqual({
      method: 'fullGrid',
      gridPoints: 9,
      skipped: 2,
      count: 7,
    });
    expect(Array.from(points[0])).toEqual([4, 10]);
    expect(new Set(points.map((point) => point.join())).size).toBe(7);
  });

  test('counts the limit after the constraints', () => {
    expect(designGrid(small, { maxPoints: 7, seed: 1 }).method).toBe('fullGrid');
    expect(designGrid(small, { maxPoints: 6, seed: 1 }).method).toBe('latinHypercube');
  });

  const large = means('{ default: 20, min: 2, max: 201, step: 1 }', '{ default: 300, min: 202, max: 401, step: 1 }');

  test('samples a large grid by a Latin hypercube: every slice of every range once, the same for the same seed', () => {
    const design = (seed: number) => designGrid(large, { maxPoints: 100, seed });
    const { method, gridPoints, points } = design(7);
    expect({ method, gridPoints, count: points.length }).toEqual({
      method: 'latinHypercube',
      gridPoints: 40_000,
      count: 100,
    });
    // 200 levels and 100 slices: two levels a slice. The defaults take the place of the last of the hundred.
    const slices = new Set(points.slice(1).map(([fast]) => Math.floor((fast - 2) / 2)));
    expect(slices.size).toBe(99);
    expect(design(7)).toEqual({ ...design(7) });
    expect(design(8).points).not.toEqual(points);
  });

  test('a strategy without parameters has one point', () => {
    const plain = compiledFrom('signals: { enterLong: "close > open", exitLong: "close < open" }');
    expect(designGrid(plain, { maxPoints: 500, seed: 1 })).toMatchObject({ method: 'fullGrid', gridPoints: 1 });
    expect(designGrid(plain, { maxPoints: 500, seed: 1 }).points).toHaveLength(1);
  });

  test('points that make a window impossible are left out and counted, not refused', () => {
    const lagged = compiledFrom(`parameters: { a: { default: 6, min: 1, max: 6, step: 1 } }
signals: { enterLong: "sma(close, a - 2) > close", exitLong: "close > open" }`);
    expect(designGrid(lagged, { maxPoints: 500, seed: 1 })).toMatchObject({ skipped: 2 });
    expect(possiblePoints(lagged)(Float64Array.of(2))).toBe(false);
  });
});

test('levelsOf counts from the minimum in steps, to 12 digits, never beyond the maximum', () => {
  const parameter = { name: 'x', default: 0.1, min: 0.1, max: 0.75, step: 0.2, integer: false };
  expect(levelsOf(parameter)).toEqual([0.1, 0.3, 0.5, 0.7]);
});

test('shuffled is a permutation', () => {
  fc.assert(
    fc.property(fc.nat(50), fc.nat(), (count, seed) => {
      const sorted = Array.from(shuffled(count, createPrng(seed))).toSorted((a, b) => a - b);
      expect(sorted).toEqual(Array.from({ length: count }, (_, index) => index));
    }),
  );
});

describe('neighboursOf', () => {
  test('moves each parameter 10 and 20 % and pairs 20 %, integers by one at least, inside the range', () => {
    const compiled = compiledFrom(`parameters:
  n: { default: 3, min: 1, max: 4 }
  x: { default: 0.5, min: 0.1, max: 0.57 }
signals: { enterLong: "sma(close, n) > x", exitLong: "close < x" }`);
    const found = neighboursOf(compiled).map((point) => Array.from(point).join(' '));
    // n: 3 -> 2 and 4 for 10 as for 20 %; x: 0.4, 0.45, 0.55 and 0.57 instead of 0.6; pairs at 20 %.
    expect(found).toEqual([
      '2 0.5',
      '4 0.5',
      '3 0.4',
      '3 0.45',
      '3 0.55',
      '3 0.57',
      '2 0.4',
      '2 0.57',
      '4 0.4',
      '4 0.57',
    ]);
  });

  test('a parameter at 0 moves by its step', () => {
    const compiled = compiledFrom(`parameters: { h: { default: 0, min: 0, max: 23, step: 2 } }
signals: { enterLong: "hour == h", exitLong: "hour != h" }`);
    expect(neighboursOf(compiled).map(([h]) => h)).toEqual([2]);
  });

  test('a strategy without parameters has none', () => {
    expect(neighboursOf(compiledFrom('signals: { enterLong: "close > open" }'))).toEqual([]);
  });
});

describe('plateauScore', () => {
  test('is the median neighbour over the centre; who never trades counts as 0', () => {
    expect(plateauScore(2, [1, 1.6, 3])).toBe(0.8);
    expect(plateauScore(2, [1, NaN, NaN])).toBe(0);
  });

  test('is missing where the centre earns nothing', () => {
    expect(plateauScore(0, [1])).toBeUndefined();
    expect(plateauScore(NaN, [1])).toBeUndefined();
  });
});
