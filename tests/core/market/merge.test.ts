import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BarColumns } from '../../../core/market/checks.ts';
import { mergeBars } from '../../../core/market/merge.ts';

const barsAt = (times: readonly number[], close = 10): BarColumns => {
  const column = (value: number) => Float64Array.from(times, () => value);
  return {
    timeMs: Float64Array.from(times),
    open: column(10),
    high: column(20),
    low: column(5),
    close: column(close),
    volume: column(1),
  };
};

test('holds every time of both once, in order', () => {
  const times = fc.uniqueArray(fc.integer({ min: 1, max: 99 })).map((list) => list.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(times, times, (there, added) => {
      const { columns, contradictions } = mergeBars(barsAt(there), barsAt(added));
      expect([...columns.timeMs]).toEqual([...new Set([...there, ...added])].toSorted((a, b) => a - b));
      expect(contradictions).toEqual([]);
    }),
  );
});

test('lists what contradicts by its index in the added bars, and takes the added value', () => {
  const { columns, contradictions } = mergeBars(barsAt([1, 2, 3]), barsAt([2, 4], 11));
  expect(contradictions).toEqual([{ index: 0, field: 'close', there: 10, added: 11 }]);
  expect([...columns.close]).toEqual([10, 11, 10, 11]);
});
