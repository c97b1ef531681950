import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { carried, cutAt } from '../carried.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { roughSeries } from './rough-series.ts';

const id = 'alpha_vpin';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;
type Bar = Input['bars'][number];

const run = (input: Input, params: Partial<Params> = {}) =>
  runPlugin(id, deepFreeze(input), { params: { bucketVolume: 120, ...params }, strict: true });

/** Minute bars about 100; every 37th without volume. */
function drawn(seed: number, count: number): Bar[] {
  const [moves, volumes, sides] = [0, 1, 2].map((k) => roughSeries(seed + k, count));
  let level = 0;
  return moves.map((move, i) => {
    level += move;
    const volume = i % 37 === 0 ? 0 : Math.abs(volumes[i]) * 1e4;
    const buyVolume = volume * Math.min(1, Math.max(0, sides[i] * 50 + 0.5));
    return { t: i * 60_000, close: 100 * Math.exp(level), volume, buyVolume };
  });
}

const small = { bucketVolume: 120, buckets: 20, sigmaWindow: 50, minSigma: 10, minHistory: 60 };
/** Equal bars that rise by a cent, then one leap far beyond sigma after another. */
const leaps = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ t: i, close: 100 + 1.5 ** i / 100, volume: 10 }));

describe('alpha_vpin', () => {
  // a numpy 2.4.6 loop with scipy 1.17.1's norm.cdf and t.cdf
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as never, params), output, 1e-10);
  });

  // 300 bars through the same loop in numpy and scipy
  test.each([
    [
      'bvc',
      'normal',
      { skippedBars: 10, vpin: 0.35419115875840895, cdf: 0.45145631067961167, signedImbalance: -0.025530052478261473 },
      [103, 3_600_000, 0.3805725252350221, 28.29999999999977, 5.582725903452115],
    ],
    [
      'bvc',
      't',
      { skippedBars: 10, vpin: 0.15124202355788977, cdf: 0.45145631067961167, signedImbalance: -0.01139984695100973 },
      [103, 3_600_000, 0.16031476691061564, 28.29999999999977, 10.421991435278365],
    ],
    [
      'aggressor',
      'normal',
      { skippedBars: 0, vpin: 0.25167420833333315, cdf: 0.06018518518518518, signedImbalance: 0.030807958333333246 },
      [108, 2_940_000, 0.27446929166666656, 24.19999999999972, 9.873599999999886],
    ],
  ] as const)(
    '%s, %s, as numpy and scipy have it',
    (classify, distribution, expected, [closed, t, vpin, filled, buy]) => {
      const output = run({ bars: drawn(1, 300) }, { ...small, classify, distribution, toxicCdf: 0.4 });
      const excess = Math.max(0, (expected.cdf - 0.4) / 0.6);
      expectSubset(
        output,
        {
          ...expected,
          toxic: excess > 0,
          confidence: 1,
          riskMultiplier: 1 - 0.75 * excess,
          signal: expected.signedImbalance / 0.5,
          state: { filled, buy, lastT: 299 * 60_000 },
        },
        1e-10,
      );
      expect(output.completed).toHaveLength(closed);
      expectSubset(output.completed[0], { t, vpin }, 1e-10);
    },
  );

  test('one-sided flow is all imbalance, balanced flow none', () => {
    const up = run(
      { bars: leaps(60) },
      { bucketVolume: 10, buckets: 5, sigmaWindow: 10, minSigma: 2, distribution: 'normal' },
    );
    expect(up.vpin).toBeGreaterThan(0.9);
    const bought = drawn(4, 100).map((bar) => ({ ...bar, buyVolume: bar.volume }));
    expectSubset(run({ bars: bought }, { ...small, classify: 'aggressor' }), {
      vpin: 1,
      signedImbalance: 1,
      signal: 1,
    });
    const balanced = drawn(4, 100).map((bar) => ({ ...bar, buyVolume: bar.volume / 2 }));
    const none = run({ bars: balanced }, { ...small, classify: 'aggressor' });
    expectSubset(none, { vpin: 0, signedImbalance: 0, signal: 0, cdf: 0.5 }, 1e-12);
    const still = drawn(4, 100).map((bar) => ({ ...bar, close: 100 }));
    expectSubset(run({ bars: still }, small), { vpin: 0, cdf: 0.5 }, 1e-12);
  });

  test('cut into any pieces with the state carried over: the same, to the bit', () => {
    const cases = fc.record({
      seed: fc.integer({ min: 1, max: 2 ** 30 }),
      places: fc.array(fc.nat(150), { maxLength: 5 }),
      classify: fc.constantFrom('bvc', 'aggressor'),
      // few, so that every window slides
      params: fc.constantFrom(small, { ...small, buckets: 3, sigmaWindow: 12, maxHistory: 7 }),
    });
    fc.assert(
      fc.property(cases, ({ seed, places, classify, params }) => {
        const bars = drawn(seed, 150);
        const whole = run({ bars }, { ...params, classify });
        const pieces = cutAt(bars, places).map((piece) => ({ bars: piece }));
        const outputs = carried((input: Input) => run(input, { ...params, classify }), pieces);
        expect({
          ...outputs[outputs.length - 1],
          completed: outputs.flatMap((output) => output.completed),
          skippedBars: outputs.reduce((sum, output) => sum + output.skippedBars, 0),
        }).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  test('what later bars bring changes nothing before them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), fc.nat(150), (seed, place) => {
        const bars = drawn(seed, 150);
        const part = run({ bars: bars.slice(0, place) }, small).completed;
        expect(run({ bars }, small).completed.slice(0, part.length)).toEqual(part);
      }),
      { numRuns: 40 },
    );
  });

  test('units of price and volume do not matter, and turned moves turn the side only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (seed) => {
        const bars = drawn(seed, 150);
        const { state: _, ...plain } = run({ bars }, small);
        const inUnits = bars.map(({ t, close, volume }) => ({ t, close: close * 1_024, volume: volume / 8 }));
        expectSubset(run({ bars: inUnits }, { ...small, bucketVolume: 15 }), plain, 1e-9);
        const mirrored = bars.map((bar) => ({ ...bar, close: 1_000 - bar.close }));
        const { vpin, signedImbalance = Number.NaN } = plain;
        expectSubset(run({ bars: mirrored }, small), { vpin, signedImbalance: -signedImbalance }, 1e-8);
      }),
      { numRuns: 40 },
    );
  });

  test('says nothing but its state until the buckets are complete', () => {
    const output = run({ bars: drawn(1, 30) }, { ...small, buckets: 50 });
    expect(Object.keys(output).toSorted()).toEqual(['completed', 'skippedBars', 'state']);
    expect(run({ bars: [] })).toEqual({
      completed: [],
      skippedBars: 0,
      state: { dps: [], filled: 0, buy: 0, ring: [], history: [] },
    });
  });

  test('a bar without volume moves the time only', () => {
    const bars = drawn(1, 100);
    const { state } = run({ bars }, small);
    const idle = { t: 100 * 60_000, close: 1, volume: 0 };
    const after = run({ bars: [idle], state }, small);
    expect(after.state).toEqual({ ...state, lastT: idle.t });
  });

  test('a bar that fills many buckets closes each, and all are equal', () => {
    const [first, ...rest] = drawn(1, 60);
    const flood = { t: 60 * 60_000, close: 101, volume: 120 * 200 };
    const output = run({ bars: [first, ...rest, flood] }, small);
    expect(output.completed.length).toBeGreaterThan(180);
    expect(output.cdf).toBeGreaterThan(0.4); // most of the history is this one bar's VPIN
  });

  const bars = drawn(1, 60);
  const { state } = run({ bars }, small);
  const with1 = (change: Partial<Bar>) => ({ bars: [bars[0], { ...bars[1], ...change }] });
  test.each<[string, Input, Partial<Params>, string]>([
    ['a time twice', with1({ t: 0 }), {}, 'input.bars[1].t'],
    ['a time before the state', { bars, state }, {}, 'input.bars[0].t'],
    ['a price of 0', with1({ close: 0 }), {}, 'input.bars[1].close'],
    ['a negative volume', with1({ volume: -1 }), {}, 'input.bars[1].volume'],
    ['more bought than traded', with1({ buyVolume: 1e6 }), {}, 'input.bars[1].buyVolume'],
    [
      'no side in aggressor mode',
      { bars: [{ t: 0, close: 1, volume: 1 }] },
      { classify: 'aggressor' },
      'input.bars[0].buyVolume',
    ],
    ['a bar of too many buckets', with1({ volume: 1_200_001 }), {}, 'params.bucketVolume'],
    ['a minimum beyond the window', { bars }, { sigmaWindow: 10, minSigma: 11 }, 'params.minSigma'],
    [
      'a ring that is too long',
      { bars: [], state: { ...state, ring: Array<number>(21).fill(0) } },
      {},
      'input.state.ring',
    ],
    [
      'a full ring without history',
      { bars: [], state: { ...state, ring: Array<number>(20).fill(0), history: [] } },
      {},
      'input.state.history',
    ],
    ['a bucket that is full', { bars: [], state: { ...state, filled: 120 } }, {}, 'input.state.filled'],
    ['more bought than filled', { bars: [], state: { ...state, filled: 1, buy: 2 } }, {}, 'input.state.buy'],
    ['a state of another shape', { bars: [], state: { ring: [] } as never }, {}, 'input.state.dps'],
    ['no bucket volume', { bars }, { bucketVolume: undefined as never }, 'params.bucketVolume'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input, { ...small, ...params })).toThrow(refusedAt(id, path));
  });
});
