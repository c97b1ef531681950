import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { carried, cutAt } from '../carried.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { nile } from './nile.ts';

const id = 'fe_kalman';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;

const run = (input: Input, params: Params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const level: Params = { noise: { mode: 'fixed', epsilonVar: 1, levelVar: 0.5 } };
const trend: Params = {
  model: 'localLinearTrend',
  noise: { mode: 'fixed', epsilonVar: 1, levelVar: 0.3, slopeVar: 0.05 },
};
const nileLevel: Params = { noise: { mode: 'fixed', epsilonVar: 15099, levelVar: 1469.1 } };
const nileTrend: Params = {
  model: 'localLinearTrend',
  noise: { mode: 'fixed', epsilonVar: 15000, levelVar: 1500, slopeVar: 20 },
};
/** The two gaps of Durbin & Koopman (2012) sec. 2.7. */
const withGaps = nile.map((_, t) => !((t >= 20 && t < 40) || (t >= 60 && t < 80)));
const everywhere = (length: number) => Array<boolean>(length).fill(true);

const values = (minLength = 1) =>
  fc.array(
    fc.integer({ min: -5_000, max: 5_000 }).map((value) => value / 100),
    { minLength, maxLength: 60 },
  );

describe('fe_kalman', () => {
  // statsmodels 0.15.0: UnobservedComponents(y, 'llevel' | 'lltrend', use_exact_diffuse=True).smooth([…])
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output);
  });

  // statsmodels 0.15.0, as above, on the Nile: llf, filtered_state[:, -1], smoothed_state[:, [0, 30, 50]] and its cov
  test.each([
    {
      name: 'level',
      params: nileLevel,
      observed: everywhere(100),
      logLik: -633.4645636488787,
      last: [798.3702926083578],
      smoothed: [1111.6683191267957, 895.7838434374198, 829.5504511818576],
      variances: [4032.1579418084766, 2326.7568835026086, 2326.756869814385],
      forecast: [20600.257941809046, 22069.35794180905, 23538.45794180905],
    },
    {
      name: 'level with gaps',
      params: nileLevel,
      observed: withGaps,
      logLik: -381.5060013085083,
      last: [798.3151146180785],
      smoothed: [1111.3209465735854, 893.7919448454977, 827.2748007830235],
      variances: [4032.186797448254, 9715.005549011363, 2334.144549885368],
      forecast: [20600.286797448254, 22069.386797448256, 23538.486797448255],
    },
    {
      name: 'trend',
      params: nileTrend,
      observed: everywhere(100),
      logLik: -633.8145474517223,
      last: [772.7206760451933, -10.332675917005218],
      smoothed: [1122.8803840137193, 891.6168914968853, 827.1279262664358],
      variances: [5093.684234045706, 2434.314355933438, 2434.069695024541],
      forecast: [22712.782967424, 25809.623875723606, 29424.206958944524],
    },
    {
      name: 'trend with gaps',
      params: nileTrend,
      observed: withGaps,
      logLik: -381.634018259757,
      last: [773.4524408179578, -10.057378889074391],
      smoothed: [1129.2624828899968, 866.5475880305896, 826.082180050176],
      variances: [5109.6315131478, 13838.803554418986, 2436.450540085595],
      forecast: [22742.187751133628, 25856.573140232897, 29492.787680445617],
    },
  ])('the Nile: $name', ({ params, observed, ...oracle }) => {
    const out = run({ series: [...nile], observed }, { ...params, smooth: true, horizon: 3 });
    expectSubset(out.logLik, oracle.logLik, 1e-10);
    expectSubset([out.level.at(-1), out.slope?.at(-1)].slice(0, oracle.last.length), oracle.last);
    expectSubset(
      [0, 30, 50].map((t) => out.smoothed?.level[t]),
      oracle.smoothed,
    );
    expectSubset(
      [0, 30, 50].map((t) => out.smoothed?.levelVar[t]),
      oracle.variances,
    );
    expectSubset(out.forecast?.observationVar, oracle.forecast);
  });

  test('estimates the published variances of the Nile, a variance at its bound as exactly 0', () => {
    // Durbin & Koopman (2012) sec. 2.10: 15099 and 1469.1; more digits as the catalogue has them (statsmodels' llf there)
    const one = run({ series: [...nile] }, { noise: { mode: 'mle' } });
    expectSubset(one.noise, { epsilonVar: 15098.5187, levelVar: 1469.1762, active: ['epsilonVar', 'levelVar'] }, 1e-4);
    expect(one.logLik).toBeCloseTo(-633.4645636, 6);
    const two = run({ series: [...nile] }, { model: 'localLinearTrend', noise: { mode: 'mle' } });
    expectSubset(two.noise, { epsilonVar: 14678.0146, levelVar: 1752.7709, slopeVar: 0 }, 1e-4);
    expect(two.noise.active).toEqual(['epsilonVar', 'levelVar']);
    expect(two.logLik).toBeCloseTo(-631.7106891, 6);
  });

  // Mode mle and `smoothed` use the whole batch: they are not in these two.
  test.each([
    ['localLevel', level],
    ['localLinearTrend', trend],
  ])('%s carried over any cuts is one batch, and no value depends on the future', (_, params) => {
    fc.assert(
      fc.property(
        values(),
        fc.array(fc.nat(60), { maxLength: 5 }),
        fc.infiniteStream(fc.boolean()),
        (series, places, coins) => {
          const observed = series.map(() => coins.next().value as boolean);
          const whole = run({ series, observed }, params);
          const pieces = cutAt(series, places);
          const flags = cutAt(observed, places);
          const inputs = pieces
            .map((piece, i) => ({ series: piece, observed: flags[i] }))
            .filter((part) => part.series.length > 0);
          const parts = carried((input: Input) => run(input, params), inputs);
          expect(parts.flatMap((part) => part.level)).toEqual(whole.level);
          expect(parts.flatMap((part) => part.innovations.value)).toEqual(whole.innovations.value);
          expect(parts.at(-1)?.state).toEqual(whole.state);

          const prefix = run({ series: series.slice(0, 20), observed: observed.slice(0, 20) }, params);
          expect(prefix.level).toEqual(whole.level.slice(0, prefix.level.length));
        },
      ),
    );
  });

  test('shifting and scaling the series shifts and scales the level, the standardized innovations stay', () => {
    fc.assert(
      fc.property(
        values(3),
        fc.constantFrom(2, -0.5, 8),
        fc.integer({ min: -100, max: 100 }),
        (series, scale, shift) => {
          const a = run({ series }, trend);
          const b = run(
            { series: series.map((value) => value * scale + shift) },
            {
              ...trend,
              noise: { mode: 'fixed', epsilonVar: scale ** 2, levelVar: 0.3 * scale ** 2, slopeVar: 0.05 * scale ** 2 },
            },
          );
          expectSubset(
            b.level,
            a.level.map((value) => value * scale + shift),
          );
          expectSubset(
            b.innovations.standardized,
            a.innovations.standardized.map((value) => value * Math.sign(scale)),
          );
        },
      ),
    );
  });

  test('limits: without noise the level is the value, the last smoothed value is the filtered one', () => {
    fc.assert(
      fc.property(values(2), (series) => {
        const exact = run({ series }, { noise: { mode: 'fixed', epsilonVar: 0, levelVar: 1 }, smooth: true });
        expectSubset(exact.level, series);
        expectSubset(exact.smoothed?.level, series);
        const out = run({ series }, { ...trend, smooth: true });
        expectSubset(out.smoothed?.level.at(-1), out.level.at(-1));
        expectSubset(out.smoothed?.slopeVar?.at(-1), out.slopeVar?.at(-1));
        // Without level noise the smoothed level is one number, the mean.
        const still = run({ series }, { noise: { mode: 'fixed', epsilonVar: 1, levelVar: 0 }, smooth: true });
        const mean = series.reduce((sum, value) => sum + value, 0) / series.length;
        expectSubset(
          still.smoothed?.level,
          series.map(() => mean),
        );
      }),
    );
  });

  test('a trend of one value has no slope yet; a known start needs no value at all', () => {
    const one = run({ series: [5, 6], observed: [false, true] }, { ...trend, horizon: 2 });
    expect(one).toMatchObject({ offset: 2, level: [], gain: [], nObserved: 1 });
    expect(one).not.toHaveProperty('forecast');
    expect(one.state.diffuseCov).not.toEqual([
      [0, 0],
      [0, 0],
    ]);
    const known = run(
      { series: [5], observed: [false] },
      { ...level, initial: { kind: 'known', mean: [3], cov: [[2]] } },
    );
    expect(known).toMatchObject({
      offset: 0,
      level: [3],
      levelVar: [2],
      logLik: 0,
      state: { mean: [3], cov: [[2.5]] },
    });
  });

  const { state } = run({ series: [1, 2, 4] }, trend);
  const series = [1, 2, 4];
  const known = (cov: number[][]) => ({ initial: { kind: 'known' as const, mean: [0, 0], cov } });
  test.each<[string, object, object, string]>([
    ['no values', { series: [] }, level, 'input.series'],
    ['what is not finite', { series: [1, Number.NaN] }, level, 'input.series[1]'],
    ['null', { series: [null] }, level, 'input.series[0]'],
    ['gaps of another length', { series, observed: [true] }, level, 'input.observed'],
    [
      'a negative variance',
      { series },
      { noise: { mode: 'fixed', epsilonVar: 1, levelVar: -1 } },
      'params.noise.levelVar',
    ],
    ['no variance', { series }, { noise: { mode: 'fixed', epsilonVar: 0, levelVar: 0 } }, 'params.noise'],
    ['no noise', { series }, {}, 'params.noise'],
    ['a trend without slopeVar', { series }, { ...level, model: 'localLinearTrend' }, 'params.noise.slopeVar'],
    ['a level with slopeVar', { series }, { ...trend, model: 'localLevel' }, 'params.noise.slopeVar'],
    [
      'no symmetry',
      { series },
      {
        ...trend,
        ...known([
          [1, 0.5],
          [0.4, 1],
        ]),
      },
      'params.initial.cov',
    ],
    [
      'a negative eigenvalue',
      { series },
      {
        ...trend,
        ...known([
          [1, 2],
          [2, 1],
        ]),
      },
      'params.initial.cov',
    ],
    ['a covariance of another size', { series }, { ...trend, ...known([[1]]) }, 'params.initial.cov'],
    ['a mean of another size', { series }, { ...level, ...known([[1]]) }, 'params.initial.mean'],
    ['estimation with a state', { series, state }, { noise: { mode: 'mle' } }, 'params.noise.mode'],
    ['estimation from 9 values', { series: nile.slice(0, 9) }, { noise: { mode: 'mle' } }, 'input.series'],
    ['estimation without variation', { series: Array(20).fill(3) }, { noise: { mode: 'mle' } }, 'input.series'],
    [
      'estimation from a known start',
      { series: nile.slice(0, 20) },
      { noise: { mode: 'mle' }, initial: { kind: 'known', mean: [1], cov: [[1]] } },
      'params.initial',
    ],
    ['smoothing what is still diffuse', { series: [1] }, { ...trend, smooth: true }, 'params.smooth'],
    ['a start with a state', { series, state }, { initial: { kind: 'exactDiffuse' } }, 'params.initial'],
    [
      'no innovation variance',
      { series: [1, 1] },
      { noise: { mode: 'fixed', epsilonVar: 0, levelVar: 1e-320 }, initial: { kind: 'known', mean: [0], cov: [[0]] } },
      'input.series[0]',
    ],
    ['a state of another model', { series, state }, { model: 'localLevel' }, 'input.state.model'],
    ['a state of another version', { series, state: { ...state, v: 2 } }, {}, 'input.state.v'],
    [
      'noise other than the state has',
      { series, state },
      { noise: { mode: 'fixed', epsilonVar: 2, levelVar: 0.3, slopeVar: 0.05 } },
      'params.noise',
    ],
    [
      'a state whose level alone is known',
      {
        series,
        state: {
          ...state,
          diffuseCov: [
            [0, 0],
            [0, 1],
          ],
        },
      },
      {},
      'input.state.diffuseCov',
    ],
    ['too long a forecast', { series }, { ...level, horizon: 1001 }, 'params.horizon'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as Input, params as Params)).toThrow(refusedAt(id, path));
  });
});
