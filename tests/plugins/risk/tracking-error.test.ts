import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { perRow } from './per-row.ts';

const id = 'risk_tracking_error';
type Books = PluginInput<typeof id>;

const run = (input: Books, params = {}) =>
  runPlugin(id, deepFreeze(input), { params: { limit: 0.1, ...params }, strict: true });

const [{ input: example }] = catalogueCases(id) as unknown as [
  { input: { [Field in keyof Books]-?: NonNullable<Books[Field]> } },
];
/** The example with one active weight moved against cash. */
const moved = ({ assets }: Books, index: number, by: number): Books => ({
  assets: [
    ...assets.map((asset, i) => (i === index ? { ...asset, weight: asset.weight + by } : asset)),
    { symbol: 'CASH', weight: -by, benchmarkWeight: 0, returns: assets[0].returns.map(() => 0) },
  ],
});

/** Books of 1 to 4 coins over 15 periods, and cash that makes the sums meet. */
const books = fc
  .array(
    fc.record({
      weight: fc.integer({ min: -10, max: 20 }).map((value) => value / 20),
      benchmarkWeight: fc.integer({ min: 0, max: 20 }).map((value) => value / 20),
      returns: fc.array(fc.integer({ min: -800, max: 800 }), { minLength: 15, maxLength: 15 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((rows): Books => {
    const gap = rows.reduce((sum, { weight, benchmarkWeight }) => sum + benchmarkWeight - weight, 0);
    const cash = { symbol: 'CASH', weight: gap, benchmarkWeight: 0, returns: Array<number>(15).fill(0.0001) };
    const coins = rows.map(({ returns, ...row }, i) => ({
      symbol: `A${i}`,
      ...row,
      returns: returns.map((value, t) => value / 10_000 + ((t % (i + 3)) - 1) * 0.001),
    }));
    return { assets: [...coins, cash] };
  });

describe('risk_tracking_error', () => {
  // numpy 2.4.6: sqrt(365 a' cov a), std(ddof=1)
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as never, params), perRow(output, { targetWeights: 'targetWeight' }), 1e-12);
  });

  test('with a half-life, the covariance is the exponential one without correction', () => {
    // numpy 2.4.6: sqrt(365 a' cov(R, aweights=2 ** (-(11 - t) / 5), ddof=0) a)
    const { exAnte, assets } = run(example, { halfLife: 5, annualisation: 365 });
    expectSubset(exAnte, 0.0682512348834793, 1e-12);
    expectSubset(
      assets.map(({ contribution }) => contribution),
      [-0.0035308985169500134, 0.01395083486061495, 0.05783129853981437],
      1e-12,
    );
  });

  test('contributions sum to the whole, twice the bets have twice the error, the order does not matter', () => {
    fc.assert(
      fc.property(books, fc.option(fc.integer({ min: 2, max: 40 }), { nil: undefined }), ({ assets }, halfLife) => {
        const params = halfLife === undefined ? {} : { halfLife };
        const once = run({ assets }, params);
        const total = once.assets.reduce((sum, { contribution }) => sum + contribution, 0);
        expectSubset(total, once.exAnte, 1e-12);
        const twice = assets.map((asset) => ({ ...asset, weight: 2 * asset.weight - asset.benchmarkWeight }));
        expectSubset(run({ assets: twice }, params).exAnte, 2 * once.exAnte);
        expectSubset(run({ assets: assets.toReversed() }, params).exAnte, once.exAnte);
      }),
    );
  });

  test('the target weights meet the limit, and so does one weight moved by its room', () => {
    fc.assert(
      fc.property(books, fc.double({ min: 0.02, max: 1, noNaN: true }), ({ assets }, limit) => {
        const { exAnte, scale, bound, assets: rows } = run({ assets }, { limit });
        expect(bound).toBe(exAnte <= limit ? 'none' : 'trackingError');
        const target = assets.map((asset, i) => ({ ...asset, weight: rows[i].targetWeight }));
        expectSubset(run({ assets: target }).exAnte, Math.min(exAnte, limit));
        expect(scale).toBeLessThanOrEqual(1);
        rows.forEach(({ symbol, maxIncrease, maxDecrease }, i) => {
          expect(maxIncrease === undefined).toBe(bound !== 'none' || symbol === 'CASH');
          if (maxIncrease === undefined || maxDecrease === undefined) return;
          for (const by of [maxIncrease, -maxDecrease]) {
            expect(Math.abs(run(moved({ assets }, i, by)).exAnte - limit)).toBeLessThan(1e-7);
          }
        });
      }),
    );
  });

  test('the benchmark itself has no error; a constant lead has no information ratio', () => {
    const assets = example.assets.map((asset) => ({ ...asset, weight: asset.benchmarkWeight }));
    const benchmarkReturns = example.benchmarkReturns;
    const portfolioReturns = benchmarkReturns.map((value) => value + 0.001);
    const output = run({ assets, portfolioReturns, benchmarkReturns });
    expect(output).toMatchObject({ exAnte: 0, utilisation: 0, scale: 1, activeShare: 0, exPost: 0 });
    expect(output).not.toHaveProperty('informationRatio');
    expect(run({ assets })).not.toHaveProperty('exPost');
    expect(output.assets.map(({ contribution }) => contribution)).toEqual([0, 0, 0]);
  });

  const { assets, portfolioReturns, benchmarkReturns } = example;
  const withFirst = (change: object) => ({ assets: [{ ...assets[0], ...change }, ...assets.slice(1)] });
  test.each([
    ['unequal lengths', withFirst({ returns: Array(11).fill(0) }), {}, 'input.assets[1].returns'],
    ['too few periods', withFirst({ returns: Array(9).fill(0) }), {}, 'input.assets[0].returns'],
    ['what is not finite', withFirst({ returns: [...Array(11).fill(0), Infinity] }), {}, 'input.assets[0].returns[11]'],
    ['sums that differ', withFirst({ weight: 0.46 }), {}, 'input.assets'],
    ['no assets', { assets: [] }, {}, 'input.assets'],
    ['a portfolio alone', { assets, portfolioReturns }, {}, 'input.benchmarkReturns'],
    ['a benchmark alone', { assets, benchmarkReturns }, {}, 'input.portfolioReturns'],
    [
      'series that differ',
      { assets, portfolioReturns, benchmarkReturns: benchmarkReturns.slice(1) },
      {},
      'input.benchmarkReturns',
    ],
    ['short series', { assets, portfolioReturns: [0.1], benchmarkReturns: [0.1] }, {}, 'input.portfolioReturns'],
    ['no limit', example, { limit: 0 }, 'params.limit'],
    ['a half-life of 0', example, { halfLife: 0 }, 'params.halfLife'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as never, params)).toThrow(refusedAt(id, path));
  });
});
