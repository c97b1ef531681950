import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPrng } from '../../../core/math/prng.ts';
import { drawStationary } from '../../../core/validation/statistics/block-bootstrap.ts';
import { runPluginWithSvg } from '../../../plugins/run-with-svg.ts';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { expectPicture } from './picture.ts';

const [example] = catalogueCases('diag_sharpe_ci');
const returns = example.input['returns'] as number[];
const quick = { bootstrap: { replications: 0 } };

const run = (input: object, params: object = quick) =>
  runPlugin('diag_sharpe_ci', deepFreeze(input) as never, { params: params as never, strict: true });

const anyReturns = fc
  .array(fc.integer({ min: -900, max: 900 }), { minLength: 20, maxLength: 80 })
  .filter((values) => new Set(values).size > 4);

describe('diag_sharpe_ci', () => {
  // numpy 2.4.6, scipy 1.17.1 skew and kurtosis, statsmodels 0.15.0 OLS HAC and acf, arch 8.0.0 block length
  test.each(catalogueCases('diag_sharpe_ci'))('$name', ({ input, params, output }) => {
    expectSubset(run(input, params), output, 1e-10);
  });

  // The entry states the indexes of the example's first replicate.
  test('the first resample of seed 7 with blocks of 8', () => {
    const indexes = new Int32Array(24);
    drawStationary(createPrng(7), 8, indexes);
    expect([...indexes]).toEqual([1, 2, 3, 4, 5, 6, 7, 15, 16, 17, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 16, 17, 18]);
  });

  test('without lags the HAC error is Mertens’; without autocorrelation Lo’s factor is the square root', () => {
    fc.assert(
      fc.property(anyReturns, (values) => {
        const out = run({ returns: values.map((value) => value / 1e4) }, { ...quick, hacLag: 0, acfLags: 0 });
        expectSubset(out.standardErrors.hac, out.standardErrors.mertens, 1e-12);
        expectSubset(out.annualFactorLo, out.annualFactorIid, 1e-12);
        expect(out.autocorrelations).toEqual([]);
      }),
    );
  });

  test('a change of scale changes no ratio; a change of sign mirrors them', () => {
    fc.assert(
      fc.property(anyReturns, fc.integer({ min: 1, max: 9 }), (values, factor) => {
        const at = (scale: number) => run({ returns: values.map((value) => (value * scale) / 1e5) });
        const [plain, scaled, mirrored] = [at(1), at(factor), at(-1)];
        expectSubset(scaled.intervals, plain.intervals, 1e-8);
        expectSubset(scaled.psr, plain.psr, 1e-9);
        expectSubset(mirrored.sharpeAnnual, -plain.sharpeAnnual, 1e-9);
        expectSubset(mirrored.psr, 1 - plain.psr, 1e-9);
      }),
    );
  });

  test('a record of the minimum length has a psr of the confidence, and a higher benchmark a lower one', () => {
    const { sharpePerPeriod: sharpe, skewness, kurtosis, minTrackRecordLength: needed = 0 } = run({ returns });
    const spread = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2;
    expect((sharpe * Math.sqrt(needed - 1)) / Math.sqrt(spread)).toBeCloseTo(1.6448536269514722, 12);
    const high = run({ returns }, { ...quick, benchmarkSharpeAnnual: 20 });
    expect(high.psr).toBeLessThan(run({ returns }).psr);
    expect(high).not.toHaveProperty('minTrackRecordLength');
  });

  test('seeded: the same twice, another with another seed; without replications no bootstrap', () => {
    const at = (seed: number) => run({ returns }, { bootstrap: { replications: 50, seed } }).intervals;
    expect(at(1)).toEqual(at(1));
    expect(at(1)).not.toEqual(at(2));
    expect(run({ returns })).not.toHaveProperty('bootstrap');
    expect(run({ returns }).intervals).not.toHaveProperty('bootstrapPercentile');
  });

  test('strong negative autocorrelation leaves Lo’s factor out', () => {
    const zigzag = Array.from({ length: 40 }, (_, t) => (t % 2 === 0 ? 0.01 : -0.009) + t * 1e-6);
    const out = run({ returns: zigzag }, { ...quick, acfLags: 1 });
    for (const field of ['annualFactorLo', 'sharpeAnnualLo']) expect(out).not.toHaveProperty(field);
    expect(out.intervals).not.toHaveProperty('hacLo');
  });

  test('the picture', async () => {
    const output = await runPluginWithSvg('diag_sharpe_ci', { returns }, { params: example.params as never });
    expectPicture(output, ['bootstrapStudentized', 'Sharpe ratio, annualised', 'density']);
    const plain = await runPluginWithSvg('diag_sharpe_ci', { returns }, { params: { ...quick, render: false } });
    expect(plain).not.toHaveProperty('svg');
  });

  test.each([
    ['too few returns', { returns: returns.slice(0, 19) }, {}, 'input.returns'],
    ['not finite', { returns: [...returns, Number.NaN] }, {}, 'input.returns[24]'],
    ['a total loss', { returns: [...returns, -1] }, {}, 'input.returns[24]'],
    ['no spread', { returns: returns.map(() => 0.01) }, {}, 'input.returns'],
    ['a lag of half the returns', { returns }, { hacLag: 12 }, 'params.hacLag'],
    ['as many autocorrelations as returns', { returns }, { acfLags: 24 }, 'params.acfLags'],
    ['no seed', { returns }, { bootstrap: {} }, 'params.bootstrap.seed'],
    ['no bootstrap', { returns }, { bootstrap: undefined }, 'params.bootstrap'],
    [
      'too long blocks',
      { returns },
      { bootstrap: { replications: 9, seed: 1, blockLength: 25 } },
      'params.bootstrap.blockLength',
    ],
    ['an unknown field', { returns, prices: [] }, {}, 'input.prices'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input, { ...quick, ...params })).toThrow(refusedAt('diag_sharpe_ci', path));
  });

  // Two values with S = 2 / g3 leave nothing under the root: 1 - g3 S + (g4 - 1)/4 S^2 = (1 - g3 S / 2)^2.
  test('refuses returns whose Sharpe ratio has no error, with the three numbers', () => {
    const twoValued = Array.from({ length: 25 }, (_, t) => (t < 5 ? 4 : -1) / 100);
    const shift = 0.02 * (2 / 1.5) * Math.sqrt(25 / 24);
    expect(() => run({ returns: twoValued.map((value) => value + shift) })).toThrow(
      expect.objectContaining({
        place: expect.objectContaining({ found: expect.stringMatching(/skewness .* kurtosis .* Sharpe/) }),
      }),
    );
  });

  test('names how many returns there are', () => {
    expect(() => run({ returns: returns.slice(0, 12) })).toThrow(
      expect.objectContaining({ place: expect.objectContaining({ found: '12 values' }) }),
    );
  });
});
