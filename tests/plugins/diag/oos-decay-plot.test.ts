import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { runPluginWithSvg } from '../../../plugins/run-with-svg.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { expectPicture } from './picture.ts';

type Fold = { label: string; isReturns: number[]; oosReturns: number[] };

const [example] = catalogueCases('diag_oos_decay_plot');
const folds = example.input['folds'] as Fold[];
const [first] = folds;

const run = (input: object, params: object = {}) =>
  runPlugin('diag_oos_decay_plot', deepFreeze(input) as never, { params, strict: true });

const varied = (least: number) =>
  fc.array(fc.integer({ min: -900, max: 900 }), { minLength: least, maxLength: 20 }).filter((v) => new Set(v).size > 3);

const anyFolds = fc
  .array(fc.record({ isReturns: varied(8), oosReturns: varied(4) }), { minLength: 1, maxLength: 5 })
  .map((list) => list.map((fold, i) => ({ label: `fold ${i}`, ...fold })));

const scaled = (list: readonly Fold[], factor: number) =>
  list.map(({ label, isReturns, oosReturns }) => ({
    label,
    isReturns: isReturns.map((value) => value * factor),
    oosReturns: oosReturns.map((value) => value * factor),
  }));

describe('diag_oos_decay_plot', () => {
  // numpy 2.4.6; scipy 1.17.1 ttest_rel; statsmodels 0.15.0 OLS(r, [1, age]).fit(cov_type='HAC', maxlags 2)
  test.each(catalogueCases('diag_oos_decay_plot'))('$name', ({ input, params, output }) => {
    expectSubset(run(input, params), output, 1e-10);
  });

  test('a change of scale changes no ratio, a change of sign mirrors them', () => {
    fc.assert(
      fc.property(anyFolds, fc.integer({ min: 2, max: 9 }), (list, factor) => {
        const plain = run({ folds: scaled(list, 1e-4) });
        const larger = run({ folds: scaled(list, factor * 1e-4) });
        const mirrored = run({ folds: scaled(list, -1e-4) });
        expectSubset(larger.folds, plain.folds, 1e-8);
        expectSubset(larger.stitchedOos, plain.stitchedOos, 1e-8);
        expectSubset(mirrored.stitchedOos.sharpe, -plain.stitchedOos.sharpe, 1e-8);
        expectSubset(mirrored.ageDecay?.t, plain.ageDecay && -plain.ageDecay.t, 1e-6);
      }),
      { numRuns: 50 },
    );
  });

  test('buckets cover every age once, at most as many as there are ages', () => {
    fc.assert(
      fc.property(anyFolds, fc.integer({ min: 2, max: 20 }), (list, ageBuckets) => {
        const out = run({ folds: scaled(list, 1e-4) }, { ageBuckets });
        const total = list.reduce((sum, { oosReturns }) => sum + oosReturns.length, 0);
        expect(out.buckets.reduce((sum, { n }) => sum + n, 0)).toBeLessThanOrEqual(total);
        const edges = out.buckets.flatMap(({ fromAge, toAge }) => [fromAge, toAge]);
        expect(edges).toEqual(edges.toSorted((a, b) => a - b));
      }),
      { numRuns: 50 },
    );
  });

  test('below three folds no paired test; equal differences have no t; a flat line has no decay', () => {
    const pair = run({ folds: folds.slice(0, 2) });
    for (const field of ['meanDifference', 'differenceT']) expect(pair.summary).not.toHaveProperty(field);
    expect(pair).not.toHaveProperty('degradation');
    expect(pair.notes[0]).toMatch(/Fewer than 3 folds/);

    const same = run({ folds: ['a', 'b', 'c'].map((label) => ({ ...first, label })) });
    expect(same.summary.meanDifference).toBeLessThan(0);
    for (const field of ['differenceInterval', 'differenceT', 'differenceP'])
      expect(same.summary).not.toHaveProperty(field);
    expect(same).not.toHaveProperty('degradation');

    const line = [0.004, 0.003, 0.002, 0.001];
    expect(run({ folds: [{ ...first, oosReturns: line }] })).not.toHaveProperty('ageDecay');
  });

  test('no half-life is claimed for a mean that does not fall', () => {
    const rising = folds.map((fold) => ({ ...fold, oosReturns: fold.oosReturns.toReversed() }));
    const { ageDecay, notes } = run({ folds: rising });
    expect(ageDecay?.slopePerBar).toBeGreaterThan(0);
    expect(ageDecay).not.toHaveProperty('halfLifeBars');
    expect(notes).toContainEqual(expect.stringMatching(/no half-life/));
  });

  test('the picture', async () => {
    const output = await runPluginWithSvg('diag_oos_decay_plot', { folds }, { params: example.params });
    expectPicture(output, [
      '2025Q1',
      'out of sample',
      'McLean-Pontiff',
      'age of the fit, bars',
      'Sharpe ratio, annualised',
    ]);
    expectPicture(await runPluginWithSvg('diag_oos_decay_plot', { folds: folds.slice(0, 1) }, {}), ['2025Q1']);
  });

  const with1 = (changes: Partial<Fold>) => ({ folds: [folds[0], { ...folds[1], ...changes }] });

  test.each([
    ['no folds', { folds: [] }, 'input.folds', ''],
    ['few returns in sample', with1({ isReturns: [0.1, 0.2] }), 'input.folds[1].isReturns', '2025Q2'],
    ['few returns out of sample', with1({ oosReturns: [0.1, 0.2, 0] }), 'input.folds[1].oosReturns', '2025Q2'],
    ['not finite', with1({ oosReturns: [0, 1, Number.NaN, 2] }), 'input.folds[1].oosReturns[2]', ''],
    ['a total loss', with1({ oosReturns: [0, 1, 2, -1] }), 'input.folds[1].oosReturns[3]', ''],
    ['a flat side', with1({ oosReturns: [0, 0, 0, 0] }), 'input.folds[1].oosReturns', '2025Q2'],
    ['a label twice', with1({ label: '2025Q1' }), 'input.folds[1].label', ''],
    ['an unknown field', { folds, bars: 1 }, 'input.bars', ''],
  ])('refuses %s, by the field and the label', (_, input, path, label) => {
    expect(() => run(input)).toThrow(refusedAt('diag_oos_decay_plot', path));
    expect(() => run(input)).toThrow(label);
  });
});
