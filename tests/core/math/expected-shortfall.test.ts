import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectedShortfall } from '../../../core/math/expected-shortfall.ts';

const losses = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 20, maxLength: 80 });

describe('expectedShortfall', () => {
  test('is the mean of the tail where the tail is whole', () => {
    const tenths = Float64Array.from({ length: 20 }, (_, i) => i / 10);
    const { valueAtRisk, expectedShortfall: shortfall } = expectedShortfall(tenths, 0.9);
    expect(valueAtRisk).toBe(1.7);
    expect(shortfall).toBeCloseTo(1.85, 14);
  });

  test('minimises v + mean(max(loss - v, 0)) / (1 - confidence), as Rockafellar and Uryasev define it', () => {
    fc.assert(
      fc.property(losses, fc.double({ min: 0.5, max: 0.98, noNaN: true }), (values, confidence) => {
        const at = (v: number) =>
          v + values.reduce((sum, loss) => sum + Math.max(loss - v, 0), 0) / values.length / (1 - confidence);
        const { expectedShortfall: shortfall } = expectedShortfall(Float64Array.from(values), confidence);
        expect(Math.abs(shortfall - Math.min(...values.map(at)))).toBeLessThan(1e-6);
      }),
    );
  });
});
