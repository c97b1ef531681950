import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnOf, listOf, numberList } from '../../../core/math/copies.ts';

test('copies hold the same numbers and nothing of the original', () => {
  fc.assert(
    fc.property(fc.array(fc.double()), (values) => {
      const column = columnOf(values);
      expect(column).toEqual(Float64Array.from(values));
      const list = listOf(column);
      expect(list).toEqual(values);
      column.fill(1);
      expect(list).toEqual(values);
    }),
  );
});

test('a list to be filled has its length, and plain JSON once it is filled', () => {
  expect(numberList(0)).toEqual([]);
  const list = numberList(3);
  expect(list).toHaveLength(3);
  list.fill(2);
  expect(JSON.stringify(list)).toBe('[2,2,2]');
});
