import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'risk_entropy_weights';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;

const run = (input: Input, params: Params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const [{ input: example }] = catalogueCases(id) as unknown as [{ input: Input }];
const flat = (count: number, value = 0) => Array<number>(count).fill(value);
const zeros = (count: number) => Array.from({ length: count }, () => flat(count));

/** Four assets, a covariance A'A, a prior, and caps that leave room. */
const sleeves = fc
  .record({
    expectedReturns: fc.array(fc.integer({ min: -30, max: 60 }), { minLength: 4, maxLength: 4 }),
    loadings: fc.array(fc.array(fc.integer({ min: -50, max: 80 }), { minLength: 4, maxLength: 4 }), {
      minLength: 4,
      maxLength: 4,
    }),
    prior: fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 4, maxLength: 4 }),
    maxWeights: fc.array(fc.integer({ min: 26, max: 100 }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ expectedReturns, loadings, prior, maxWeights }) => ({
    expectedReturns: expectedReturns.map((value) => value / 100),
    covariance: loadings.map((_, i) =>
      loadings.map((__, j) => loadings.reduce((sum, row) => sum + (row[i] * row[j]) / 10_000, 0)),
    ),
    prior,
    maxWeights: maxWeights.map((value) => value / 100),
  }));

describe('risk_entropy_weights', () => {
  // scipy 1.17.1 minimize(method='SLSQP', ftol=1e-16); the iterations are the solver's own
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset({ ...run(input as Input, params), iterations: output.iterations }, output, 1e-8);
  });

  test('a prior and caps by asset', () => {
    // scipy 1.17.1 optimize.root on the KKT conditions, the last two caps binding
    const sleeve = { ...example, prior: [4, 3, 2, 1], maxWeights: [0.9, 0.5, 0.1, 0.3] };
    const { weights, bound } = run(sleeve, { riskAversion: 3, temperature: 0.1 });
    expectSubset(weights, [0.40163397708076326, 0.19836602291923686, 0.1, 0.3], 1e-9);
    expect(bound).toEqual(['none', 'none', 'maxWeight', 'maxWeight']);
  });

  test('without risk aversion they are the prior tilted by exp(m / temperature)', () => {
    fc.assert(
      fc.property(sleeves, ({ expectedReturns, covariance, prior }) => {
        const { weights } = run({ expectedReturns, covariance, prior }, { riskAversion: 0, temperature: 0.2 });
        const tilted = prior.map((weight, i) => weight * Math.exp(expectedReturns[i] / 0.2));
        const total = tilted.reduce((sum, weight) => sum + weight, 0);
        expectSubset(
          weights,
          tilted.map((weight) => weight / total),
          1e-9,
        );
      }),
    );
  });

  test('meet the conditions of the optimum: one marginal value, and no more of it at a cap', () => {
    fc.assert(
      fc.property(sleeves, fc.constantFrom(0.05, 0.5), fc.constantFrom(0.5, 5), (sleeve, temperature, riskAversion) => {
        const { weights, bound } = run(sleeve, { temperature, riskAversion });
        const total = sleeve.prior.reduce((sum, weight) => sum + weight, 0);
        const marginals = weights.map((weight, i) => {
          const risk = sleeve.covariance[i].reduce((sum, value, j) => sum + value * weights[j], 0);
          const pull = Math.log((weight * total) / sleeve.prior[i]) + 1;
          return riskAversion * risk - sleeve.expectedReturns[i] + temperature * pull;
        });
        const free = marginals.filter((_, i) => bound[i] === 'none');
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
        weights.forEach((weight, i) => expect(weight).toBeLessThanOrEqual(sleeve.maxWeights[i]));
        const level = Math.max(...(free.length > 0 ? free : marginals));
        for (const marginal of free) expect(level - marginal).toBeLessThan(1e-9 * temperature);
        for (const marginal of marginals) expect(marginal).toBeLessThanOrEqual(level + 1e-9 * temperature);
      }),
      { numRuns: 40 },
    );
  });

  test('the order of assets does not matter, and a hot sleeve is its prior', () => {
    fc.assert(
      fc.property(sleeves, ({ expectedReturns, covariance, prior, maxWeights }) => {
        const turned = {
          expectedReturns: expectedReturns.toReversed(),
          covariance: covariance.map((row) => row.toReversed()).toReversed(),
          prior: prior.toReversed(),
          maxWeights: maxWeights.toReversed(),
        };
        const { weights } = run({ expectedReturns, covariance, prior, maxWeights });
        expectSubset(run(turned).weights.toReversed(), weights, 1e-8);
        const hot = run({ expectedReturns, covariance, prior }, { temperature: 1e6 });
        const total = prior.reduce((sum, weight) => sum + weight, 0);
        expectSubset(
          hot.weights,
          prior.map((weight) => weight / total),
          1e-5,
        );
        expect(hot.relativeEntropy).toBeLessThan(1e-9);
      }),
      { numRuns: 40 },
    );
  });

  test('effective numbers: equal weights are N positions, equal independent risks N bets, one factor one', () => {
    const independent = zeros(3).map((row, i) => row.map((_, j) => (i === j ? 0.04 * (i + 1) : 0)));
    expectSubset(
      run({ expectedReturns: flat(3), covariance: independent }, { riskAversion: 0 }).effectiveNumber,
      3,
      1e-12,
    );
    // Weights 1/variance: each component carries the share 1/variance of the whole.
    const { effectiveBets = 0 } = run(
      { expectedReturns: flat(3), covariance: independent },
      { riskAversion: 1e4, temperature: 1, maxIter: 200_000 },
    );
    const shares = [6 / 11, 3 / 11, 2 / 11];
    expect(effectiveBets).toBeCloseTo(Math.exp(-shares.reduce((sum, s) => sum + s * Math.log(s), 0)), 2);
    const factor = Array.from({ length: 3 }, () => flat(3, 0.09));
    expectSubset(run({ expectedReturns: flat(3), covariance: factor }), { effectiveBets: 1, volatility: 0.3 }, 1e-6);
    expect(run({ expectedReturns: flat(3), covariance: zeros(3) })).not.toHaveProperty('effectiveBets');
  });

  test('caps that just meet 1 are the answer; tiny weights stay finite', () => {
    const { weights, bound } = run(example, { maxWeight: 0.25 });
    expect(weights).toEqual(flat(4, 0.25));
    expect(bound).toEqual(Array(4).fill('maxWeight'));
    const cold = run({ expectedReturns: [0, 1e3], covariance: zeros(2) }, { riskAversion: 0, temperature: 1 });
    expect(cold).toMatchObject({ weights: [0, 1], entropy: 0, effectiveNumber: 1 });
  });

  const { covariance } = example;
  const changed = (i: number, j: number, value: number) =>
    covariance.map((row, k) => row.map((old, l) => (k === i && l === j ? value : old)));
  test.each([
    ['asymmetry', { ...example, covariance: changed(0, 1, 0.26) }, {}, 'input.covariance[0][1]'],
    ['a negative eigenvalue', { ...example, covariance: changed(3, 3, -0.1) }, {}, 'input.covariance'],
    ['a giant that is no covariance', { ...example, covariance: changed(1, 1, -1e308) }, {}, 'input.covariance'],
    ['a row short', { ...example, covariance: covariance.slice(1) }, {}, 'input.covariance'],
    [
      'a short row',
      { ...example, covariance: covariance.map((row, i) => (i === 2 ? row.slice(1) : row)) },
      {},
      'input.covariance[2]',
    ],
    ['infeasible caps', { ...example, maxWeights: [0.2, 0.2, 0.2, 0.2] }, {}, 'input.maxWeights'],
    ['an infeasible cap', example, { maxWeight: 0.2 }, 'params.maxWeight'],
    ['a prior of 0', { ...example, prior: [1, 1, 1, 0] }, {}, 'input.prior[3]'],
    ['a short prior', { ...example, prior: [1, 1, 1] }, {}, 'input.prior'],
    ['too few caps', { ...example, maxWeights: [1, 1, 1] }, {}, 'input.maxWeights'],
    ['no temperature', example, { temperature: 0 }, 'params.temperature'],
    ['too few iterations', example, { maxIter: 3 }, 'params.temperature'],
    ['one asset', { expectedReturns: [0.1], covariance: [[1]] }, {}, 'input.expectedReturns'],
    ['what is not finite', { ...example, expectedReturns: [0, 0, Number.NaN, 0] }, {}, 'input.expectedReturns[2]'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input, params)).toThrow(refusedAt(id, path));
  });

  test('what is not solved says how far it came', () => {
    expect(() => run(example, { maxIter: 3 })).toThrow(/after 3 iterations, with a residual of 0\.\d+/);
  });
});
