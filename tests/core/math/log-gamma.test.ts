import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { logGamma } from '../../../core/math/log-gamma.ts';

// scipy 1.17.1 special.gammaln
test.each([
  [0.5, 0.5723649429247001],
  [1, 0],
  [1.025, -0.013922506728771399],
  [3.5, 1.2009736023470743],
  [7.25, 7.0521854507385395],
  [250.5, 1131.2840013322552],
])('logGamma(%d) is %d', (x, expected) => {
  expect(Math.abs(logGamma(x) - expected)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(expected)));
});

test('the next one is larger by the logarithm', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 300, noNaN: true }), (x) => {
      expect(logGamma(x + 1) - logGamma(x)).toBeCloseTo(Math.log(x), 10);
    }),
  );
});
