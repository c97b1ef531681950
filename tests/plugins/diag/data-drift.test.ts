import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ksAsymptoticTail } from '../../../core/math/kolmogorov-smirnov.ts';
import { createPrng } from '../../../core/math/prng.ts';
import { plugins, runPlugin } from '../../../plugins/run-plugin.ts';
import { runPluginWithSvg } from '../../../plugins/run-with-svg.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { expectPicture } from './picture.ts';

type Feature = { name: string; reference: number[]; current: number[] };

const [example] = catalogueCases('diag_data_drift');
const features = example.input['features'] as Feature[];
const [feature] = features;

const run = (input: object, params: object = {}) =>
  runPlugin('diag_data_drift', deepFreeze(input) as never, { params, strict: true });

const one = (reference: number[], current: number[], params: object = {}) =>
  run({ features: [{ name: 'x', reference, current }] }, params).features[0];

const values = (minLength: number) => fc.array(fc.integer({ min: -20, max: 20 }), { minLength, maxLength: 40 });

const uniform = (seed: number, length: number) => {
  const random = createPrng(seed);
  return Array.from({ length }, () => random.nextFloat());
};

describe('diag_data_drift', () => {
  // scipy 1.17.1 ks_2samp(method='exact'), wasserstein_distance, chi2.sf and isf; statsmodels 0.15.0 multipletests
  test.each(catalogueCases('diag_data_drift'))('$name', ({ input, params, output }) => {
    expectSubset(run(input, params), output, 1e-10);
  });

  // scipy 1.17.1 special.kolmogorov(1.5460155244850895), stated in the catalogue
  test('the asymptotic p-value', () => {
    const { ks } = one(feature.reference, feature.current, { pValue: 'asymptotic' });
    expect(ks).toMatchObject({ method: 'asymptotic' });
    expectSubset(ks.pValue, 0.016786481071967625, 1e-10);
    expect(ksAsymptoticTail(0.01, 20, 12)).toBe(1);
  });

  test('neither scale nor place matters; a mirror turns the sign', () => {
    fc.assert(
      fc.property(values(10), values(5), fc.integer({ min: 1, max: 5 }), (reference, current, factor) => {
        const plain = one(reference, current);
        const moved = one(
          reference.map((value) => value * factor + 3),
          current.map((value) => value * factor + 3),
        );
        expect(moved.ks.statistic).toBe(plain.ks.statistic);
        expect(moved.ks.pValue).toBe(plain.ks.pValue);
        expectSubset(moved.wasserstein.value, plain.wasserstein.value * factor, 1e-9);
        expectSubset(moved.wasserstein.normalized, plain.wasserstein.normalized, 1e-9);
        const mirrored = one(
          reference.map((value) => -value),
          current.map((value) => -value),
        );
        expect(mirrored.ks.statistic).toBe(plain.ks.statistic);
        expectSubset(mirrored.wasserstein.value, plain.wasserstein.value, 1e-9);
      }),
    );
  });

  test('the gap and the distance are those of the definition', () => {
    fc.assert(
      fc.property(values(10), values(5), (reference, current) => {
        const { ks, wasserstein, psi } = one(reference, current);
        const points = [...new Set([...reference, ...current])].toSorted((a, b) => a - b);
        const share = (sample: number[], x: number) => sample.filter((value) => value <= x).length / sample.length;
        const gaps = points.map((x) => share(reference, x) - share(current, x));
        expectSubset(ks.statistic, Math.max(...gaps.map(Math.abs)), 1e-12);
        expectSubset(Math.abs(gaps[points.indexOf(ks.location)] ?? 0), ks.statistic, 1e-12);
        const area = points.slice(1).reduce((sum, x, i) => sum + Math.abs(gaps[i] ?? 0) * (x - (points[i] ?? 0)), 0);
        expectSubset(wasserstein.value, area, 1e-9);
        expect(psi.value).toBeGreaterThanOrEqual(0);
        expect(psi.referenceCounts.reduce((sum, count) => sum + count, 0)).toBe(reference.length);
        expect(psi.currentCounts.reduce((sum, count) => sum + count, 0)).toBe(current.length);
      }),
    );
  });

  test('the exact tail is a probability that falls with the gap, and the same sample has none', () => {
    const same = one(feature.reference, feature.reference);
    expect(same.ks).toMatchObject({ statistic: 0, pValue: 1 });
    const shifts = [0, 0.3, 0.6, 0.9, 2, 9].map(
      (by) =>
        one(
          uniform(1, 40),
          uniform(2, 30).map((value) => value + by),
        ).ks,
    );
    const tails = shifts.map(({ pValue }) => pValue);
    expect(tails).toEqual(tails.toSorted((a, b) => b - a));
    expect(tails.every((tail) => tail >= 0 && tail <= 1)).toBe(true);
  });

  test('a constant reference has one bin, no index and no normalised distance, and drifts by its q-value alone', () => {
    const out = one(Array(12).fill(2), [2, 2, 3, 3, 3, 3, 3, 3]);
    expect(out.psi).toEqual({
      value: 0,
      edges: [],
      referenceCounts: [12],
      currentCounts: [8],
      contributions: [0],
      degreesOfFreedom: 0,
      pValue: 1,
    });
    expect(out.wasserstein).not.toHaveProperty('normalized');
    expect(out).toMatchObject({ drifted: true, severity: 'moderate', wasserstein: { value: 0.75, meanShift: 0.75 } });
  });

  test('q-values control the discoveries; the drifted stand in the order of their distance', () => {
    const reference = uniform(5, 200);
    const at = (name: string, by: number, seed: number) => ({
      name,
      reference,
      current: uniform(seed, 100).map((value) => value + by),
    });
    const constant = { name: 'still', reference: Array(12).fill(1), current: Array(12).fill(2) };
    const out = run({ features: [at('small', 0.3, 1), at('none', 0, 2), constant, at('large', 2, 3)] });
    expect(out.drifted).toEqual(['still', 'large', 'small']);
    expect(out.features.map(({ severity }) => severity)).toEqual(['major', 'none', 'moderate', 'major']);
    for (const { qValue, ks } of out.features) expect(qValue).toBeGreaterThanOrEqual(ks.pValue);
  });

  test('psiModerate has no effect, as its description says', () => {
    const current = uniform(2, 1000).map((value) => value ** 0.75);
    const moderate = { name: 'x', reference: uniform(1, 1000), current };
    const at = (psiModerate: number) => run({ features: [moderate, ...features] }, { psiModerate });
    expect(at(0).features[0].severity).toBe('moderate');
    expect(at(1e9)).toEqual(at(0));
    expect(plugins.diag_data_drift.params.shape.psiModerate.description).toMatch(/^of no effect/);
  });

  test('an effect below minEffect raises no alarm, however sure it is', () => {
    const reference = uniform(1, 3_000);
    const current = uniform(2, 3_000).map((value) => value + 0.02);
    const out = run({ features: [{ name: 'x', reference, current }] }, { fdr: 0.2 });
    expect(out.features[0].ks.method).toBe('asymptotic');
    expect(out.drifted).toEqual([]);
  });

  test('blocks: seeded, and not alarmed by a trend that the same process made', () => {
    const wave = Array.from({ length: 120 }, (_, t) => Math.sin(t / 15));
    const slow = { name: 'slow', reference: wave.slice(0, 100), current: wave.slice(100) };
    const at = (seed: number) =>
      run({ features: [slow] }, { pValue: 'blockBootstrap', blockLength: 20, seed }).features[0].ks;
    expect(at(1)).toEqual(at(1));
    expect(at(1).pValue).not.toBe(at(2).pValue);
    expect(at(1).pValue).toBeGreaterThan(one(slow.reference, slow.current).ks.pValue);
  });

  test('the picture', async () => {
    const output = await runPluginWithSvg('diag_data_drift', { features }, { params: example.params });
    expectPicture(output, ['spread_z', 'Distributions of spread_z', 'share of values at most x', 'reference', 'major']);
  });

  const changed = (changes: Partial<Feature>) => ({ features: [feature, { ...feature, name: 'second', ...changes }] });

  test.each([
    ['no features', { features: [] }, {}, 'input.features'],
    ['a name twice', changed({ name: 'spread_z' }), {}, 'input.features[1].name'],
    ['no name', changed({ name: '' }), {}, 'input.features[1].name'],
    ['a short reference', changed({ reference: [1, 2, 3] }), {}, 'input.features[1].reference'],
    ['few current values', changed({ current: [1, 2, 3, 4] }), {}, 'input.features[1].current'],
    ['not finite', changed({ current: [1, 2, Infinity, 4, 5] }), {}, 'input.features[1].current[2]'],
    ['no seed', { features }, { pValue: 'blockBootstrap' }, 'params.seed'],
    ['too long blocks', { features }, { pValue: 'blockBootstrap', seed: 1, blockLength: 13 }, 'params.blockLength'],
    [
      'an exact test of too many pairs',
      changed({ reference: uniform(1, 20_000), current: uniform(2, 5_001) }),
      { pValue: 'exact' },
      'params.pValue',
    ],
    ['an unknown field', { features, rows: [] }, {}, 'input.rows'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input, params)).toThrow(refusedAt('diag_data_drift', path));
  });
});
