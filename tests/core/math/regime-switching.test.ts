import { describe, expect, test } from 'vitest';
import { emptyRegime, filterRegimes, fitRegimes } from '../../../core/math/regime-switching.ts';
import { createPrng } from '../../../core/math/prng.ts';

const model = {
  means: [-1, 1],
  variances: [0.25, 0.5],
  transition: [
    [0.95, 0.05],
    [0.1, 0.9],
  ],
};

/** A path of the model, by uniform draws only: sums of twelve are normal enough. */
function path(length: number): Float64Array {
  const prng = createPrng(42);
  const normal = () => Array.from({ length: 12 }, () => prng.nextFloat()).reduce((sum, value) => sum + value, -6);
  let regime = 0;
  return Float64Array.from({ length }, () => {
    if (prng.nextFloat() > model.transition[regime][regime]) regime = 1 - regime;
    return model.means[regime] + Math.sqrt(model.variances[regime]) * normal();
  });
}

const terms = { maxIterations: 500, tolerance: 1e-10, varianceFloor: 1e-6 };

describe('a hidden Markov chain over normal regimes', () => {
  test('EM finds the model that made the data', () => {
    const fitted = fitRegimes(path(5_000), { ...model, means: [-0.2, 0.3], variances: [1, 1] }, terms);
    if (fitted === emptyRegime) throw new Error(fitted);
    expect(fitted.converged).toBe(true);
    fitted.model.means.forEach((mean, k) => expect(Math.abs(mean - model.means[k])).toBeLessThan(0.06));
    fitted.model.transition.forEach((row, i) => expect(Math.abs(row[i] - model.transition[i][i])).toBeLessThan(0.02));
  });

  test('the likelihood rises from step to step, but for what the start leaves out', () => {
    const values = path(400);
    const start = { ...model, means: [-0.2, 0.3], variances: [1, 1] };
    const likelihoods = [1, 2, 4, 8, 16].map((maxIterations) => {
      const fitted = fitRegimes(values, start, { ...terms, maxIterations });
      return fitted === emptyRegime ? NaN : fitted.logLikelihood;
    });
    likelihoods.slice(1).forEach((next, i) => expect(next).toBeGreaterThan(likelihoods[i] - 1e-6));
  });

  test('two equal regimes are one normal distribution', () => {
    const values = path(50);
    const alike = { ...model, means: [0, 0], variances: [2, 2] };
    const logDensity = (x: number) => -0.5 * Math.log(4 * Math.PI) - (x * x) / 4;
    const pass = filterRegimes(values, alike);
    expect(pass?.logLikelihood).toBeCloseTo(
      values.reduce((sum, x) => sum + logDensity(x), 0),
      9,
    );
  });

  test('values far from every regime do not underflow', () => {
    expect(filterRegimes(Float64Array.of(1e5, -1e5), model)?.filtered).toEqual([0, 1]);
  });
});
