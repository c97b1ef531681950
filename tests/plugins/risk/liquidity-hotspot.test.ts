import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'risk_liquidity_hotspot';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;

const run = (assets: Input['assets'], params: Params = {}) =>
  runPlugin(id, deepFreeze({ assets }), { params, strict: true });

const [{ input: example }] = catalogueCases(id) as unknown as [{ input: Input }];
const [bitcoin, small] = example.assets;

const positions = fc.record({
  notional: fc.integer({ min: -5_000_000, max: 5_000_000 }),
  returns: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 20, maxLength: 20 }),
  dollarVolumes: fc.array(fc.integer({ min: 1_000, max: 9_000_000 }), { minLength: 20, maxLength: 20 }),
});
const positionOf = (
  { notional, returns, dollarVolumes }: Omit<Input['assets'][number], 'symbol' | 'book'>,
  symbol = 'A',
) => ({
  symbol,
  notional,
  returns: returns.map((value, t) => ((t % 3 === 0 ? -1 : 1) * value) / 10_000),
  dollarVolumes,
  book: small.book,
});

describe('risk_liquidity_hotspot', () => {
  // numpy 2.4.6, scipy 1.17.1 stats.norm.cdf
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    const actual = run((input as Input).assets, params);
    expectSubset(actual, output, 1e-12);
    // Too small for an absolute comparison.
    const amihuds = (rows: unknown) => (rows as { amihud: number }[]).map(({ amihud }) => amihud * 1e12);
    expectSubset(amihuds(actual.assets), amihuds(output.assets), 1e-12);
  });

  test('twice the position has sqrt 2 times the impact, and 2^1.5 times its cost', () => {
    fc.assert(
      fc.property(positions, (position) => {
        const once = positionOf({ ...position, notional: position.notional || 1 });
        const [
          {
            assets: [a],
          },
          {
            assets: [b],
          },
        ] = [1, 2].map((k) => run([{ ...once, notional: once.notional * k }]));
        const size = Math.abs(once.notional);
        expectSubset(b.impact, a.impact * Math.SQRT2);
        expectSubset(b.daysToLiquidate, 2 * a.daysToLiquidate);
        const impactCost = ({ liquidationCost, spread }: typeof a, k: number) =>
          liquidationCost - (spread / 2) * size * k;
        expectSubset(impactCost(b, 2) / size, (impactCost(a, 1) / size) * 2 ** 1.5);
        expect(b.score).toBeGreaterThanOrEqual(a.score);
      }),
    );
  });

  test('at its cap a position is neither too slow nor too dear, and one of both just so', () => {
    fc.assert(
      fc.property(positions, (position) => {
        const [{ maxNotional, bound }] = run([positionOf(position)]).assets;
        const [capped] = run([positionOf({ ...position, notional: maxNotional })]).assets;
        expect(capped.daysToLiquidate).toBeLessThanOrEqual(1 + 1e-9);
        expect(capped.impact).toBeLessThanOrEqual(0.01 * (1 + 1e-9));
        expectSubset(bound === 'maxDays' ? capped.daysToLiquidate : capped.impact * 100, 1);
        expect(capped.excessNotional / maxNotional).toBeLessThan(1e-12);
      }),
    );
  });

  test('the order of assets does not matter, equals stand by symbol', () => {
    const twin = { ...small, symbol: 'ABC/USDT' };
    const output = run([bitcoin, small, twin]);
    expect(output.assets.map(({ symbol }) => symbol)).toEqual(['ABC/USDT', 'XYZ/USDT', 'BTC/USDT']);
    expect(run([twin, small, bitcoin]).assets).toEqual(output.assets);
  });

  test('weights need no sum of 1; one alone is the score', () => {
    const scores = (weights: Params['weights']) => run([bitcoin, small], { weights }).assets.map(({ score }) => score);
    expectSubset(scores({ illiquidity: 1, time: 1, impact: 1, depth: 1 }), scores({}), 1e-12);
    const [, { components }] = run([bitcoin, small]).assets;
    const alone = run([bitcoin], { weights: { illiquidity: 0, time: 0, impact: 7, depth: 0 } });
    expectSubset(alone.assets[0].score, components.impact, 1e-12);
  });

  test('nothing held costs nothing; nothing at all is fine', () => {
    const flat = run([{ ...bitcoin, notional: 0 }]);
    expect(flat).toMatchObject({ portfolioLiquidationCost: 0, illiquidShare: 0 });
    expect(flat.assets[0]).toMatchObject({
      slippage: 0,
      bookExhausted: false,
      components: { depth: 0, time: 0, impact: 0 },
    });
    expect(run([])).toEqual({ assets: [], portfolioLiquidationCost: 0, illiquidShare: 0 });
  });

  test('returns all equal have no impact and no cap by it; a constant past has no z', () => {
    const still = {
      ...bitcoin,
      returns: bitcoin.returns.map(() => 0.01),
      dollarVolumes: bitcoin.dollarVolumes.map(() => 1e9),
    };
    expect(run([still]).assets[0]).toMatchObject({ impact: 0, bound: 'maxDays', maxNotional: 1e8, amihudZ: 0 });
  });

  const { returns, dollarVolumes, book } = bitcoin;
  test.each([
    [
      'volume of 0',
      [{ ...bitcoin, dollarVolumes: [...dollarVolumes.slice(1), 0] }],
      {},
      'input.assets[0].dollarVolumes[19]',
    ],
    ['another length', [{ ...bitcoin, dollarVolumes: dollarVolumes.slice(1) }], {}, 'input.assets[0].dollarVolumes'],
    ['an empty side', [{ ...bitcoin, book: { ...book, asks: [] } }], {}, 'input.assets[0].book.asks'],
    ['a price of 0', [{ ...bitcoin, book: { ...book, bids: [[0, 1]] } }], {}, 'input.assets[0].book.bids[0][0]'],
    ['a size of 0', [{ ...bitcoin, book: { ...book, bids: [[9, 0]] } }], {}, 'input.assets[0].book.bids[0][1]'],
    [
      'bids out of order',
      [{ ...bitcoin, book: { ...book, bids: book.bids.toReversed() } }],
      {},
      'input.assets[0].book.bids[1]',
    ],
    ['a crossed book', [{ ...bitcoin, book: { ...book, bids: book.asks.slice(0, 1) } }], {}, 'input.assets[0].book'],
    [
      'too few moves',
      [{ ...bitcoin, returns: returns.map((value, t) => (t < 8 ? 0 : value)) }],
      {},
      'input.assets[0].returns',
    ],
    ['too few days', [bitcoin, { ...small, returns: small.returns.slice(6) }], {}, 'input.assets[1].returns'],
    ['a symbol twice', [bitcoin, bitcoin], {}, 'input.assets[1].symbol'],
    ['weights of 0', [bitcoin], { weights: { illiquidity: 0, time: 0, impact: 0, depth: 0 } }, 'params.weights'],
    ['a negative weight', [bitcoin], { weights: { time: -1 } }, 'params.weights.time'],
    ['what is not finite', [{ ...bitcoin, notional: Number.NaN }], {}, 'input.assets[0].notional'],
  ])('refuses %s and names the field', (_, assets, params, path) => {
    expect(() => run(assets as Input['assets'], params)).toThrow(refusedAt(id, path));
  });
});
