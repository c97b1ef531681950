import { expect, test } from 'vitest';
import { countGaps, missingShare } from '../../../core/market/gaps.ts';

const hour = 3_600_000;
const hours = (...indexes: number[]) => Float64Array.from(indexes, (index) => index * hour);

test.each([
  ['no bars', [], 0, 0],
  ['one bar', [5], 0, 0],
  ['no hole', [5, 6, 7], 0, 0],
  ['one hole of two bars', [5, 8], 1, 2],
  ['two holes', [0, 1, 3, 4, 9], 2, 5],
])('%s', (_, indexes, gaps, missingBars) => expect(countGaps(hours(...indexes), '1h')).toEqual({ gaps, missingBars }));

test('times that are wrong are not counted as holes', () => {
  expect(countGaps(Float64Array.of(2 * hour, hour, Number.NaN, hour), '1h')).toEqual({ gaps: 0, missingBars: 0 });
});

test('the share is of the bars that the window should hold', () => {
  expect(missingShare({ gaps: 1, missingBars: 8 }, 4)).toBeCloseTo(8 / 12, 15);
  expect(missingShare({ gaps: 0, missingBars: 0 }, 0)).toBe(0);
});
