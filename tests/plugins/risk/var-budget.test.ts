import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { perRow } from './per-row.ts';

const id = 'risk_var_budget';
type Asset = { symbol: string; weight: number; returns: number[]; budgetShare?: number };

const run = (input: { assets: Asset[] }, params = {}) =>
  runPlugin(id, deepFreeze(input), { params: { varBudget: 0.03, ...params }, strict: true });

const [{ input: example }] = catalogueCases(id) as unknown as [{ input: { assets: Asset[] } }];
const times = (assets: Asset[], factor: number) => assets.map((asset) => ({ ...asset, weight: asset.weight * factor }));
const moved = (assets: Asset[], index: number, by: number) =>
  assets.map((asset, i) => (i === index ? { ...asset, weight: asset.weight + by } : asset));

/** Books of 1 to 5 assets over 30 periods, weights away from 0. */
const books = fc
  .array(
    fc.record({
      weight: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.constantFrom(0.1, -0.1)).map(([size, unit]) => size * unit),
      returns: fc.array(fc.integer({ min: -800, max: 800 }), { minLength: 30, maxLength: 30 }),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((rows) =>
    rows.map(({ weight, returns }, i) => ({
      symbol: `A${i}`,
      weight,
      // A small ramp of its own keeps a shrunk asset from being flat.
      returns: returns.map((value, t) => value / 10_000 + ((t % (i + 3)) - 1) * 0.001),
    })),
  );

const methods = ['gaussian', 'cornishFisher', 'historical'] as const;
const byMethod = (method: (typeof methods)[number]) => ({ method, confidence: method === 'historical' ? 0.95 : 0.99 });

describe('risk_var_budget', () => {
  // numpy 2.4.6 cov and quantile(method='linear'), scipy 1.17.1 norm.ppf
  const lists = { components: 'component', maxIncrease: 'maxIncrease', maxDecrease: 'maxDecrease' };
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as never, params), perRow(output, lists), 1e-10);
  });

  test('with the mean and ten periods', () => {
    // -h w'mu - z sqrt(h w'Sw), by numpy 2.4.6 cov and scipy 1.17.1 norm.ppf
    expectSubset(
      run(example, { includeMean: true, horizon: 10, confidence: 0.975 }),
      perRow(
        { var: 0.11015674948618184, marginals: [0.12659252218228909, 0.20671158128594944, 0.024937337725186144] },
        { marginals: 'marginal' },
      ),
      1e-12,
    );
  });

  test('historical over four periods; the shape of the sum is that of scipy', () => {
    // -2 numpy.quantile(P, 0.1); scipy 1.17.1 stats.skew and kurtosis of P
    expect(run(example, { method: 'historical', confidence: 0.9, horizon: 4 }).var).toBeCloseTo(
      0.041536000000000003,
      14,
    );
    const { skewness, excessKurtosis } = run(example, { method: 'cornishFisher' });
    expectSubset([skewness, excessKurtosis], [-0.8398544116046134, 0.7931042968333428], 1e-12);
  });

  test.each(methods)('%s: components sum to var, and the marginals are the same at twice the weights', (method) => {
    fc.assert(
      fc.property(books, (assets) => {
        const [once, twice] = [1, 2].map((factor) => run({ assets: times(assets, factor) }, byMethod(method)));
        const total = once.assets.reduce((sum, { component }) => sum + component, 0);
        const gross = once.assets.reduce((sum, { component }) => sum + Math.abs(component), 0);
        expect(Math.abs(total - once.var)).toBeLessThanOrEqual(1e-12 * gross);
        expectSubset(twice.var, 2 * once.var);
        expectSubset(
          twice.assets.map(({ marginal }) => marginal),
          once.assets.map(({ marginal }) => marginal),
          1e-8,
        );
      }),
      { numRuns: 50 },
    );
  });

  test.each(['gaussian', 'cornishFisher'] as const)('%s: the marginal is the derivative by the weight', (method) => {
    fc.assert(
      fc.property(books, fc.boolean(), (assets, includeMean) => {
        const valueAt = (step: number, i: number) =>
          run({ assets: moved(assets, i, step) }, { method, includeMean }).var;
        run({ assets }, { method, includeMean }).assets.forEach(({ marginal }, i) => {
          expect(Math.abs((valueAt(1e-6, i) - valueAt(-1e-6, i)) / 2e-6 - marginal)).toBeLessThan(1e-6);
        });
      }),
      { numRuns: 30 },
    );
  });

  test('the scale meets the budget, and so does any one weight moved by its room', () => {
    fc.assert(
      fc.property(books, fc.double({ min: 0.2, max: 3, noNaN: true }), (assets, share) => {
        const varBudget = run({ assets }).var * share;
        const { scale, bound, assets: rows } = run({ assets }, { varBudget });
        expectSubset(run({ assets: times(assets, scale) }).var, share >= 1 ? run({ assets }).var : varBudget);
        expect(bound).toBe(share >= 1 ? 'none' : 'varBudget');
        rows.forEach(({ maxIncrease, maxDecrease }, i) => {
          expect(maxIncrease === undefined).toBe(share < 1);
          if (maxIncrease === undefined || maxDecrease === undefined) return;
          for (const by of [maxIncrease, -maxDecrease]) {
            expect(Math.abs(run({ assets: moved(assets, i, by) }).var - varBudget)).toBeLessThan(1e-8);
          }
        });
      }),
      { numRuns: 50 },
    );
  });

  test('cash has no room and no component; a weight of 0 has a marginal only where it is defined', () => {
    const cash = { symbol: 'USDT', weight: 0.3, budgetShare: 0, returns: example.assets[0].returns.map(() => 0.0001) };
    const idle = { ...example.assets[1], symbol: 'IDLE', weight: 0, budgetShare: 0 };
    const { assets } = run({ assets: [...example.assets, cash, idle] }, { varBudget: 0.1 });
    expect(assets[3]).toEqual({ symbol: 'USDT', marginal: 0, component: 0, share: 0, limit: 0, breach: false });
    expect(assets[4].marginal).toBeGreaterThan(0);
    const historical = run({ assets: [...example.assets, idle] }, { method: 'historical', confidence: 0.95 });
    expect(historical.assets[3]).toMatchObject({ marginal: 0, component: 0, share: 0 });
  });

  const withFirst = (change: object) => [{ ...example.assets[0], ...change }, ...example.assets.slice(1)] as Asset[];
  const hedged = [1, -1].map((weight) => ({ ...example.assets[0], weight }));
  test.each([
    ['unequal lengths', withFirst({ returns: example.assets[0].returns.slice(1) }), {}, 'input.assets[1].returns'],
    ['too few periods', withFirst({ returns: Array(19).fill(0.1) }), {}, 'input.assets[0].returns'],
    [
      'what is not finite',
      withFirst({ returns: [Number.NaN, ...Array(29).fill(0)] }),
      {},
      'input.assets[0].returns[0]',
    ],
    ['no assets', [], {}, 'input.assets'],
    ['weights of 0', times(example.assets, 0), {}, 'input.assets'],
    ['a perfect hedge', hedged, {}, 'input.assets'],
    ['a perfect hedge, historical', hedged, { method: 'historical', confidence: 0.9 }, 'input.assets'],
    ['shares over 1', withFirst({ budgetShare: 0.6 }), {}, 'input.assets[2].budgetShare'],
    ['a negative share', withFirst({ budgetShare: -0.1 }), {}, 'input.assets[0].budgetShare'],
    ['too few scenarios', example.assets, { method: 'historical' }, 'params.confidence'],
    ['a confidence of half', example.assets, { confidence: 0.5 }, 'params.confidence'],
    ['no budget', example.assets, { varBudget: 0 }, 'params.varBudget'],
    ['half a period', example.assets, { horizon: 0.5 }, 'params.horizon'],
  ])('refuses %s and names the field', (_, assets, params, path) => {
    expect(() => run({ assets }, params)).toThrow(refusedAt(id, path));
  });

  test('refuses a kernel whose past does not lose', () => {
    // One crash widens the kernel; within it the past gains, although its quantile is a loss.
    const returns = [-0.001, -0.00001, -0.00001, ...Array<number>(37).fill(0.00001)];
    const assets = [{ symbol: 'A', weight: 1, returns }];
    expect(() => run({ assets }, { method: 'historical', confidence: 0.95 })).toThrow(refusedAt(id, 'input.assets'));
  });
});
