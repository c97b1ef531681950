import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { roughSeries } from './rough-series.ts';

const id = 'alpha_vrp';
type Input = PluginInput<typeof id>;

const run = (input: Input, params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const days = (seed: number, length = 120) => ({
  iv: roughSeries(seed, length).map((value) => 0.5 + 5 * value),
  rv: roughSeries(seed + 1, length).map((value) => 0.0006 + 0.04 * Math.abs(value)),
});
const seeds = fc.integer({ min: 1, max: 2 ** 30 });

describe('alpha_vrp', () => {
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output, 1e-10);
  });

  // pandas 3.1.1 rolling means, statsmodels 0.15.0 OLS(y, add_constant(X)).fit()
  test('a drawn series, as pandas and statsmodels have it', () => {
    const { har, ...output } = run(days(5), { lookback: 60 });
    expectSubset(
      har,
      {
        coefficients: [0.0012271333195905028, 0.004637767712812657, -0.06439711837337736, -0.4358550259078078],
        rSquared: 0.23271396004224887,
        observations: 61,
      },
      1e-10,
    );
    expectSubset(output, { vrp: -0.06419971755164419, z: -0.4678534838719844, confidence: 0.23271396004224887 }, 1e-10);
    const trailing = { vrp: -0.05347610999999994, z: -0.09082706645540999, logRatio: -0.20160284284622307 };
    expectSubset(run(days(5), { lookback: 60, method: 'trailing' }), trailing, 1e-11);
  });

  test('variance in other units: premiums scale with it, z and ratio do not', () => {
    const factor = fc.double({ min: 0.25, max: 4, noNaN: true });
    fc.assert(
      fc.property(seeds, factor, fc.constantFrom('har', 'trailing'), (seed, k, method) => {
        const { iv, rv } = days(seed);
        const plain = run({ iv, rv }, { method });
        const scaled = run(
          { iv: iv.map((value) => value * Math.sqrt(k)), rv: rv.map((value) => value * k) },
          { method },
        );
        const { z, signal, varianceSignal, confidence, logRatio } = plain;
        expectSubset(scaled, { z, signal, varianceSignal, confidence, logRatio, vrp: plain.vrp * k }, 1e-8);
      }),
      { numRuns: 50 },
    );
  });

  test('the trailing series depends on the past only', () => {
    const { iv, rv } = days(9);
    const whole = run({ iv, rv }, { method: 'trailing' }).series.vrp;
    for (const end of [60, 97]) {
      const part = run({ iv: iv.slice(0, end), rv: rv.slice(0, end) }, { method: 'trailing' }).series;
      expect(part).toEqual({ offset: 29, vrp: whole.slice(0, end - 29) });
    }
  });

  test('a dearer option raises the premium and sells variance', () => {
    const { iv, rv } = days(2);
    const [low, high] = [0.4, 0.6].map((last) => run({ iv: iv.with(119, last), rv }));
    expect(high.vrp - low.vrp).toBeCloseTo(0.6 ** 2 - 0.4 ** 2, 12);
    expect(high.varianceSignal).toBeLessThan(low.varianceSignal);
    expect(high.signal).toBeGreaterThan(low.signal);
  });

  test('a forecast outside all that was seen becomes its mean', () => {
    const { iv, rv } = days(3);
    const shocked = rv.with(119, 5);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    // What the days from the 30th to the 90th could have seen of the 30 days after them.
    const seen = Array.from({ length: 61 }, (_, i) => mean(shocked.slice(i + 30, i + 60)));
    expectSubset(run({ iv, rv: shocked }), { expectedVariance: 365 * mean(seen) });
  });

  const { iv, rv } = days(1);
  const flat = rv.map(() => 0.001);
  test.each<[string, Partial<Input>, Record<string, unknown>, string]>([
    ['other lengths', { rv: rv.slice(1) }, {}, 'input.rv'],
    ['a volatility of 0', { iv: iv.with(2, 0) }, {}, 'input.iv[2]'],
    ['not finite', { iv: iv.with(2, Number.NaN) }, {}, 'input.iv[2]'],
    ['a negative variance', { rv: rv.with(7, -1e-9) }, {}, 'input.rv[7]'],
    ['percent', { iv: iv.with(6, 48) }, {}, 'input.iv[6]'],
    ['too few days for HAR', { iv: iv.slice(0, 72), rv: rv.slice(0, 72) }, {}, 'input.rv'],
    ['too few days to trail', { iv: iv.slice(0, 48), rv: rv.slice(0, 48) }, { method: 'trailing' }, 'input.rv'],
    ['no variance', { rv: rv.map(() => 0) }, { method: 'trailing' }, 'input.rv'],
    ['variances that are all one', { rv: flat }, {}, 'input.rv'],
    ['lags that fall', {}, { harLags: [30, 7] }, 'params.harLags'],
    ['a lag of a day', {}, { harLags: [1, 30] }, 'params.harLags[0]'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run({ iv, rv, ...input }, params)).toThrow(refusedAt(id, path));
  });

  test('says how many days it needs', () => {
    const short = { iv: iv.slice(0, 72), rv: rv.slice(0, 72) };
    const expected = { place: expect.objectContaining({ expected: 'at least 73', found: '72' }) };
    expect(() => run(short)).toThrow(expect.objectContaining(expected));
  });
});
