import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { roughSeries } from './rough-series.ts';

const id = 'alpha_google_trends';
type Input = PluginInput<typeof id>;

const run = (input: Input, params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const weekMs = 7 * 86_400_000;
const interest = (seed: number, length = 60) => roughSeries(seed, length).map((value) => 50 + Math.round(2000 * value));
const segment = (values: readonly number[], from = 0) => ({
  points: values.map((value, i) => ({ t: (from + i) * weekMs, value })),
});
const seeds = fc.integer({ min: 1, max: 2 ** 30 });

describe('alpha_google_trends', () => {
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output, 1e-12);
  });

  // pandas 3.1.1: log(v) - log(v.rolling(8).median().shift(1)); numpy 2.4.6 polyfit(range(4), g, 1)[0];
  // scipy 1.17.1 median_abs_deviation
  test('a drawn series, as pandas, numpy and scipy have it', () => {
    const output = run({ segments: [segment(interest(3).map((value) => Math.max(0, value)))] }, { lookback: 30 });
    expectSubset(
      output,
      {
        asvi: -0.1445812288111079,
        z: -0.2951334290734942,
        velocity: -0.0931726124394458,
        acceleration: -0.10566352600116011,
        confidence: 0.9997042621545051,
        signal: -0.2951334290734942 / 3,
        t: 59 * weekMs,
      },
      1e-10,
    );
    expect(run({ segments: [segment(interest(3))], quantised: false }, { lookback: 30 }).confidence).toBe(1);
  });

  test('a series cut into overlapping windows on other scales is the series', () => {
    const cut = fc.tuple(seeds, fc.double({ min: 0.1, max: 10, noNaN: true }), fc.integer({ min: 20, max: 40 }));
    fc.assert(
      fc.property(cut, ([seed, scale, border]) => {
        const values = interest(seed).map((value) => 100 + value);
        const older = segment(values.slice(0, border + 6).map((value) => value * scale));
        const newer = segment(values.slice(border), border);
        const whole = run({ segments: [segment(values)] });
        expectSubset(run({ segments: [older, newer] }), whole, 1e-9);
        expectSubset(run({ segments: [newer, older] }), whole, 1e-9);
      }),
      { numRuns: 50 },
    );
  });

  test('what has no scale is scale-free; contrarian is the other side; a partial week says nothing', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 1, max: 50, noNaN: true }), (seed, factor) => {
        const values = interest(seed).map((value) => 100 + value);
        const plain = run({ segments: [segment(values)], quantised: false });
        const scaled = run({ segments: [segment(values.map((value) => value * factor))], quantised: false });
        expectSubset(scaled, { ...plain, level: plain.level * factor });
        const other = run({ segments: [segment(values)], quantised: false }, { mode: 'contrarian' });
        expect(other.signal + plain.signal).toBe(0);
        const { points } = segment(values);
        const open = { t: 60 * weekMs, value: 1, partial: true };
        expect(run({ segments: [{ points: [...points, open] }], quantised: false })).toEqual(plain);
      }),
      { numRuns: 50 },
    );
  });

  test('each value depends on the past only', () => {
    const values = interest(8);
    const whole = run({ segments: [segment(values)] }).series;
    for (const end of [20, 41, 59]) {
      const { asvi, velocity } = run({ segments: [segment(values.slice(0, end))] }).series;
      expect({ asvi, velocity }).toEqual({
        asvi: whole.asvi.slice(0, end - 8),
        velocity: whole.velocity.slice(0, end - 8),
      });
    }
  });

  test('interest that never moves says nothing, with no confidence', () => {
    const output = run({ segments: [segment(Array.from({ length: 20 }, () => 40))] });
    expect(output).toMatchObject({ asvi: 0, z: 0, signal: 0, confidence: 0, velocity: 0 });
  });

  const values = interest(1, 30);
  const { points } = segment(values);
  test.each<[string, Partial<Input>, Record<string, number>, string]>([
    ['no segment', { segments: [] }, {}, 'input.segments'],
    ['too few periods', { segments: [segment(values.slice(0, 16))] }, {}, 'input.segments'],
    ['windows that do not overlap', { segments: [segment(values), segment(values, 40)] }, {}, 'input.segments[0]'],
    ['windows that hardly overlap', { segments: [segment(values, 27), segment(values)] }, {}, 'input.segments[1]'],
    [
      'no interest where windows overlap',
      { segments: [segment([...values.slice(0, 20), ...Array.from({ length: 10 }, () => 0)]), segment(values, 20)] },
      {},
      'input.segments[0]',
    ],
    [
      'a window without a full period',
      { segments: [segment(values), { points: [{ t: 0, value: 1, partial: true }] }] },
      {},
      'input.segments[1]',
    ],
    ['a negative value', { segments: [segment(values.with(4, -1))] }, {}, 'input.segments[0].points[4].value'],
    ['not finite', { segments: [segment(values.with(4, Infinity))] }, {}, 'input.segments[0].points[4].value'],
    [
      'times that stand still',
      { segments: [{ points: points.with(5, points[4]) }] },
      {},
      'input.segments[0].points[5].t',
    ],
    ['a trend longer than the median', {}, { velocityWindow: 9 }, 'params.velocityWindow'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run({ segments: [segment(values)], ...input }, params)).toThrow(refusedAt(id, path));
  });
});
