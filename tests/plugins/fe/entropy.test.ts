import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'fe_entropy';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;

const run = (input: Input, params: Params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const wave = Array.from({ length: 120 }, (_, k) => Math.sin((k + 1) ** 2 * 0.7) + 0.3 * Math.sin((k + 1) / 9));
const values = (minLength = 10) =>
  fc.array(fc.integer({ min: -50, max: 50 }), { minLength, maxLength: 60 }).filter((all) => new Set(all).size > 1);
const complexityOf = (symbols: string) =>
  run({ series: symbols.split('').map(Number) }, { measures: ['lempelZiv'], encoding: 'sign' }).lempelZiv;

/** The definition itself: a component ends where it has not occurred from an earlier start. */
function slowComplexity(symbols: string): number {
  let count = 0;
  for (let i = 0; i < symbols.length; count += 1) {
    let size = 1;
    while (i + size <= symbols.length && symbols.indexOf(symbols.slice(i, i + size)) < i) size += 1;
    i += size;
  }
  return count;
}

describe('fe_entropy', () => {
  // antropy 0.1.9, numpy histogram + scipy.stats.entropy, as the catalogue gives it
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output, 1e-12);
  });

  test('120 values', () => {
    // antropy 0.2.3: app_entropy, sample_entropy, perm_entropy, lziv_complexity; numpy 2.4.6 histogram, scipy 1.17.1
    expectSubset(
      run({ series: wave }),
      {
        shannon: { bits: 3.304004746924359 },
        approximate: 0.6385735418241474,
        sample: { value: 2.1465808445174646 },
        tolerance: 0.14322119896718194,
        permutation: { normalized: 0.9953186770773813 },
        lempelZiv: { normalized: 1.1511484326014196 },
      },
      1e-12,
    );
    const other = run({ series: wave }, { order: 3, permOrder: 4, permDelay: 2, encoding: 'quantile', alphabet: 4 });
    expectSubset(
      other,
      {
        approximate: 0.08293697259272115,
        permutation: { normalized: 0.9462363414892605 },
        lempelZiv: { normalized: 0.9784761677112067 },
      },
      1e-12,
    );
  });

  // The catalogue, by the definition of Lempel & Ziv (1976); antropy 0.1.9 agrees
  test.each([
    ['1001111011000010', 6],
    ['0001101001000101', 6],
    ['0101010101', 3],
    ['0000000000', 2],
  ])('the history of %s has %d components', (symbols, complexity) => {
    expect(complexityOf(symbols)).toMatchObject({ complexity, sequence: symbols });
  });

  test('the automaton counts what the definition counts', () => {
    const symbols = fc.string({ unit: fc.constantFrom('0', '1'), minLength: 10, maxLength: 60 });
    fc.assert(
      fc.property(symbols, (text) => {
        expect(complexityOf(text)?.complexity).toBe(slowComplexity(text));
      }),
    );
  });

  test('no scale or shift changes any measure', () => {
    fc.assert(
      fc.property(values(), fc.constantFrom(2, 0.25), fc.integer({ min: -64, max: 64 }), (series, scale, shift) => {
        const params: Params = { encoding: 'median', toleranceFactor: 0.3 };
        const { tolerance: _a, ...a } = run({ series }, params);
        const { tolerance: _b, ...b } = run({ series: series.map((value) => value * scale + shift) }, params);
        expect(b.permutation).toEqual(a.permutation);
        expect(b.lempelZiv).toEqual(a.lempelZiv);
        expect(b.shannon).toEqual(a.shannon);
      }),
    );
  });

  test('counts cover the series, normalized measures stay in 0..1, what is undefined is left out', () => {
    fc.assert(
      fc.property(values(), (series) => {
        const { shannon, permutation, sample } = run({ series });
        expect(shannon?.counts.reduce((sum, count) => sum + count, 0)).toBe(series.length);
        expect(shannon?.normalized).toBeLessThanOrEqual(1 + 1e-12);
        expect(permutation?.normalized).toBeLessThanOrEqual(1 + 1e-12);
        expect(Object.values(permutation?.patterns ?? {}).reduce((sum, count) => sum + count, 0)).toBe(
          series.length - 2,
        );
        expect('value' in (sample ?? {})).toBe((sample?.matchesM1 ?? 0) > 0);
      }),
    );
  });

  test('limits: a ramp has one pattern, equal values count as rising, a constant no entropy', () => {
    const ramp = Array.from({ length: 20 }, (_, t) => t);
    expect(run({ series: ramp }).permutation).toEqual({ bits: 0, normalized: 0, patterns: { '012': 18 } });
    const flat = run({ series: Array(20).fill(3) }, { tolerance: 1 });
    expect(flat).toMatchObject({
      shannon: { bits: 0, normalized: 0 },
      sample: { value: 0 },
      permutation: { patterns: { '012': 18 } },
      lempelZiv: { complexity: 2 },
    });
    expectSubset(flat.approximate, 0, 1e-12);
  });

  test('rolling is each measure on its window, and so does not depend on the future', () => {
    fc.assert(
      fc.property(values(20), (series) => {
        const params: Params = { window: 12, tolerance: 15 };
        const { rolling } = run({ series }, params);
        const windows = series.slice(11).map((_, t) => run({ series: series.slice(t, t + 12) }, { tolerance: 15 }));
        expect(rolling).toEqual({
          offset: 11,
          shannon: windows.map(({ shannon }) => shannon?.bits),
          approximate: windows.map(({ approximate }) => approximate),
          sample: {
            index: windows.flatMap(({ sample }, t) => (sample?.value === undefined ? [] : [t + 11])),
            value: windows.flatMap(({ sample }) => sample?.value ?? []),
          },
          permutation: windows.map(({ permutation }) => permutation?.normalized),
          lempelZiv: windows.map(({ lempelZiv }) => lempelZiv?.normalized),
        });
      }),
      { numRuns: 40 },
    );
  });

  test('only what was asked is there', () => {
    expect(Object.keys(run({ series: wave }, { measures: ['permutation'] }))).toEqual(['permutation']);
    expect(Object.keys(run({ series: wave }, { measures: ['sample'] }))).toEqual(['sample', 'tolerance']);
  });

  const flatEnd = [...wave.slice(0, 20), ...Array<number>(10).fill(1)];
  test.each<[string, object, object, string]>([
    ['9 values', { series: wave.slice(0, 9) }, {}, 'input.series'],
    ['what is not finite', { series: wave.with(3, Number.NaN) }, {}, 'input.series[3]'],
    ['what overflows', { series: wave.with(3, 1.7e308).with(4, -1.7e308) }, {}, 'input.series'],
    [
      'patterns longer than the series',
      { series: wave.slice(0, 10) },
      { permOrder: 3, permDelay: 5 },
      'params.permDelay',
    ],
    ['patterns longer than the window', { series: wave }, { window: 10, permDelay: 5 }, 'params.permDelay'],
    ['a constant without tolerance', { series: Array(20).fill(1) }, {}, 'input.series'],
    ['a constant window', { series: flatEnd }, { window: 10 }, 'input.series[29]'],
    ['more than 20000 for pairs', { series: Array(20_001).fill(1) }, {}, 'input.series'],
    ['a window over the series', { series: wave }, { window: 121 }, 'params.window'],
    ['a window of 9', { series: wave }, { window: 9 }, 'params.window'],
    ['an alphabet for medians', { series: wave }, { alphabet: 3 }, 'params.alphabet'],
    ['no measures', { series: wave }, { measures: [] }, 'params.measures'],
    ['an order of 6', { series: wave }, { order: 6 }, 'params.order'],
    ['a tolerance of 0', { series: wave }, { tolerance: 0 }, 'params.tolerance'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as Input, params as Params)).toThrow(refusedAt(id, path));
  });

  test('takes long series where no pairs are compared', () => {
    const series = Array.from({ length: 20_001 }, (_, t) => t % 7);
    expect(run({ series }, { measures: ['lempelZiv', 'shannon'] }).lempelZiv?.sequence).toHaveLength(20_001);
  });
});
