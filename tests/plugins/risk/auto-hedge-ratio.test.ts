import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'risk_auto_hedge_ratio';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;

const run = (input: Input, params: Params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const [{ input: example }] = catalogueCases(id) as unknown as [{ input: Input }];
const [ether, solana] = example.positions;
const [bitcoin] = example.hedges;
const exact = { symbol: 'BTC', returns: bitcoin.returns, price: 100, kind: 'linear' } as const;

const someReturns = fc
  .array(fc.integer({ min: -900, max: 900 }), { minLength: 24, maxLength: 24 })
  .map((values) => values.map((value, t) => value / 10_000 + ((t % 5) - 2) * 0.002));
const books = fc.record({
  positions: fc
    .array(fc.record({ notional: fc.integer({ min: -90_000, max: 90_000 }), returns: someReturns }), {
      minLength: 1,
      maxLength: 3,
    })
    .map((rows) => rows.map((row, i) => ({ symbol: `P${i}`, ...row }))),
  hedge: someReturns,
});

describe('risk_auto_hedge_ratio', () => {
  // statsmodels 0.15.0 OLS(r, add_constant(R)).fit(): params, bse
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    const { positions, hedges, equity } = input as Input;
    // The variants name another instrument and keep the returns of the example's.
    const whole = hedges.map((hedge) => ({ ...hedge, returns: hedge.returns ?? bitcoin.returns }));
    expectSubset(run({ positions, hedges: whole, ...(equity && { equity }) }, params), output, 1e-10);
  });

  test('two hedges with a half-life are weighted least squares', () => {
    // statsmodels 0.15.0 WLS(sol, add_constant([btc, eth]), weights=2 ** (-(29 - t) / 15)).fit().params
    // and, by numpy 2.4.6, sqrt(diag(inv(X'QX)) s^2 / neff) of the catalogue.
    const wls = [1.975582600113289, -0.0799507154654849];
    const second = { ...exact, symbol: 'ETH', returns: ether.returns };
    const { positions } = run({ positions: [solana], hedges: [exact, second] }, { halfLife: 15 });
    expectSubset(
      positions[0],
      { rawBeta: wls, beta: wls, standardError: [0.7683529816529671, 0.5454309111540093] },
      1e-10,
    );
  });

  test('a position in the hedge itself is sold whole', () => {
    const output = run(
      { positions: [{ symbol: 'SPOT', notional: 5_000, returns: exact.returns }], hedges: [exact] },
      { shrink: false },
    );
    expectSubset(output, { hedgeEffectiveness: 1, hedges: [{ qty: -50, side: 'sell', notional: -5_000 }] }, 1e-9);
    expect(output.volAfter / output.volBefore).toBeLessThan(1e-9);
  });

  test('the sign and scale of the book go through, least squares removes the most variance', () => {
    fc.assert(
      fc.property(books, ({ positions, hedge }) => {
        const hedges = [{ ...exact, returns: hedge }];
        const at = (factor: number, params: Params = {}) =>
          run(
            { positions: positions.map((row) => ({ ...row, notional: row.notional * factor })), hedges },
            { band: 0, shrink: false, ...params },
          );
        const whole = at(1);
        const opposite = at(-2).hedges[0];
        expectSubset(opposite.qty, -2 * whole.hedges[0].qty);
        expect(whole.hedgeEffectiveness).toBeGreaterThanOrEqual(-1e-9);
        for (const hedgeFraction of [0, 0.5, 0.9]) {
          expect(at(1, { hedgeFraction }).volAfter).toBeGreaterThanOrEqual(whole.volAfter - 1e-9);
        }
      }),
    );
  });

  test('shrinking lies between the beta and its prior', () => {
    fc.assert(
      fc.property(books, fc.double({ min: -1, max: 2, noNaN: true }), ({ positions, hedge }, priorBeta) => {
        const rows = run({ positions, hedges: [{ ...exact, returns: hedge }] }, { priorBeta }).positions;
        for (const { beta, rawBeta } of rows) {
          expect(beta[0]).toBeGreaterThanOrEqual(Math.min(rawBeta[0], priorBeta) - 1e-12);
          expect(beta[0]).toBeLessThanOrEqual(Math.max(rawBeta[0], priorBeta) + 1e-12);
        }
      }),
    );
  });

  test('orders end on the lot grid, towards 0, and not below the smallest quantity', () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_000, max: 9_000 }), fc.constantFrom(0.001, 0.1, 1, 7), (notional, lotStep) => {
        const hedges = [{ ...exact, lotStep, minQty: 3 }];
        const positions = [{ symbol: 'SPOT', notional, returns: exact.returns }];
        const [{ qty, targetNotional, side }] = run({ positions, hedges }, { shrink: false, band: 0 }).hedges;
        const lots = qty / lotStep;
        expect(Math.abs(lots - Math.round(lots))).toBeLessThan(1e-9);
        expect(Math.abs(qty)).toBeLessThanOrEqual(Math.abs(targetNotional / 100) + 1e-9);
        expect(qty === 0 || Math.abs(qty) >= 3).toBe(true);
        expect(side).toBe(qty < 0 ? 'sell' : qty > 0 ? 'buy' : 'none');
      }),
    );
  });

  test('within the band what is held is kept, off the grid or not', () => {
    const held = run(example, {}).hedges[0].qty + 0.0123;
    const kept = run({ ...example, hedges: [{ ...bitcoin, currentQty: held }] });
    expect(kept.hedges[0]).toMatchObject({ qty: held, orderQty: 0, side: 'none', bound: 'band' });
    expect(run({ ...example, hedges: [{ ...bitcoin, currentQty: held }] }, { band: 0 }).hedges[0].bound).toBe('none');
  });

  test('an empty book closes its hedges', () => {
    const closed = run({ positions: [], hedges: [bitcoin] });
    expect(closed).toMatchObject({
      portfolioBetaNotional: [0],
      hedges: [{ targetNotional: 0, qty: 0, orderQty: 0.2, side: 'buy', dailyFundingCost: 0 }],
      hedgeEffectiveness: 0,
      volBefore: 0,
      volAfter: 0,
    });
  });

  test('a target beta stays on', () => {
    const input = { ...example, hedges: [{ ...exact, currentQty: 0 }] };
    const [all, some] = [[0], [0.5]].map((targetBeta) => run(input, { targetBeta, band: 0 }).hedges[0].targetNotional);
    expectSubset(some - all, 50_000);
  });

  const withHedge = (change: object) => ({ ...example, hedges: [{ ...bitcoin, ...change }] });
  const half = { ...exact, symbol: 'HALF', returns: bitcoin.returns.map((value) => value / 2 + 0.001) };
  test.each([
    [
      'another length',
      { ...example, positions: [{ ...ether, returns: ether.returns.slice(1) }] },
      {},
      'input.positions[0].returns',
    ],
    [
      'hedges of other lengths',
      { ...example, hedges: [exact, { ...half, returns: half.returns.slice(1) }] },
      {},
      'input.hedges[1].returns',
    ],
    ['too few periods', withHedge({ returns: bitcoin.returns.slice(11) }), {}, 'input.hedges[0].returns'],
    ['a flat hedge', withHedge({ returns: bitcoin.returns.map(() => 0.1) }), {}, 'input.hedges[0]'],
    ['a hedge of another one', { ...example, hedges: [exact, half] }, {}, 'input.hedges[1]'],
    ['a short memory', example, { halfLife: 0.4 }, 'params.halfLife'],
    ['another kind', withHedge({ kind: 'option' }), {}, 'input.hedges[0].kind'],
    ['no hedges', { ...example, hedges: [] }, {}, 'input.hedges'],
    ['two targets for one hedge', example, { targetBeta: [0, 0] }, 'params.targetBeta'],
    [
      'a target without equity',
      { positions: example.positions, hedges: [exact] },
      { targetBeta: [0.1] },
      'input.equity',
    ],
    ['what is not finite', withHedge({ price: Infinity }), {}, 'input.hedges[0].price'],
    ['more than all', example, { hedgeFraction: 1.1 }, 'params.hedgeFraction'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as Input, params)).toThrow(refusedAt(id, path));
  });
});
