import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldSpans, purge, trainRows } from '../../../../core/validation/statistics/cross-validation.ts';

/** Rows, how far each label reaches, which of the folds are tested, and the embargo. */
const cases = fc
  .record({ folds: fc.integer({ min: 2, max: 6 }), size: fc.integer({ min: 2, max: 8 }) })
  .chain(({ folds, size }) =>
    fc.record({
      folds: fc.constant(folds),
      reach: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: folds * size, maxLength: folds * size + folds - 1 }),
      tested: fc.subarray([...Array(folds).keys()], { minLength: 1 }),
      embargo: fc.integer({ min: 0, max: 4 }),
    }),
  );

describe('rows to train on', () => {
  test('are by definition: no label overlaps a tested one, and none follows within the embargo', () => {
    fc.assert(
      fc.property(cases, fc.constantFrom('first', 'last'), ({ folds, reach, tested, embargo }, remainder) => {
        const observations = reach.length;
        const tests = foldSpans(observations, folds, remainder).filter((_, fold) => tested.includes(fold));
        const endOf = (row: number) => Math.min(observations - 1, row + (reach[row] ?? 0));
        const isTested = (row: number) => tests.some(({ from, to }) => row >= from && row < to);
        const isLeft = (row: number) =>
          tests.some(({ from, to }) => {
            const last = Math.max(...Array.from({ length: to - from }, (_, i) => endOf(from + i)));
            return (row <= last && endOf(row) >= from) || (row > last && row <= last + embargo);
          });
        const rows = [...Array(observations).keys()];
        const labels = { endOf, longest: Math.max(...reach) };
        expect(trainRows({ observations, tests, labels, embargo })).toEqual({
          train: rows.filter((row) => !isTested(row) && !isLeft(row)),
          purged: rows.filter((row) => !isTested(row) && isLeft(row)).length,
        });
      }),
    );
  });

  test('a purge of so many rows is a label of that length', () => {
    const { train } = purge({ observations: 20, tests: [{ from: 8, to: 11 }], purge: 2, embargo: 3 });
    expect(train).toEqual([0, 1, 2, 3, 4, 5, 16, 17, 18, 19]);
  });
});

describe('folds', () => {
  const sizes = (remainder: 'last' | 'first') => foldSpans(11, 4, remainder).map(({ from, to }) => to - from);

  test('of 11 rows leave the 3 over to the last, or one each to the first', () => {
    expect(sizes('last')).toEqual([2, 2, 2, 5]);
    expect(sizes('first')).toEqual([3, 3, 3, 2]);
  });
});
