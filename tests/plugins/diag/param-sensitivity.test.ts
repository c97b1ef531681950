import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPrng } from '../../../core/math/prng.ts';
import { runPlugin } from '../../../plugins/run-plugin.ts';
import { runPluginWithSvg } from '../../../plugins/run-with-svg.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { expectPicture } from './picture.ts';

type Trial = { values: number[]; metric: number };
type Input = { parameters: string[]; trials: Trial[] };

const [example] = catalogueCases('diag_param_sensitivity');
const input = example.input as Input;
const { parameters, trials } = input;

const run = (given: object, params: object = {}) =>
  runPlugin('diag_param_sensitivity', deepFreeze(given) as never, { params, strict: true });

/** A full grid of the given sizes with outcomes of `metric` at each index. */
function gridOf(sizes: readonly number[], metric: (index: readonly number[]) => number): Input {
  const indexes = sizes.reduce<number[][]>(
    (rows, size) => rows.flatMap((row) => Array.from({ length: size }, (_, i) => [...row, i])),
    [[]],
  );
  return {
    parameters: sizes.map((_, i) => `p${i}`),
    trials: indexes.map((index) => ({ values: index.map((level) => level * 10), metric: metric(index) })),
  };
}

const anyGrid = fc
  .tuple(fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 1, maxLength: 3 }), fc.nat(1000))
  .map(([sizes, seed]) => {
    const random = createPrng(seed);
    return gridOf(sizes, () => random.nextBelow(50) / 10 - 2);
  });

// The catalogue's scattered fixture.
const scattered: Input = {
  parameters: ['x'],
  trials: [3, 1, 4, 1.5, 9, 2.6, 5.3, 5.8, 9.7, 9.3].map((x, i) => ({
    values: [x],
    metric: [0.2, 0.1, 0.5, 0.2, 0.9, 0.1, 0.4, 0.7, 0.8, 1.1][i] ?? 0,
  })),
};

