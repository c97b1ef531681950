import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPrng } from '../../../core/math/prng.ts';
import { normalCdf } from '../../../core/math/normal.ts';
import { futilityP } from '../../../core/validation/futility.ts';

const rules = { resamples: 1_000, seed: 7 };

describe('futilityP', () => {
  test.each([
    ['only gains', [0.01, 0.02, 0.005], 0],
    ['only losses', [-0.01, -0.02], 1],
    ['nothing but zeros, which are no gain', [0, 0, 0], 1],
  ])('of %s', (_, returns, p) => {
    expect(futilityP(returns, rules)).toBe(p);
  });

  test('is the share of resampled means that are not positive, draw by draw', () => {
    const returns = [0.03, -0.02, 0.01, -0.015, 0.002];
    const { nextFloat } = createPrng(rules.seed);
    let notPositive = 0;
    for (let resample = 0; resample < rules.resamples; resample++) {
      const drawn = Array.from({ length: 5 }, () => returns[Math.floor(nextFloat() * 5)]);
      if (drawn.reduce((sum, value) => sum + value, 0) <= 0) notPositive++;
    }
    expect(futilityP(returns, rules)).toBe(notPositive / rules.resamples);
  });

  // With many trades the bootstrap distribution of the mean is normal: p is near Phi(-t). 4 standard errors of 1,000
  // resamples are at most 0.063; skewness of 100 uniform returns adds little.
  test('agrees with the normal approximation', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: -0.003, max: 0.003, noNaN: true }),
        (seed, mean) => {
          const { nextFloat } = createPrng(seed);
          const returns = Array.from({ length: 100 }, () => mean + (nextFloat() - 0.5) * 0.04);
          const average = returns.reduce((sum, value) => sum + value, 0) / 100;
          const sd = Math.sqrt(returns.reduce((sum, value) => sum + (value - average) ** 2, 0) / 100);
          const expected = normalCdf(-average / (sd / 10));
          expect(Math.abs(futilityP(returns, { resamples: 1_000, seed }) - expected)).toBeLessThan(0.08);
        },
      ),
      { seed: 1, numRuns: 30 },
    );
  });
});
