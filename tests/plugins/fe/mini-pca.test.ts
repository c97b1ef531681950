import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { carried } from '../carried.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'fe_mini_pca';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;

const run = (input: Input, params: Params) => runPlugin(id, deepFreeze(input), { params, strict: true });
const inBatches = (batches: number[][][], params: Params) =>
  carried(
    (input: Input) => run(input, params),
    batches.map((rows) => ({ rows })),
  );

/** 25 rows of four features that lean on each other; numpy: sin(i^2 0.7) scaled by [3, 2, 1, 0.5], x1 += x0. */
const rows = Array.from({ length: 25 }, (_, i) => {
  const row = [3, 2, 1, 0.5].map((factor, j) => factor * Math.sin((i * 4 + j + 1) ** 2 * 0.7));
  return [row[0], row[1] + row[0], row[2], row[3]];
});
const batches = [rows.slice(0, 10), rows.slice(10, 11), rows.slice(11)];

const randomRows = (count: number, width: number) =>
  fc.array(fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: width, maxLength: width }), {
    minLength: count,
    maxLength: count + 10,
  });
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, j) => sum + value * b[j], 0);

describe('fe_mini_pca', () => {
  // scikit-learn 1.9.1: IncrementalPCA(2).partial_fit, as the catalogue gives it
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params as Params), output, 1e-10);
  });

  test('batches of 10, 1 and 14 rows', () => {
    const last = inBatches(batches, { nComponents: 2, signs: 'maxAbs' }).at(-1);
    // scikit-learn 1.9.1: IncrementalPCA(2), partial_fit on the same batches
    const oracle = {
      components: [
        [0.6647249038838909, 0.7456377169994023, -0.04310486096332817, -0.017526211963903398],
        [0.7197887581585707, -0.6553512894789955, -0.22800167677238647, -0.020834260143833196],
      ],
      explainedVariance: [7.956939432855175, 1.0353323978380229],
      explainedVarianceRatio: [0.8425529571268441, 0.10963039002229007],
      mean: [-0.27757275560239575, -0.2837762253179511, 0.12904559940992746, 0.08108582068617323],
    };
    expectSubset(last, oracle, 1e-10);
  });

  test('with every component kept, batches are the PCA of all rows, weighted by age', () => {
    // scikit-learn 1.9.1: PCA(4).fit(rows).explained_variance_
    const all = [7.957003753802286, 1.0355952999953593, 0.3393186951960389, 0.1119271340494078];
    expectSubset(inBatches(batches, { nComponents: 4 }).at(-1), { explainedVariance: all, noiseVariance: 0 }, 1e-12);
    expectSubset(run({ rows }, { nComponents: 4 }).explainedVariance, all, 1e-12);
    // numpy 2.4.6: eigenvalues of the scatter with weights 0.9^2, 0.9, 1 by batch, over the sum of weights - 1
    const weighted = [7.704041923888451, 1.0350712995286715, 0.35594765471909945, 0.1126061865343829];
    const mean = [-0.30777752421288124, -0.3239307674733247, 0.1139684534250528, 0.07625093542595236];
    expectSubset(
      inBatches(batches, { nComponents: 4, forget: 0.9 }).at(-1),
      { explainedVariance: weighted, mean },
      1e-12,
    );
  });

  // Below every component kept the cut of the rows matters: that is not in this list.
  test('components are orthonormal, cuts do not matter with all of them, and priorScores do not look ahead', () => {
    fc.assert(
      fc.property(randomRows(8, 3), fc.integer({ min: 4, max: 7 }), (data, cut) => {
        const params = { nComponents: 3 };
        const [first, second] = inBatches([data.slice(0, cut), data.slice(cut)], params);
        const whole = run({ rows: data }, params);
        const scale = Math.max(1, whole.explainedVariance[0]);
        second.explainedVariance.forEach((value, i) =>
          expect(Math.abs(value - whole.explainedVariance[i]) / scale).toBeLessThan(1e-10),
        );
        second.components.forEach((a, i) =>
          second.components.forEach((b, j) => expect(dot(a, b)).toBeCloseTo(i === j ? 1 : 0, 10)),
        );
        const next = run({ rows: data.slice(cut, cut + 1), state: first.state }, params);
        expect(next.priorScores?.[0]).toEqual(second.priorScores?.[0]);
      }),
    );
  });

  test('scaled by a divisor as by hand, shifted without effect, whitened to unit variance', () => {
    const params = { nComponents: 2 };
    const plain = run({ rows }, params);
    const scale = [2, 4, 0.5, 8];
    const byHand = run({ rows: rows.map((row) => row.map((value, j) => value / scale[j])) }, params);
    expectSubset(run({ rows }, { ...params, scale }).components, byHand.components, 1e-12);
    const shifted = run({ rows: rows.map((row) => row.map((value) => value + 100)) }, params);
    expectSubset(shifted.explainedVariance, plain.explainedVariance, 1e-10);
    const white = run({ rows }, { ...params, whiten: true });
    [0, 1].forEach((i) => {
      const squares = white.scores.reduce((sum, score) => sum + score[i] ** 2, 0);
      expect(squares / (rows.length - 1)).toBeCloseTo(1, 10);
    });
  });

  test('continuity keeps directions where maxAbs would flip them', () => {
    const turning = [rows.slice(0, 10), rows.slice(10)];
    const [before, after] = inBatches(turning, { nComponents: 2 });
    after.components.forEach((row, i) => expect(dot(row, before.components[i])).toBeGreaterThanOrEqual(0));
  });

  test('rows without spread explain nothing', () => {
    const out = run({ rows: Array.from({ length: 5 }, () => [1, 2, 3]) }, { nComponents: 2, whiten: true });
    expect(out).toMatchObject({ explainedVariance: [0, 0], explainedVarianceRatio: [0, 0], noiseVariance: 0 });
    expect(out.scores).toEqual(Array.from({ length: 5 }, () => [0, 0]));
  });

  const params = { nComponents: 2 };
  const { state } = run({ rows }, { ...params, scale: [1, 1, 1, 2] });
  test.each<[string, object, object, string]>([
    ['no rows', { rows: [] }, params, 'input.rows'],
    ['ragged rows', { rows: [...rows, [1, 2]] }, params, 'input.rows[25]'],
    ['what is not finite', { rows: rows.with(3, [1, 2, Number.NaN, 4]) }, params, 'input.rows[3][2]'],
    ['too few first rows', { rows: rows.slice(0, 2) }, params, 'params.nComponents'],
    ['too few columns', { rows }, { nComponents: 5 }, 'params.nComponents'],
    ['other columns than the state has', { rows: [[1, 2, 3]], state }, params, 'input.state.mean'],
    ['a scale of another length', { rows }, { ...params, scale: [1, 2] }, 'params.scale'],
    ['a scale of 0', { rows }, { ...params, scale: [1, 1, 0, 1] }, 'params.scale[2]'],
    ['another scale than the state has', { rows, state }, { ...params, scale: [1, 1, 1, 1] }, 'params.scale'],
    ['other components than the state has', { rows, state }, { nComponents: 3 }, 'input.state.nComponents'],
    [
      'a state with a short component',
      {
        rows,
        state: {
          ...state,
          components: [
            [1, 0],
            [0, 1],
          ],
        },
      },
      params,
      'input.state.components[0]',
    ],
    [
      'a state with one singular value',
      { rows, state: { ...state, singularValues: [1] } },
      params,
      'input.state.singularValues',
    ],
    ['a state with another sumSq', { rows, state: { ...state, sumSq: [1] } }, params, 'input.state.sumSq'],
    [
      'a state of no rows',
      { rows: rows.slice(0, 1), state: { ...state, effectiveCount: 1e-20 } },
      params,
      'params.forget',
    ],
    [
      'what overflows',
      { rows: rows.with(0, [1e308, -1e308, 1, 1]).with(1, [1e308, 1e308, 1, 1]) },
      params,
      'input.rows',
    ],
    ['forgetting everything', { rows }, { ...params, forget: 0 }, 'params.forget'],
  ])('refuses %s and names the field', (_, input, given, path) => {
    expect(() => run(input as Input, given as Params)).toThrow(refusedAt(id, path));
  });

  test('takes the smallest numbers there are', () => {
    const tiny = rows.map((row) => row.map((value) => value * 1e-310));
    expect(run({ rows: tiny }, params).components[0][0]).toBeCloseTo(run({ rows }, params).components[0][0], 6);
  });
});
