import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pearson, pearsonMatrix } from '../../../core/math/pearson.ts';

describe('pearson', () => {
  test('is scipy.stats.pearsonr', () => {
    // scipy 1.17.1: pearsonr([1, 2, 4, 3, 7], [2, 0, 1, 5, 6]).statistic
    expect(pearson([1, 2, 4, 3, 7], [2, 0, 1, 5, 6])).toBeCloseTo(0.6460786553020825, 14);
  });

  test('scale and place do not matter, the sign of a scale does', () => {
    const column = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(column, column, (left, right) => {
        fc.pre(new Set(left).size > 1 && new Set(right).size > 1);
        const plain = pearson(left, right);
        expect(
          pearson(
            left.map((value) => 3 * value - 8),
            right,
          ),
        ).toBeCloseTo(plain, 12);
        expect(
          pearson(
            right,
            left.map((value) => -value),
          ),
        ).toBeCloseTo(-plain, 12);
      }),
    );
  });

  test('is NaN where one side does not vary', () => {
    expect(pearson([1, 1, 1], [1, 2, 3])).toBeNaN();
  });
});

test('the matrix holds the correlation of each pair', () => {
  const column = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 7, maxLength: 7 });
  fc.assert(
    fc.property(fc.array(column, { minLength: 1, maxLength: 4 }), (columns) => {
      const matrix = pearsonMatrix(columns);
      columns.forEach((left, i) =>
        columns.forEach((right, j) => {
          const expected = i === j ? 1 : pearson(left, right);
          const distance = Number.isNaN(expected) ? Number(!Number.isNaN(matrix[i][j])) : matrix[i][j] - expected;
          expect(Math.abs(distance)).toBeLessThan(1e-12);
        }),
      );
    }),
  );
});
