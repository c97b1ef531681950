import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { spearman } from '../../../core/math/spearman.ts';

const ofLists = (left: readonly number[], right: readonly number[]) =>
  spearman(Float64Array.from(left), Float64Array.from(right));

it('is the rank correlation of scipy.stats.spearmanr, ties by their mean rank', () => {
  expect(ofLists([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 14); // scipy's own example
  expect(ofLists([1, 2, 3], [30, 20, 10])).toBe(-1);
  expect(ofLists([1, 1, 1], [1, 2, 3])).toBeNaN();
});

it('sees only the order of the values', () => {
  const pairs = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), { minLength: 2 });
  fc.assert(
    fc.property(pairs, (list) => {
      const [left, right] = [list.map(([x]) => x), list.map(([, y]) => y)];
      const plain = ofLists(left, right);
      expect(
        ofLists(
          left.map((x) => Math.exp(x)),
          right,
        ),
      ).toEqual(plain);
      expect(ofLists(right, left)).toEqual(plain);
      const turned = ofLists(
        left.map((x) => -x),
        right,
      );
      expect(Number.isNaN(plain) ? Number.isNaN(turned) : Math.abs(turned + plain) < 1e-12).toBe(true);
    }),
  );
});
