import { expect, test } from 'vitest';
import { fitLine } from '../../../core/math/fit-line.ts';

// scipy 1.17.1: stats.linregress([1, 2, 3, 5], [2, 1, 4, 3]): slope 0.4, intercept 1.4, r 0.52915026
test('slope, intercept and squared correlation', () => {
  const line = fitLine([1, 2, 3, 5], [2, 1, 4, 3]);
  expect(line?.slope).toBeCloseTo(0.4, 12);
  expect(line?.intercept).toBeCloseTo(1.4, 12);
  expect(line?.r2).toBeCloseTo(0.28, 12);
});

test('no line where x varies by rounding only, no correlation where y does not', () => {
  expect(fitLine([0.1 + 0.2, 0.3], [1, 2])).toBeUndefined();
  expect(fitLine([1e6, 1e6], [1, 2])).toBeUndefined();
  expect(fitLine([1, 2, 3], [4, 4, 4])).toEqual({ slope: 0, intercept: 4, r2: 0 });
});
