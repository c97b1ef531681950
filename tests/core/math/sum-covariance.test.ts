import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { halfLifeWeights } from '../../../core/math/half-life-weights.ts';
import { sumCovariance, weightedSum, weightedVariance } from '../../../core/math/sum-covariance.ts';

describe('sumCovariance', () => {
  // numpy 2.4.6: S = cov([Float64Array.of(1, 2, 4, 3), Float64Array.of(2, 0, 1, 5)]) = [[5/3, 1/3], [1/3, 14/3]]
  test('is that of numpy.cov', () => {
    const { means, variances, withSum, ofSum } = sumCovariance(
      [Float64Array.of(1, 2, 4, 3), Float64Array.of(2, 0, 1, 5)],
      [2, -1],
    );
    expect([...means]).toEqual([2.5, 2]);
    expect(variances[0]).toBeCloseTo(5 / 3, 14);
    expect(variances[1]).toBeCloseTo(14 / 3, 14);
    expect(withSum[0]).toBeCloseTo(3, 14);
    expect(withSum[1]).toBeCloseTo(-4, 14);
    expect(ofSum).toBeCloseTo(10, 14);
  });

  test('the weighted sum of covariances is the variance of the sum, which equals that of the summed series', () => {
    const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 12, maxLength: 12 });
    const column = values.map((array) => Float64Array.from(array));
    const cases = fc.tuple(fc.array(column, { minLength: 3, maxLength: 3 }), fc.integer({ min: 1, max: 30 }));
    fc.assert(
      fc.property(cases, ([columns, halfLife]) => {
        const weights = [0.5, -1.5, 2];
        const { withSum, ofSum } = sumCovariance(columns, weights, halfLife);
        const scale = Math.max(1, ofSum);
        expect(Math.abs(weights.reduce((sum, weight, i) => sum + weight * withSum[i], 0) - ofSum) / scale).toBeLessThan(
          1e-9,
        );
        const summed = weightedVariance(weightedSum(columns, weights), halfLifeWeights(12, halfLife));
        expect(Math.abs(summed - ofSum) / scale).toBeLessThan(1e-9);
      }),
    );
  });

  test('equal values vary by exactly 0, whatever their mean rounds to', () => {
    const { variances, withSum, ofSum } = sumCovariance([new Float64Array(13).fill(0.1)], [3], 4);
    expect([variances[0], withSum[0], ofSum]).toEqual([0, 0, 0]);
    expect(weightedVariance(new Float64Array(7).fill(0.1), halfLifeWeights(7))).toBe(0);
  });
});
