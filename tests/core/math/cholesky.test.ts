import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cholesky } from '../../../core/math/cholesky.ts';

const square = fc
  .integer({ min: 1, max: 6 })
  .chain((n) =>
    fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: n, maxLength: n }), { minLength: n, maxLength: n }),
  );

describe('cholesky', () => {
  // Golub & Van Loan (2013), section 4.2.1's kind of case, by hand: [[4, 2], [2, 10]] = L L', L = [[2, 0], [1, 3]]
  test('factors and solves', () => {
    const factor = cholesky([
      [4, 2],
      [2, 10],
    ]);
    expect(factor?.lower.map((row) => [...row])).toEqual([[2], [1, 3]]);
    expect([...(factor?.forward([2, 7]) ?? [])]).toEqual([1, 2]);
    expect([...(factor?.backward([5, 6]) ?? [])]).toEqual([1.5, 2]);
  });

  test('forward then backward solves A x = b', () => {
    fc.assert(
      fc.property(square, (root) => {
        const matrix = root.map((row, i) =>
          root.map((other, j) => row.reduce((sum, value, k) => sum + value * other[k], i === j ? 1 : 0)),
        );
        const right = root.map((_, i) => i + 1);
        const factor = cholesky(matrix);
        if (factor === undefined) throw new Error('refused a positive definite matrix');
        const solution = factor.backward(factor.forward(right));
        matrix.forEach((row, i) => {
          const product = row.reduce((sum, value, j) => sum + value * solution[j], 0);
          expect(product).toBeCloseTo(right[i], 8);
        });
      }),
    );
  });

  test.each([
    [
      'an indefinite matrix',
      [
        [1, 2],
        [2, 1],
      ],
      0,
    ],
    [
      'a singular one',
      [
        [1, 1],
        [1, 1],
      ],
      0,
    ],
    ['one not a number', [[Number.NaN]], 0],
    [
      'one with a pivot below the least',
      [
        [1, 0.999],
        [0.999, 1],
      ],
      0.01,
    ],
  ])('has no factor for %s', (_, matrix, least) => {
    expect(cholesky(matrix, least)).toBeUndefined();
  });
});
