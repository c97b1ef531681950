import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isConstant, largestSize } from '../../../core/math/constant.ts';

describe('isConstant', () => {
  test.each([
    [[], true],
    [[3], true],
    [[0, 0], true],
    [[0.1 + 0.2, 0.3], true],
    [[1, 1 + 1e-11], false],
    [[1e9, 1e9 + 1e-4], true],
    [[0, 1e-300], false],
    [[-1, 1], false],
  ])('%j: %s', (values, constant) => {
    expect(isConstant(values)).toBe(constant);
  });

  test('neither sign nor a power of two as unit matters', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, (column) => {
        expect(isConstant(column.map((value) => -value / 8))).toBe(isConstant(column));
      }),
    );
  });
});

test('the largest size is that of either sign', () => {
  expect([largestSize([]), largestSize([1, -3, 2]), largestSize([-0])]).toEqual([0, 3, 0]);
});
