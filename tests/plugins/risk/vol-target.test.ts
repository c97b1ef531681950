import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { carried, cutAt } from '../carried.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'risk_vol_target';
const run = (input: PluginInput<typeof id>, params = {}) =>
  runPlugin(id, deepFreeze(input), { params: { targetVol: 0.3, ...params }, strict: true });

const someReturns = (minLength = 0) =>
  fc.array(
    fc.integer({ min: -9_000, max: 9_000 }).map((value) => value / 100_000),
    { minLength, maxLength: 120 },
  );
/** Volatility of 0.01 a period without end: 0.191 a year. */
const calm = Array.from({ length: 40 }, (_, t) => (t % 2 === 0 ? 0.01 : -0.01));
const calmVol = 0.01 * Math.sqrt(365);

describe('risk_vol_target', () => {
  // pandas: sqrt(365 (r**2).ewm(halflife=10, adjust=True).mean().iloc[-1]), as the catalogue gives it
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as never, params), output, 1e-12);
  });

  // pandas 3.1.1, the first 21 returns of the example, halflife 30 and 41.9
  test.each([
    [30, 0.5712276884750755],
    [41.9, 0.5746074601224949],
  ])('half-life %d is that of pandas ewm', (halfLife, expected) => {
    const [{ input }] = catalogueCases(id) as unknown as [{ input: { returns: number[] } }];
    expectSubset(run({ returns: input.returns.slice(0, 21) }, { halfLife }).realisedVol, expected, 1e-13);
  });

  test('carried over any cuts, the state is that of one call', () => {
    fc.assert(
      fc.property(someReturns(), fc.array(fc.nat(120), { maxLength: 6 }), (values, places) => {
        const whole = run({ returns: values, forecastVol: 0.4 }, { band: 0 });
        const pieces = cutAt(values, places).map((returns) => ({ returns, forecastVol: 0.4 }));
        expect(carried((input) => run(input, { band: 0 }), pieces).at(-1)).toEqual(whole);
      }),
    );
  });

  test('the scale of returns goes through to volatility, their sign does not', () => {
    fc.assert(
      fc.property(someReturns(20), fc.constantFrom(-1, 0.5, -2), (values, factor) => {
        const [a, b] = [values, values.map((value) => value * factor)].map((returns) => run({ returns }));
        expectSubset(b.realisedVol, a.realisedVol * Math.abs(factor));
        expect(a.leverage).toBeLessThanOrEqual(2);
      }),
    );
  });

  test('constant volatility is scaled to the target, and each rule names itself', () => {
    const at = (params: object, rest = {}) => run({ returns: calm, ...rest }, params);
    expectSubset(at({}), { leverage: 0.3 / calmVol, realisedVol: calmVol, bound: 'none' });
    expectSubset(at({ maxLeverage: 1 }), { leverage: 1, rawLeverage: 0.3 / calmVol, bound: 'maxLeverage' });
    expectSubset(at({ volFloor: 0.25 }), { usedVol: 0.25, leverage: 1.2, bound: 'volFloor' });
    expectSubset(at({ forecastWeight: 1 }, { forecastVol: 0.5 }), { usedVol: 0.5, leverage: 0.6 });
    expect(at({ minObs: 41 })).toMatchObject({ ready: false, leverage: 0, bound: 'warmup', state: { leverage: 0 } });
    expect(at({ minObs: 41 })).not.toHaveProperty('rawLeverage');
    expect(run({ returns: [] }, { volFloor: 0 })).toMatchObject({ realisedVol: 0, usedVol: 0, ready: false });
  });

  test('a small change keeps the last leverage, but never above a lowered cap', () => {
    const state = { ...run({ returns: calm }).state, leverage: 1.5 };
    const at = (params: object) => run({ returns: [], state }, params);
    expect(at({})).toMatchObject({ leverage: 1.5, bound: 'band' });
    expect(at({ band: 0.04 })).toMatchObject({ bound: 'none' });
    expect(at({ maxLeverage: 1.45 })).toMatchObject({ leverage: 1.45, bound: 'maxLeverage' });
  });

  const state = { num: 1, den: 1, n: 1, leverage: 1 };
  test.each([
    ['what is not finite', { returns: [0.1, Number.NaN] }, {}, 'input.returns[1]'],
    ['percent', { returns: [0.1, -1] }, {}, 'input.returns[1]'],
    ['no volatility', { returns: Array(20).fill(0) }, { volFloor: 0 }, 'params.volFloor'],
    ['a forecast of 0', { returns: [], forecastVol: 0 }, {}, 'input.forecastVol'],
    ['a state without n', { returns: [], state: { ...state, n: undefined } }, {}, 'input.state.n'],
    ['a state of another plugin', { returns: [], state: { ...state, t: 1 } }, {}, 'input.state.t'],
    ['no target', { returns: [] }, { targetVol: 0 }, 'params.targetVol'],
    [
      'what overflows',
      { returns: calm },
      { targetVol: 1e308, volFloor: 1e-3, halfLife: 1, annualisation: 1e-9 },
      'params.targetVol',
    ],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as never, params)).toThrow(refusedAt(id, path));
  });
});
