import { expect, it } from 'vitest';
import { normalCdf } from '../../../core/math/normal.ts';

// scipy.stats.norm.cdf
it.each([
  [0, 0.5],
  [1, 0.8413447460685429],
  [-1.959963984540054, 0.025],
  [-8, 6.220960574271785e-16],
  [-30, 4.906713927148187e-198],
  [40, 1],
])('the normal distribution up to %d', (x, probability) => {
  expect(Math.abs(normalCdf(x) / probability - 1)).toBeLessThan(1e-12);
});