describe('diag_param_sensitivity', () => {
  // statsmodels 0.15.0 anova_lm(ols('y ~ C(a) + C(b)')) sums of squares over the total; numpy 2.4.6 for neighbours
  test.each(catalogueCases('diag_param_sensitivity'))('$name', ({ input: given, params, output }) => {
    expectSubset(run(given, params), output, 1e-10);
  });

  // statsmodels 0.15.0 ols('y ~ C(bin)') rsquared, rsquared_adj; scipy 1.17.1 spearmanr
  test('scattered trials in three bins', () => {
    const out = run(scattered, { mode: 'scattered', bins: 3 });
    expectSubset(
      out.sensitivity,
      [
        {
          name: 'x',
          firstOrder: 0.8785919540229885,
          corrected: 0.8439039408866995,
          spearman: 0.9207488243118473,
          spearmanP: 0.000156706998130427,
        },
      ],
      1e-10,
    );
    expect(out).not.toHaveProperty('neighbourhood');
    expect(out.best).toEqual({ values: [9.3], metric: 1.1 });
  });

  test('of two parameters first orders and their pair make 1, a total holds what its first order does', () => {
    fc.assert(
      fc.property(anyGrid, (given) => {
        const { sensitivity, interactions = [], variance } = run(given);
        if (given.parameters.length === 2 && variance > 0) {
          const all = [...sensitivity.map(({ firstOrder }) => firstOrder), ...interactions.map(({ share }) => share)];
          expectSubset(
            all.reduce((sum, share) => sum + share, 0),
            1,
            1e-10,
          );
        }
        const short = sensitivity.filter(({ firstOrder, total = 0 }) => total < firstOrder - 1e-12);
        expect(short).toEqual([]);
      }),
    );
  });

  test('the order of trials does not matter; shares do not feel scale and shift; min mirrors max', () => {
    fc.assert(
      fc.property(anyGrid, (given) => {
        const plain = run(given);
        expect(run({ ...given, trials: given.trials.toReversed() })).toEqual(plain);
        const moved = run({
          ...given,
          trials: given.trials.map(({ values, metric }) => ({ values, metric: metric * 3 + 1 })),
        });
        expectSubset(
          moved.sensitivity.map(({ firstOrder, total }) => ({ firstOrder, total })),
          plain.sensitivity.map(({ firstOrder, total }) => ({ firstOrder, total })),
          1e-9,
        );
        const turned = { ...given, trials: given.trials.map(({ values, metric }) => ({ values, metric: 0 - metric })) };
        const low = run(turned, { direction: 'min' });
        expect(low.best.values).toEqual(plain.best.values);
        expect(low.robust?.values).toEqual(plain.robust?.values);
        expectSubset(low.mean, -plain.mean, 1e-12);
        expectSubset(low.neighbourhood?.median, -(plain.neighbourhood?.median ?? 0), 1e-12);
        const around = turned.trials.filter(({ values }) =>
          values.every((value, i) => Math.abs(value - (low.best.values[i] ?? 0)) <= 10),
        );
        const others = around.filter(({ values }) => values.join() !== low.best.values.join());
        expect(low.neighbourhood?.min).toBe(Math.min(...others.map(({ metric }) => metric)));
      }),
      { numRuns: 60 },
    );
  });

  test('a parameter that does nothing has no share, and equal outcomes have none at all', () => {
    const idle = run(gridOf([3, 4], ([a = 0]) => a * a));
    expectSubset(
      idle.sensitivity,
      [
        { firstOrder: 1, total: 1 },
        { firstOrder: 0, total: 0 },
      ],
      1e-12,
    );
    const flat = run(gridOf([3, 4], () => 0.1));
    expect(flat.variance).toBe(0);
    expect(flat.sensitivity.map(({ firstOrder, total }) => [firstOrder, total])).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(flat.best.index).toEqual([0, 0]);
    expect(flat.neighbourhood).not.toHaveProperty('peakZ');
  });

  test('a spike is seen, and the robust point stands on the plateau', () => {
    const { best, robust, neighbourhood } = run(
      gridOf([7, 7], ([a = 0, b = 0]) =>
        a === 1 && b === 1 ? 9 : Math.abs(a - 5) <= 1 && Math.abs(b - 5) <= 1 ? 3 : 0,
      ),
    );
    expect(best.index).toEqual([1, 1]);
    expect(neighbourhood?.retention).toBe(0);
    expect(robust?.index).toEqual([5, 5]);
    expect(robust?.smoothed).toBe(3);
    const averse = run(
      gridOf([5], ([a = 0]) => [0, 8, 0, 2, 2][a] ?? 0),
      { riskAversion: 2 },
    );
    expect(averse.robust?.index).toEqual([4]); // mean 2 without deviation beats 8/3 with sd 3.8
  });

  test('one neighbour has no deviation; a constant parameter has no rank correlation', () => {
    expect(run(gridOf([2], ([a = 0]) => a)).neighbourhood).not.toHaveProperty('sd');
    const constant = {
      parameters: ['x', 'still'],
      trials: scattered.trials.map(({ values, metric }) => ({ values: [...values, 1], metric })),
    };
    expect(run(constant, { mode: 'scattered' }).sensitivity[1]).toMatchObject({ spearman: 0, spearmanP: 1 });
    const perfect = {
      ...scattered,
      trials: scattered.trials.map(({ values }) => ({ values, metric: values[0] ?? 0 })),
    };
    expect(run(perfect, { mode: 'scattered' }).sensitivity[0]).toMatchObject({ spearmanP: 0 });
  });

  test('the picture: heat map of two, line of one, bars of scattered trials', async () => {
    const map = await runPluginWithSvg('diag_param_sensitivity', input, { params: example.params });
    expectPicture(map, ['share of variance', 'lookback', 'threshold', '1.4', 'Ringed: best, dashed: robust']);
    const line = await runPluginWithSvg(
      'diag_param_sensitivity',
      gridOf([5], ([a = 0]) => a),
      {},
    );
    expectPicture(line, ['p0', 'metric']);
    const bars = await runPluginWithSvg('diag_param_sensitivity', scattered, { params: { mode: 'scattered' } });
    expectPicture(bars, ['x', 'share of variance']);
    const steps = await runPluginWithSvg(
      'diag_param_sensitivity',
      gridOf([3, 20, 2], ([a = 0, b = 0]) => a * b),
      {},
    );
    expectPicture(steps, ['p0', 'p1']);
    expectPicture(
      await runPluginWithSvg(
        'diag_param_sensitivity',
        gridOf([3, 2], () => 0.1),
        {},
      ),
      ['0.1'],
    );
  });

  const [first] = trials;

  test.each([
    ['a missing combination', { parameters, trials: trials.slice(0, -1) }, {}, 'input.trials'],
    ['a combination twice', { parameters, trials: [...trials, first] }, {}, 'input.trials[12].values'],
    ['one level', gridOf([3, 1], ([a = 0]) => a), {}, 'input.parameters[1]'],
    [
      'too few values',
      { parameters, trials: trials.with(2, { values: [10], metric: 1 }) },
      {},
      'input.trials[2].values',
    ],
    [
      'not finite',
      { parameters, trials: trials.with(2, { values: [10, 1.5], metric: Number.NaN }) },
      {},
      'input.trials[2].metric',
    ],
    ['a name twice', { parameters: ['a', 'a'], trials }, {}, 'input.parameters[1]'],
    ['too few scattered trials', { parameters, trials: trials.slice(0, 7) }, { mode: 'scattered' }, 'input.trials'],
    ['too many bins', scattered, { mode: 'scattered', bins: 6 }, 'params.bins'],
    [
      'equal metrics',
      { parameters, trials: trials.map(({ values }) => ({ values, metric: 1 })) },
      { mode: 'scattered' },
      'input.trials',
    ],
    ['too wide a radius', input, { radius: 200 }, 'params.radius'],
    ['an unknown field', { ...input, levels: [] }, {}, 'input.levels'],
  ])('refuses %s and names the field', (_, given, params, path) => {
    expect(() => run(given, params)).toThrow(refusedAt('diag_param_sensitivity', path));
  });

  test('names the first missing combination by its values', () => {
    expect(() => run({ parameters, trials: trials.filter((_, i) => i !== 5) })).toThrow(
      /lookback 20, threshold 1 is missing/,
    );
  });
});
