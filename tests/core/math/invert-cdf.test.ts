import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { chiSquaredQuantile, chiSquaredTail } from '../../../core/math/chi-squared.ts';
import { studentTCdf, studentTQuantile } from '../../../core/math/student-t.ts';

// scipy 1.17.1: stats.t.ppf(p, df), stats.chi2.ppf(p, df)
test.each([
  [studentTQuantile(0.975, 3), 3.182446305283708],
  [studentTQuantile(0.975, 9), 2.262157162798205],
  [studentTQuantile(0.025, 9), -2.262157162798205],
  [chiSquaredQuantile(0.95, 4), 9.487729036781154],
  [chiSquaredQuantile(0.95, 49), 66.33864886296884],
])('%d is scipy’s %d', (value, expected) => {
  expect(Math.abs(value / expected - 1)).toBeLessThan(1e-12);
});

test('quantiles undo their distributions', () => {
  const probability = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
  fc.assert(
    fc.property(probability, fc.integer({ min: 1, max: 200 }), (p, df) => {
      expect(Math.abs(studentTCdf(studentTQuantile(p, df), df) - p)).toBeLessThan(1e-12);
      expect(Math.abs(1 - chiSquaredTail(chiSquaredQuantile(p, df), df) - p)).toBeLessThan(1e-12);
    }),
  );
});

test('the tail of chi-squared has its digits where it is tiny', () => {
  // With 2 degrees of freedom it is exp(-x / 2), with 4 that times 1 + x / 2.
  for (const x of [1, 9, 40, 150, 900]) {
    expect(Math.abs(chiSquaredTail(x, 2) / Math.exp(-x / 2) - 1)).toBeLessThan(1e-12);
    expect(Math.abs(chiSquaredTail(x, 4) / (Math.exp(-x / 2) * (1 + x / 2)) - 1)).toBeLessThan(1e-12);
  }
  expect(chiSquaredTail(150, 5)).toBeGreaterThan(1e-31);
  expect(chiSquaredTail(150, 5)).toBeLessThan(2e-30);
  expect(chiSquaredTail(Infinity, 5)).toBe(0);
});
