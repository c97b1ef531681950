import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wavelet as plugin } from '../../../plugins/fe/wavelet.ts';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'fe_wavelet';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;

const run = (input: Input, params: Params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });
const smooth: Params = { mode: 'smooth' };
/** sin(i/5) under a chirp, i = 1..n. */
const chirp = (n: number) =>
  Array.from({ length: n }, (_, k) => Math.sin((k + 1) / 5) + 0.3 * Math.sin((k + 1) ** 2 * 0.7));
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

const values = (minLength: number) =>
  fc.array(
    fc.integer({ min: -1_000, max: 1_000 }).map((value) => value / 10),
    { minLength, maxLength: 70 },
  );

describe('fe_wavelet', () => {
  // PyWavelets 1.9.0: waverec of thresholded wavedec(x, 'db4', mode='symmetric'), as the catalogue gives it
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output, 1e-12);
  });

  // PyWavelets 1.8.0: wavedec(mode='symmetric', level=dwt_max_level), threshold, waverec; first, middle, last, sum
  test.each<[Params, number, object, number[]]>([
    [
      { wavelet: 'db4', rule: 'soft' },
      33,
      { level: 2, sigma: 0.1886293316466964, threshold: 0.49881724530984833 },
      [0.4194349210385922, -0.18116840521898483, 0.38842209142128276, 2.2983913185246716],
    ],
    [
      { wavelet: 'db4', rule: 'hard' },
      100,
      { level: 3, sigma: 0.22869890730585338, threshold: 0.6940678528132815 },
      [0.4557239033874492, -0.6791943849009578, 0.8113848108523927, 5.268223821280058],
    ],
    [
      { wavelet: 'haar', rule: 'soft' },
      17,
      { level: 4, sigma: 0.15314820729172668, threshold: 0.3645579341721194 },
      [0.5101607516059001, 0.898885546702192, 0.02800552911611115, 9.94062026565698],
    ],
    [
      { wavelet: 'db4', rule: 'soft' },
      257,
      { level: 5, sigma: 0.22767184458111955, threshold: 0.758463461577938 },
      [0.6054431990842147, 0.2785370154452521, 1.0158645557874664, 4.631329545381968],
    ],
  ])('%o of %d values', (params, n, facts, points) => {
    const out = run({ series: chirp(n) }, { ...smooth, ...params });
    expectSubset(out, facts, 1e-12);
    expectSubset([out.values[0], out.values[n >> 1], out.values[n - 1], total(out.values)], points, 1e-11);
  });

  test('with threshold 0 the series comes back', () => {
    fc.assert(
      fc.property(values(14), fc.constantFrom('db4' as const, 'haar' as const), (series, wavelet) => {
        const close = (actual: number[], expected: number[]) =>
          actual.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThanOrEqual(1e-10));
        close(run({ series }, { ...smooth, wavelet, threshold: 0 }).values, series);
        close(run({ series }, { window: 14, wavelet, threshold: 0 }).values, series.slice(13));
      }),
    );
  });

  // Mode smooth uses the whole series: it is not in this list.
  test('mode causal is the last value of mode smooth on its window, and does not depend on the future', () => {
    fc.assert(
      fc.property(values(20), fc.constantFrom('soft' as const, 'hard' as const), (series, rule) => {
        const params: Params = { window: 20, rule };
        const { values: all } = run({ series }, params);
        const byWindow = all.map((_, t) => run({ series: series.slice(t, t + 20) }, { ...smooth, rule }).values[19]);
        expectSubset(all, byWindow, 1e-12);
        expect(run({ series: series.slice(0, 20) }, params).values).toEqual(all.slice(0, 1));
      }),
    );
  });

  // Few windows are denoised one by one, many by what they share: the same bits, ties, flat stretches and overflow too.
  test('mode causal gives many windows what it gives each alone', () => {
    const sizes = fc.constantFrom<['db4' | 'haar', number, number]>(
      ['db4', 14, 1],
      ['db4', 15, 1],
      ['db4', 31, 2],
      ['db4', 57, 3],
      ['haar', 2, 1],
      ['haar', 7, 2],
      ['haar', 16, 4],
    );
    const scaled = fc
      .tuple(values(66), fc.constantFrom(1, 0, 1e-160, 1e305, 1e306))
      .map(([series, scale]) => series.map((value, i) => (i % 20 < 7 ? 3 : value) * scale));
    const terms = fc.record({
      rule: fc.constantFrom('soft' as const, 'hard' as const),
      threshold: fc.constantFrom<'universal' | number>('universal', 0, 2.5),
    });
    fc.assert(
      fc.property(scaled, sizes, terms, (series, [wavelet, window, level], given) => {
        const params = { mode: 'causal' as const, ...given, wavelet, window, level };
        const denoised = (some: number[]) => plugin.compute({ series: some }, params).values;
        const all = denoised(series);
        expect(all.length).toBeGreaterThanOrEqual(9);
        all.forEach((value, start) => expect(denoised(series.slice(start, start + window))).toEqual([value]));
      }),
    );
  });

  test('scale and shift go through', () => {
    fc.assert(
      fc.property(
        values(14),
        fc.constantFrom(-2, 0.5, 4),
        fc.integer({ min: -50, max: 50 }),
        (series, scale, shift) => {
          const a = run({ series }, smooth).values.map((value) => value * scale + shift);
          const b = run({ series: series.map((value) => value * scale + shift) }, smooth).values;
          b.forEach((value, i) => expect(Math.abs(value - a[i])).toBeLessThanOrEqual(1e-9));
        },
      ),
    );
  });

  test('a flat series stays flat, its rounding is no noise', () => {
    const out = run({ series: Array(40).fill(0.1) }, smooth);
    expect(out).toMatchObject({ sigma: 0, threshold: 0, keptFraction: 0 });
    out.values.forEach((value) => expect(value).toBeCloseTo(0.1, 14));
  });

  const series = chirp(30);
  test.each<[string, object, object, string]>([
    ['what is not finite', { series: series.with(4, Number.NaN) }, smooth, 'input.series[4]'],
    ['13 values for db4', { series: series.slice(0, 13) }, smooth, 'input.series'],
    ['1 value for haar', { series: [1] }, { ...smooth, wavelet: 'haar' }, 'input.series'],
    ['fewer values than the window', { series }, { window: 31 }, 'input.series'],
    ['a window of 13 for db4', { series }, { window: 13 }, 'params.window'],
    ['a level beyond the most', { series }, { ...smooth, level: 3 }, 'params.level'],
    ['a level beyond what the window allows', { series }, { window: 14, level: 2 }, 'params.level'],
    ['a negative threshold', { series }, { ...smooth, threshold: -1 }, 'params.threshold'],
    ['no level', { series }, { ...smooth, level: 0 }, 'params.level'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as Input, params)).toThrow(refusedAt(id, path));
  });
});
