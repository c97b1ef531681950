import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkColumns, maxRowErrors, type ReadColumns, smallestSpacing } from '../../../core/market/checks.ts';

const hour = 3_600_000;

function columns(rows: readonly (readonly [number, number, number, number, number, number])[]): ReadColumns {
  const column = (index: number) => Float64Array.from(rows, (row) => row[index]);
  const [timeMs, open, high, low, close, volume] = [0, 1, 2, 3, 4, 5].map(column);
  return { timeMs, open, high, low, close, volume, rowOf: (index) => index + 2, rowErrors: [] };
}

const good = [hour, 100, 101, 99, 100.5, 1] as const;

test.each([
  ['a high that misses the close by a rounding', [hour, 100, 100.5 * (1 - 9e-10), 99, 100.5, 1]],
  ['a low that misses the open by a rounding', [hour, 100, 101, 100 * (1 + 9e-10), 100.5, 1]],
  ['no volume', [hour, 100, 101, 99, 100.5, 0]],
] as const)('accepts %s', (_, row) => expect(checkColumns(columns([row]), '1h').errors).toEqual([]));

test.each([
  ['timestamp', [hour + 1, 100, 101, 99, 100.5, 1]],
  ['timestamp', [Number.NaN, 100, 101, 99, 100.5, 1]],
  ['open', [hour, 0, 101, 99, 100.5, 1]],
  ['high', [hour, 100, Infinity, 99, 100.5, 1]],
  ['high', [hour, 100, 100.5 * (1 - 2e-9), 99, 100.5, 1]],
  ['low', [hour, 100, 101, 100 * (1 + 2e-9), 100.5, 1]],
  ['low', [hour, 100, 101, -1, 100.5, 1]],
  ['close', [hour, 100, 101, 99, Number.NaN, 1]],
  ['volume', [hour, 100, 101, 99, 100.5, -1]],
  ['volume', [hour, 100, 101, 99, 100.5, Infinity]],
] as const)('names %s in %o', (field, row) => {
  expect(checkColumns(columns([row]), '1h').errors).toMatchObject([{ row: 2, field }]);
});

test('a time that jumps back is named, and what follows is measured against the latest', () => {
  const rows = [4, 2, 3, 5].map((index) => [index * hour, ...good.slice(1)] as unknown as typeof good);
  expect(checkColumns(columns(rows), '1h').errors.map(({ row }) => row)).toEqual([3, 4]);
});

test('lists a hundred errors and counts all', () => {
  const rows = Array.from({ length: 500 }, () => [1, 100, 101, 99, 100.5, -1] as const);
  const { errors, count } = checkColumns(columns(rows), '1h');
  expect(errors).toHaveLength(maxRowErrors);
  expect(count).toBe(1000); // off the grid or repeated, and the volume
});

test('finds an error wherever one is planted', () => {
  fc.assert(
    fc.property(fc.nat(49), fc.constantFrom('open', 'high', 'low', 'close', 'volume'), (at, field) => {
      const rows = columns(
        Array.from({ length: 50 }, (_, i) => [(i + 1) * hour, ...good.slice(1)] as unknown as typeof good),
      );
      rows[field as 'open'][at] = Number.NaN;
      expect(checkColumns(rows, '1h').errors).toMatchObject([{ row: at + 2, field }]);
    }),
  );
});

test.each([
  ['hours', [1, 2, 3], '1h'],
  ['hours with a hole', [1, 5, 6], '1h'],
  ['hours of which one is a millisecond late', [1, 2 + 1 / hour, 3, 4], '1h'],
  ['one bar', [1], undefined],
  ['sevenths', [1, 1 + 7 / 60, 1 + 14 / 60], undefined],
])('the smallest spacing of %s', (_, hours, timeframe) => {
  expect(smallestSpacing(Float64Array.from(hours, (at) => Math.round(at * hour)))).toBe(timeframe);
});
