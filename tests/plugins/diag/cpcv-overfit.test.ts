import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPrng } from '../../../core/math/prng.ts';
import { normalQuantile } from '../../../core/math/normal.ts';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { runPluginWithSvg } from '../../../plugins/run-with-svg.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { expectPicture } from './picture.ts';

const [example] = catalogueCases('diag_cpcv_overfit');
const returns = example.input['returns'] as number[][];
const small = { cscvBlocks: 4, nGroups: 4, nTestGroups: 2 };

const run = (input: object, params: object = small) =>
  runPlugin('diag_cpcv_overfit', deepFreeze(input) as never, { params, strict: true });

/** Seeded iid normal returns, a column a configuration. */
function noise(seed: number, bars: number, columns: number): number[][] {
  const random = createPrng(seed);
  const draw = () => 0.01 * normalQuantile((random.nextUint32() + 0.5) / 2 ** 32);
  return Array.from({ length: bars }, () => Array.from({ length: columns }, draw));
}

describe('diag_cpcv_overfit', () => {
  // numpy 2.4.6 with itertools.combinations, scipy 1.17.1 rankdata and norm
  test.each(catalogueCases('diag_cpcv_overfit'))('$name', ({ input, params, output }) => {
    expectSubset(run(input, params), output, 1e-10);
  });

  test('worthless configurations have a mean PBO of a half over 60 seeds', () => {
    const values = Array.from(
      { length: 60 },
      (_, seed) => run({ returns: noise(seed, 160, 20) }, { cscvBlocks: 8 }).pbo,
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.1);
  });

  test('neither the scale nor (but for ties) the order of configurations matters', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 2, max: 9 }), (seed, factor) => {
        const rows = noise(seed, 24, 4);
        const plain = run({ returns: rows });
        const scaled = run({ returns: rows.map((row) => row.map((value) => value * factor)) });
        const turned = run({ returns: rows.map((row) => row.toReversed()) });
        for (const other of [scaled, turned]) {
          expect(other.pbo).toBe(plain.pbo);
          expectSubset(other.cpcv.pathSharpe, plain.cpcv.pathSharpe, 1e-9);
          expectSubset(other.deflated.dsr, plain.deflated.dsr, 1e-9);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('every path covers every bar; with k = 1 there is one, without a deviation', () => {
    const { cpcv, plot } = run({ returns }, { ...small, nTestGroups: 1 });
    expect(cpcv.paths).toBe(1);
    expect(cpcv).not.toHaveProperty('sdPathSharpe');
    expect(plot.paths[0]).toHaveLength(16);
    expect(run({ returns }).cpcv.paths).toBe(3); // C(N - 1, k - 1)
  });

  test('nothing is purged without labels and embargo; train and test never meet, whatever they are', () => {
    expect(run({ returns }).cpcv.splits.every(({ purged, trainSize }) => purged === 0 && trainSize === 8)).toBe(true);
    const holding = fc.array(fc.nat(3), { minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(holding, fc.nat(2), (hold, embargoBars) => {
        const labelEnd = hold.map((bars, t) => Math.min(31, t + bars));
        const rows = noise(1, 32, 3);
        const { splits } = run({ returns: rows, labelEnd }, { ...small, embargoBars, nTestGroups: 1 }).cpcv;
        for (const { test: groups, train, trainSize, purged } of splits) {
          const tested = groups.flatMap((group) => Array.from({ length: 8 }, (_, i) => group * 8 + i));
          expect(trainSize + purged + tested.length).toBe(32);
          for (const t of train) {
            const meets = tested.some((row) => row <= (labelEnd[t] ?? 0) && (labelEnd[row] ?? 0) >= t);
            expect(meets).toBe(false);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test('a configuration that never traded has a Sharpe ratio of 0 and no correlation', () => {
    const idle = returns.map(([a = 0, b = 0]) => [a, b, 0.1]);
    const { deflated, pbo } = run({ returns: idle });
    expect(deflated.sharpe[2]).toBe(0);
    const pair = run({ returns: returns.map(([a = 0, b = 0]) => [a, b]) }).deflated.averageCorrelation;
    expect(deflated.averageCorrelation).toBeCloseTo(pair / 3, 12);
    expect(pbo).toBeLessThanOrEqual(1);
  });

  test('more trials deflate more; at most 20,000 halves are listed, more are counted', () => {
    const rows = noise(3, 40, 3);
    const [few, many] = [run({ returns: rows }), run({ returns: rows }, { ...small, trials: 1000 })];
    expect(many.deflated.sr0).toBeGreaterThan(few.deflated.sr0);
    expect(many.deflated.dsr).toBeLessThan(few.deflated.dsr);
    const wide = run({ returns: rows }, { ...small, cscvBlocks: 18 });
    expect(wide).not.toHaveProperty('logits');
    expect(wide.combinations).toBe(48_620);
    expect(wide.logitHistogram?.counts.reduce((sum, count) => sum + count, 0)).toBe(48_620);
    const bins = wide.logitHistogram?.counts ?? [];
    // Of three columns the logits are -ln 3, 0 and ln 3.
    expect(bins.flatMap((count, bin) => (count > 0 ? [bin] : []))).toEqual([0, 25, 49]);
  });

  test('a path ends where everything is lost', () => {
    const lost = returns.map(([a = 0, b = 0], t) => [a, t === 15 ? -1 : b]);
    expect(run({ returns: lost }).plot.paths.some((path) => path.length < 16)).toBe(true);
  });

  test('the picture', async () => {
    const output = await runPluginWithSvg('diag_cpcv_overfit', example.input as never, {
      params: example.params,
    });
    expectPicture(output, ['Probability of backtest overfitting 1', 'in sample, annualised', 'cumulative log return']);
  });

  test.each([
    ['a ragged row', { returns: returns.with(3, [0.1, 0.2]) }, {}, 'input.returns[3]'],
    ['not finite', { returns: returns.with(3, [0.1, Number.NaN, 0.2]) }, {}, 'input.returns[3][1]'],
    ['too few rows', { returns }, { cscvBlocks: 10 }, 'input.returns'],
    ['odd blocks', { returns }, { cscvBlocks: 5 }, 'params.cscvBlocks'],
    [
      'a label that ends before it starts',
      { returns, labelEnd: returns.map((_, t) => (t === 2 ? 1 : t)) },
      {},
      'input.labelEnd[2]',
    ],
    ['a label past the end', { returns, labelEnd: returns.map((_, t) => (t === 2 ? 16 : t)) }, {}, 'input.labelEnd[2]'],
    ['too few labels', { returns, labelEnd: [0] }, {}, 'input.labelEnd'],
    ['too little to train on', { returns }, { embargoBars: 16, minTrainBars: 9 }, 'params.minTrainBars'],
    ['too many splits', { returns: noise(1, 40, 2) }, { nGroups: 20, nTestGroups: 10 }, 'params.nTestGroups'],
    ['every group tested', { returns }, { nTestGroups: 4 }, 'params.nTestGroups'],
    ['more groups than rows', { returns: returns.slice(0, 8) }, { nGroups: 9 }, 'params.nGroups'],
    ['fewer trials than columns', { returns }, { trials: 2 }, 'params.trials'],
    ['nothing that varies', { returns: returns.map(() => [0, 0]) }, {}, 'input.returns[][0]'],
    ['an unknown field', { returns, prices: [] }, {}, 'input.prices'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input, { ...small, ...params })).toThrow(refusedAt('diag_cpcv_overfit', path));
  });
});
