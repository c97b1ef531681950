import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { roughSeries } from './rough-series.ts';

const id = 'alpha_position_agnostic';
type Input = PluginInput<typeof id>;

const run = (input: Input, params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const rows = 80;
/** Three forecasts, and a position that the first of them has seen. */
const leaking = (seed: number, seen = 0.006) => {
  const [a, b, c, held, returns] = [0, 1, 2, 3, 4].map((k) => roughSeries(seed + k, rows));
  const position = held.map(Math.sign);
  const components = [
    { id: 'a', history: a.map((value, t) => (t === 0 ? value : value + seen * position[t - 1])), weight: 2 },
    { id: 'b', history: b },
    { id: 'c', history: a.map((value, t) => value + c[t] / 2) },
  ];
  return { components, position, returns };
};
const seeds = fc.integer({ min: 1, max: 2 ** 30 });

describe('alpha_position_agnostic', () => {
  // numpy 2.4.6 (abs().mean(), corrcoef) and statsmodels 0.15.0 (OLS.fit().tvalues[1])
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as never, params), output, 1e-10);
  });

  test('a forecast that has seen the position, as numpy and statsmodels have it', () => {
    const given = leaking(1);
    const params = { cap: 1.5 };
    const expected = {
      scalars: [146.31648255175944, 195.84802193497848, 191.6856355576854],
      weights: [0.5, 0.25, 0.25],
      fdm: 1.2756186767504731,
      rawSignal: -0.24305789628774968,
      confidence: 0,
      leak: { beta: 0.5507554821265157, tStat: 6.000022872974138, partialCorrelation: 0.5694962643451498, leaks: true },
    };
    expectSubset(run(given, params), { ...expected, signal: expected.rawSignal }, 1e-10);
    const orthogonalised = run(given, { ...params, orthogonalise: true });
    expectSubset(orthogonalised, { ...expected, signal: 0.06369199249157553 }, 1e-10);
    expect(run(given, { ...params, orthogonalise: true, leakT: 6.1 }).signal).toBe(orthogonalised.rawSignal);
  });

  test('the signal is bit-identical whatever is held', () => {
    const held = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: rows, maxLength: rows });
    fc.assert(
      fc.property(seeds, held, (seed, position) => {
        const { components, returns } = leaking(seed);
        fc.pre(new Set(position.slice(0, -1)).size > 1);
        const { leak, ...without } = run({ components });
        expect(leak).toBeUndefined();
        expect(run({ components, position, returns })).toMatchObject(without);
        expect(run({ components, returns })).toEqual(without);
      }),
      { numRuns: 50 },
    );
  });

  test('units of forecasts, of weights and of the position do not matter', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(0.25, 8, 1024), (seed, unit) => {
        const { components, position, returns } = leaking(seed);
        const plain = run({ components, position, returns });
        const scaled = run({
          components: components.map(({ history, weight = 1, ...rest }, j) => ({
            ...rest,
            history: j === 1 ? history.map((value) => unit * value) : history,
            weight: unit * weight,
          })),
          position: position.map((value) => -unit * value + 3),
          returns: returns.map((value) => unit * value),
        });
        const { signal, rawSignal, confidence, weights, fdm, leak } = plain;
        expectSubset(scaled, { signal, rawSignal, confidence, weights, fdm });
        expectSubset(scaled.leak?.tStat, -(leak?.tStat ?? Number.NaN), 1e-8);
      }),
      { numRuns: 50 },
    );
  });

  test('opposite forecasts give the opposite signal, and a leak of the same t about the opposite position', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { components, position, returns } = leaking(seed);
        const plain = run({ components, position, returns });
        const opposite = components.map(({ history, ...rest }) => ({
          ...rest,
          history: history.map((value) => -value),
        }));
        const turned = run({ components: opposite, position: position.map((value) => -value), returns });
        expectSubset(turned.signal, -plain.signal);
        expectSubset(turned.leak?.tStat, plain.leak?.tStat, 1e-8);
      }),
      { numRuns: 50 },
    );
  });

  test('one forecast, or one twice, is not diversified; two that are opposite count as uncorrelated', () => {
    const history = roughSeries(3, 30);
    const one = run({ components: [{ id: 'a', history }] });
    expect(one).toMatchObject({ fdm: 1, weights: [1], confidence: 1 });
    const twice = run({
      components: [
        { id: 'a', history },
        { id: 'b', history },
      ],
    });
    expectSubset(twice, { fdm: 1, signal: one.signal });
    const opposite = run({
      components: [
        { id: 'a', history },
        { id: 'b', history: history.map((value) => -value) },
      ],
    });
    expectSubset(opposite, { fdm: Math.SQRT2, signal: 0, confidence: 0 });
  });

  test('the cap and the largest multiplier hold, and a forecast of zeros or one that stands still does no harm', () => {
    const spike = [...Array<number>(29).fill(0.1), 50];
    expect(run({ components: [{ id: 'a', history: spike }] })).toMatchObject({ signal: 1 });
    const many = [1, 2, 3, 4, 5, 6, 7, 8].map((k) => ({ id: `${k}`, history: roughSeries(k * 77, 200) }));
    expect(run({ components: many }, { fdmMax: 1.3 }).fdm).toBe(1.3);
    const zeros = { id: 'z', history: Array<number>(30).fill(0), weight: 5 };
    const still = { id: 's', history: Array<number>(30).fill(-4) };
    const { scalars, weights, components } = run({ components: [zeros, { id: 'a', history: spike }, still] });
    expect({ first: scalars[0], weights }).toEqual({ first: 0, weights: [0, 0.5, 0.5] });
    expect(components[2].scaled).toBe(-1);
  });

  test('a position that follows the trend is no leak, though the two move together', () => {
    // The signal is a slow average; the position is its sign a period later.
    const noise = roughSeries(11, 300);
    let level = 0;
    const history = noise.map((value) => (level = 0.9 * level + value));
    const position = history.map((_, t) => (t === 0 ? 0 : Math.sign(history[t - 1])));
    const { leak } = run({ components: [{ id: 'trend', history }], position, returns: roughSeries(12, 300) });
    expect(leak?.leaks).toBe(false);
  });

  test('an exact leak has a finite t', () => {
    const { position, returns } = leaking(1);
    const wide = position.map((value, t) => value * (1 + (t % 3)));
    const history = wide.map((_, t) => (t === 0 ? 0 : wide[t - 1]));
    const { leak } = run({ components: [{ id: 'a', history }], position: wide, returns }, { cap: 100 });
    expect(leak).toMatchObject({ leaks: true });
    expect(leak?.partialCorrelation).toBeCloseTo(1, 12);
  });

  const { components, position, returns } = leaking(1);
  const [first, second] = components;
  const zeros = { id: 'z', history: first.history.map(() => 0) };
  test.each<[string, Partial<Input>, string]>([
    [
      'a history of another length',
      { components: [first, { ...second, history: position.slice(1) }] },
      'input.components[1].history',
    ],
    ['a position of another length', { position: position.slice(1) }, 'input.position'],
    ['returns of another length', { returns: returns.slice(1) }, 'input.returns'],
    [
      'a history that is too short',
      { components: [{ id: 'a', history: position.slice(0, 19) }] },
      'input.components[0].history',
    ],
    ['forecasts that are all 0', { components: [zeros] }, 'input.components'],
    ['a negative weight', { components: [first, { ...second, weight: -1 }] }, 'input.components[1].weight'],
    [
      'weight only where nothing is said',
      { components: [zeros, { ...second, weight: 0 }] },
      'input.components[1].weight',
    ],
    ['a position that never changes', { position: position.map(() => 1) }, 'input.position'],
    [
      'a position that is the signal before',
      { components: [first], position: first.history.map((value) => 2 * value + 1) },
      'input.position',
    ],
    ['no component', { components: [] }, 'input.components'],
    ['not finite', { position: position.with(2, Infinity) }, 'input.position[2]'],
  ])('refuses %s and names the field', (_, change, path) => {
    expect(() => run({ ...leaking(1), ...change }, { cap: 100 })).toThrow(refusedAt(id, path));
  });

  test('refuses a position without returns', () => {
    expect(() => run({ components, position })).toThrow(refusedAt(id, 'input.returns'));
  });
});
