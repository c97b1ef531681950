import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { symmetricEigen } from '../../../core/math/symmetric-eigen.ts';

const expectClose = (actual: ArrayLike<number>, expected: readonly number[], digits = 13) => {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => expect(actual[i]).toBeCloseTo(value, digits));
};

const symmetric = fc
  .integer({ min: 1, max: 8 })
  .chain((n) =>
    fc
      .array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: n * n, maxLength: n * n })
      .map((cells) =>
        Array.from({ length: n }, (_, i) =>
          Array.from({ length: n }, (_unused, j) => (cells[i * n + j] + cells[j * n + i]) / 100),
        ),
      ),
  );

describe('symmetricEigen', () => {
  // numpy 2.4.6: linalg.eigh, falling order, signs so that the largest entry is positive
  test('is numpy.linalg.eigh', () => {
    const { values, vectors } = symmetricEigen([
      [4, 1, -2],
      [1, 3, 0.5],
      [-2, 0.5, 2],
    ]);
    expectClose(values, [5.393261411079708, 3.2013052242071343, 0.40543336471315894]);
    expectClose(vectors[0], [0.8484812030823891, 0.25799100877458536, -0.4620825547532962]);
  });

  test('of a matrix that is diagonal already: its diagonal, and the axes', () => {
    const { values, vectors } = symmetricEigen([
      [1, 0],
      [0, 5],
    ]);
    expect([...values]).toEqual([5, 1]);
    expect(vectors.map((vector) => [...vector])).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });

  test('vectors are orthonormal, and rebuild the matrix', () => {
    fc.assert(
      fc.property(symmetric, (matrix) => {
        const { values, vectors } = symmetricEigen(matrix);
        const size = Math.max(1, ...values.map(Math.abs));
        matrix.forEach((row, i) =>
          row.forEach((cell, j) => {
            const rebuilt = vectors.reduce((sum, vector, k) => sum + values[k] * vector[i] * vector[j], 0);
            const product = vectors[i].reduce((sum, value, t) => sum + value * vectors[j][t], 0);
            expect(Math.abs(rebuilt - cell) / size).toBeLessThan(1e-13);
            expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-13);
          }),
        );
        values.forEach((value, k) => expect(k === 0 || value <= values[k - 1]).toBe(true));
      }),
    );
  });

  test('entries far apart in size converge, and the input stays as it was', () => {
    const matrix = [
      [1e12, 1, 1e-6],
      [1, 1, 1e-3],
      [1e-6, 1e-3, 1e-12],
    ];
    const before = structuredClone(matrix);
    const { values } = symmetricEigen(matrix);
    // mpmath 1.3.0 at 50 digits: eigsy; -9.99997999996e-7 is within the rounding of the middle entry, 1
    expectClose(Float64Array.of(values[0] / 1e12, values[1], values[2]), [1, 1.000000999998, -9.99997999996e-7]);
    expect(matrix).toEqual(before);
  });
});
