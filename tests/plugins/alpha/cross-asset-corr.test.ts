import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { roughSeries } from './rough-series.ts';

const id = 'alpha_cross_asset_corr';
type Input = PluginInput<typeof id>;

const run = (input: Input, params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const rows = 60;
const drawn = (seed: number): Input => {
  const [a, b, c, own] = [0, 1, 2, 3].map((k) => roughSeries(seed + k, rows));
  return {
    target: a.map((value, t) => 0.8 * value - 0.5 * b[t] + 0.3 * own[t]),
    drivers: [a, b, c].map((returns, j) => ({ name: 'abc'[j], returns })),
  };
};
const terms = { lambda: 0.94, shortWindow: 15, horizon: 3 };
const seeds = fc.integer({ min: 1, max: 2 ** 30 });

describe('alpha_cross_asset_corr', () => {
  // pandas 3.1.1 ewm means, numpy 2.4.6 eigvalsh and solve, scipy 1.17.1 pearsonr and norm
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as never, params), output, 1e-12);
  });

  test('three drivers, as pandas, numpy and scipy have it', () => {
    const output = run(drawn(1), terms);
    expectSubset(output, {
      averageCorrelation: 0.007558580843351479,
      absorptionRatio: 0.4700933227449706,
      betas: [0.8912405813937041, -0.5844006748818835, 0.06346299225403909],
      rSquared: 0.9157605121218247,
      impliedReturn: -0.00013060503654570483,
      actualReturn: 0.003304,
      gapZ: -1.1549533173058746,
      signal: -1.1549533173058746 / 2,
      shifts: [
        {
          name: 'a',
          short: 0.7364992033542175,
          baseline: 0.7742305637413545,
          z: -0.26890220508193596,
          pValue: 0.7880049400420567,
        },
        {
          name: 'b',
          short: -0.5925519614810353,
          baseline: -0.3867517382784741,
          z: -0.8359076939971347,
          pValue: 0.4032068336662772,
        },
        {
          name: 'c',
          short: -0.09737690854720137,
          baseline: -0.0006751887770486415,
          z: -0.29637431672958225,
          pValue: 0.7669442370166701,
        },
      ],
    });
    expect(output.correlation[1][0]).toBeCloseTo(0.7679588453942792, 13);
    expect(output.confidence).toBeCloseTo(output.rSquared, 13); // three times the least p is above 1
  });

  test('the unit of all returns changes sums only', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1e-3, 0.5, 100), (seed, unit) => {
        const { target, drivers } = drawn(seed);
        const plain = run({ target, drivers }, terms);
        const scaled = run(
          {
            target: target.map((value) => unit * value),
            drivers: drivers.map(({ name, returns }) => ({ name, returns: returns.map((value) => unit * value) })),
          },
          terms,
        );
        const expected = {
          ...plain,
          impliedReturn: unit * plain.impliedReturn,
          actualReturn: unit * plain.actualReturn,
        };
        expectSubset(scaled, expected);
      }),
      { numRuns: 40 },
    );
  });

  test('a driver turned round and stretched turns its beta and correlations, not the signal', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { target, drivers } = drawn(seed);
        const plain = run({ target, drivers }, terms);
        const [first, ...rest] = drivers;
        const turned = { name: first.name, returns: first.returns.map((value) => -4 * value) };
        const other = run({ target, drivers: [turned, ...rest] }, terms);
        expectSubset(other.betas, [plain.betas[0] / -4, ...plain.betas.slice(1)]);
        expectSubset(
          [other.signal, other.confidence, other.rSquared, other.absorptionRatio, other.shifts[0].z],
          [plain.signal, plain.confidence, plain.rSquared, plain.absorptionRatio, -plain.shifts[0].z],
        );
        expectSubset(other.correlation[0], [1, -plain.correlation[0][1], ...plain.correlation[0].slice(2)]);
      }),
      { numRuns: 40 },
    );
  });

  test('the order of the drivers orders the answer', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { target, drivers } = drawn(seed);
        const plain = run({ target, drivers }, terms);
        const other = run({ target, drivers: drivers.toReversed() }, terms);
        const { signal, confidence, averageCorrelation, absorptionRatio, gapZ } = plain;
        const expected = { signal, confidence, averageCorrelation, absorptionRatio, gapZ };
        expectSubset(other, { ...expected, betas: plain.betas.toReversed(), shifts: plain.shifts.toReversed() });
      }),
      { numRuns: 40 },
    );
  });

  test('a target that is its driver lags nothing, and is one factor', () => {
    const returns = roughSeries(5, 40);
    const output = run({ target: returns.map((value) => 2 * value), drivers: [{ name: 'x', returns }] });
    expectSubset(output, { betas: [2], rSquared: 1, gapZ: 0, signal: 0, absorptionRatio: 1, averageCorrelation: 1 });
    expect(output.shifts[0]).toMatchObject({ short: 0.999999, baseline: 0.999999, z: 0, pValue: 1 });
  });

  test('a link that breaks silences the signal', () => {
    const { target, drivers } = drawn(9);
    const broken = target.map((value, t) => (t < rows - 15 ? value : -value));
    expect(run({ target: broken, drivers }, terms).confidence).toBeLessThan(
      0.1 * run({ target, drivers }, terms).confidence,
    );
  });

  const { target, drivers } = drawn(1);
  const [first, second] = drivers;
  const flat = (from: number, to: number) => first.returns.map((value, t) => (t >= from && t < to ? 0.001 : value));
  test.each<[string, Partial<Input>, Record<string, number>, string]>([
    [
      'a driver of another length',
      { drivers: [first, { name: 'b', returns: target.slice(1) }] },
      {},
      'input.drivers[1].returns',
    ],
    ['too few rows', { target: target.slice(0, 29) }, {}, 'input.target'],
    ['no driver', { drivers: [] }, {}, 'input.drivers'],
    ['a short window that leaves too little', {}, { shortWindow: 53 }, 'params.shortWindow'],
    ['a horizon beyond the data', {}, { horizon: 61 }, 'params.horizon'],
    ['a target that stands still now', { target: flat(40, 60) }, {}, 'input.target'],
    [
      'a driver that stood still before',
      { drivers: [first, { name: 'b', returns: flat(0, 40) }] },
      {},
      'input.drivers[1].returns',
    ],
    ['two drivers that are one', { drivers: [first, { ...first, name: 'b' }] }, {}, 'input.drivers'],
    ['two drivers of one name', { drivers: [first, { ...second, name: 'a' }] }, {}, 'input.drivers[1].name'],
    ['a lambda of 1', {}, { lambda: 1 }, 'params.lambda'],
    ['not finite', { target: target.with(3, Number.NaN) }, {}, 'input.target[3]'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run({ ...drawn(1), ...input }, params)).toThrow(refusedAt(id, path));
  });
});
