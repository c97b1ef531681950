import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createExtremes, highestIn, lowestIn } from '../../../../core/backtest/sweep/extremes.ts';

test('the extremes of every range are those of its values', () => {
  const columns = fc.array(
    fc.double({ noNaN: true }).map((value) => value + 0),
    { minLength: 1, maxLength: 300 },
  );
  fc.assert(
    fc.property(columns, fc.nat(), fc.nat(), (list, a, b) => {
      const [from, to] = [a % list.length, b % list.length].toSorted((x, y) => x - y) as [number, number];
      const extremes = createExtremes(Float64Array.from(list));
      const part = list.slice(from, to + 1);
      expect(lowestIn(extremes, from, to)).toBe(Math.min(...part));
      expect(highestIn(extremes, from, to)).toBe(Math.max(...part));
      expect([extremes.least, extremes.most]).toEqual([Math.min(...list), Math.max(...list)]);
    }),
  );
});
