import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nelderMead } from '../../../core/math/nelder-mead.ts';

const options = { step: 1, pointTolerance: 1e-9, valueTolerance: 1e-12, maxEvaluations: 2_000 };

describe('nelderMead', () => {
  test('finds the minimum of the Rosenbrock function at (1, 1)', () => {
    const { point, value } = nelderMead(([x, y]) => 100 * (y - x * x) ** 2 + (1 - x) ** 2, [-1.2, 1], options);
    expect(value).toBeLessThan(1e-12);
    expect(point[0]).toBeCloseTo(1, 6);
    expect(point[1]).toBeCloseTo(1, 6);
  });

  test('finds the bottom of any bowl', () => {
    const place = fc.double({ min: -10, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 3 }), (bottom) => {
        const bowl = (point: Float64Array) => point.reduce((sum, x, i) => sum + (i + 1) * (x - bottom[i]) ** 2, 3);
        const { point, value } = nelderMead(bowl, new Float64Array(bottom.length), options);
        expect(value).toBeCloseTo(3, 9);
        bottom.forEach((b, i) => expect(point[i]).toBeCloseTo(b, 4));
      }),
    );
  });

  test('walks away from NaN, and stops at its limit', () => {
    const { point } = nelderMead(([x]) => Math.log(x) ** 2, [0.5], options);
    expect(point[0]).toBeCloseTo(1, 6);
    const { evaluations } = nelderMead(([x]) => -x, [0], { ...options, maxEvaluations: 50 });
    expect(evaluations).toBeLessThanOrEqual(53);
  });
});
