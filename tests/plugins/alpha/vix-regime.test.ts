import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginOutput, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';
import { recordedVix } from './recorded-vix.ts';
import { roughSeries } from './rough-series.ts';

const id = 'alpha_vix_regime';
type Input = PluginInput<typeof id>;

const run = (input: Input, params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

const [example, second] = catalogueCases(id);
const given = example.input as Input;

/** Calm, then a stretch of higher levels, and calm again. */
const levels = (seed: number, length = 60) =>
  roughSeries(seed, length).map((value, t) => (t % 30 < 20 ? 0.45 : 0.7) * Math.exp(5 * value));
const seeds = fc.integer({ min: 1, max: 2 ** 30 });

describe('alpha_vix_regime', () => {
  test('the example', () => expectSubset(run(given, example.params), example.output));

  test('the second call of the catalogue: the model kept, a call longer in the regime', () => {
    const { state } = run(given, example.params);
    const { dwell, ...expected } = second.output;
    const output = run({ ...given, state: JSON.parse(JSON.stringify(state)) }, second.params);
    expectSubset(output, expected);
    expect(output.state.dwell).toBe(dwell);
    expect(output).toMatchObject({ iterations: 0, converged: false });
  });

  // statsmodels 0.15.0, MarkovRegression(ln level, k_regimes=K, trend='c', switching_variance=True): .filter at our
  // parameters gives llf and filtered_marginal_probabilities[-1], .fit from them the largest exact likelihood;
  // scipy 1.17.1 percentileofscore(kind='mean').
  test.each([
    [
      2,
      {
        logLikelihood: 89.05263029555728,
        regimeProbabilities: [0.6009817071827642, 0.3990182928172357],
        regime: 0,
        percentile: 0.36904761904761907,
        zscore: -0.45793407431647287,
      },
      89.09663102581042,
    ],
    [
      3,
      {
        logLikelihood: 200.7743597017851,
        regimeProbabilities: [1.3060154106272837e-7, 0.9890965786785587, 0.010903290719900162],
        regime: 1,
        percentile: 0.36904761904761907,
      },
      201.10668716953217,
    ],
  ])('%d regimes of the recorded VIX, as statsmodels filters them', (regimes, expected, bestLikelihood) => {
    const output = run({ level: recordedVix() }, { regimes, lookback: 252 });
    expectSubset(output, expected);
    expect(output.converged).toBe(true);
    expect(output.logLikelihood).toBeLessThanOrEqual(bestLikelihood + 1e-6);
    expect(bestLikelihood - output.logLikelihood).toBeLessThan(1);
  });

  test('levels in another unit have the same regimes: only mu moves', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.5, max: 2, noNaN: true }), (seed, factor) => {
        const level = levels(seed);
        const params = { regimes: 2, maxIter: 20 };
        const { model, state, ...plain } = run({ level }, params);
        const scaled = run({ level: level.map((value) => value * factor) }, params);
        expectSubset(scaled, plain, 1e-6);
        expectSubset(scaled.model, { ...model, mu: model.mu.map((mean) => mean + Math.log(factor)) }, 1e-6);
        expect(scaled.state).toMatchObject({ regime: state.regime, dwell: state.dwell });
      }),
      { numRuns: 30 },
    );
  });

  test('probabilities add up, the order of regimes is that of their means, bounds hold', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(2, 3), (seed, regimes) => {
        const { regimeProbabilities, model } = run({ level: levels(seed, 90) }, { regimes, maxIter: 30 });
        expect(regimeProbabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
        expect(model.mu).toEqual(model.mu.toSorted((a, b) => a - b));
        for (const row of model.transition) expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
      }),
      { numRuns: 30 },
    );
  });

  test('into the most stressed regime at once, out of it only after minDwell calls', () => {
    const { state } = run({ level: levels(4) }, { regimes: 2 });
    const call = (level: number[], before: PluginOutput<typeof id>['state'], minDwell = 3) =>
      run({ level, state: before }, { regimes: 2, refit: false, minDwell }).state;
    const [calm, stressed] = [levels(4).slice(0, 20), levels(4).slice(0, 20).concat(0.75, 0.75)];
    const entered = call(stressed, { ...state, regime: 0, dwell: 1 });
    expect(entered).toMatchObject({ regime: 1, dwell: 1 });
    const waiting = call(calm, entered);
    expect(waiting).toMatchObject({ regime: 1, dwell: 2 });
    expect(call(calm, waiting)).toMatchObject({ regime: 0, dwell: 1 });
  });

  test('the term structure enters by its weight: backwardation lowers the signal', () => {
    const level = levels(2);
    const last = level[level.length - 1];
    const terms = { regimes: 2, termWeight: 0.25, termScale: 0.1 };
    const { regimeScore, signal, termRatio } = run({ level, backLevel: last / 1.05 }, terms);
    expect(termRatio).toBeCloseTo(1.05, 12);
    expect(signal).toBeCloseTo(0.75 * regimeScore - 0.25 * 0.5, 10);
    expect(run({ level, backLevel: last }, { ...terms, termWeight: 0 }).signal).toBe(regimeScore);
    expect(run({ level }, terms)).not.toHaveProperty('termRatio');
  });

  const { state } = run(given, example.params);
  const { mu, sigma, transition } = state;
  const level = [...given.level];
  test.each<[string, Partial<Input>, Record<string, unknown>, string]>([
    ['too few closes', { level: level.slice(0, 19) }, { regimes: 2 }, 'input.level'],
    ['too few closes for the regimes', {}, { regimes: 4 }, 'input.level'],
    ['not finite', { level: level.with(3, Number.NaN) }, {}, 'input.level[3]'],
    ['a level of 0', { level: level.with(3, 0) }, {}, 'input.level[3]'],
    ['percent', { level: level.map((value) => 100 * value) }, {}, 'input.level[0]'],
    ['a backLevel in percent', { backLevel: 57.5 }, {}, 'input.backLevel'],
    ['one level all along', { level: level.map(() => 0.5) }, {}, 'input.level'],
    ['multipliers of other regimes', {}, { multipliers: [1, 0.5, 0] }, 'params.multipliers'],
    ['no model to keep', {}, { refit: false }, 'input.state'],
    ['a state without its model', { state: { regime: 0, dwell: 1 } }, { refit: false }, 'input.state'],
    ['a part of a model', { state: { regime: 0, dwell: 1, mu } }, {}, 'input.state'],
    ['a regime too many', { state: { ...state, regime: 2 } }, {}, 'input.state.regime'],
    ['means of other regimes', { state: { ...state, mu: [...mu, 0] } }, {}, 'input.state.mu'],
    ['deviations of other regimes', { state: { ...state, sigma: [1] } }, {}, 'input.state.sigma'],
    ['transitions of other regimes', { state: { ...state, transition: [[1]] } }, {}, 'input.state.transition'],
    [
      'a transition row of another length',
      { state: { ...state, transition: [transition[0], [1]] } },
      {},
      'input.state.transition[1]',
    ],
    [
      'transitions that do not add up',
      { state: { ...state, transition: [[0.9, 0.2], transition[1]] } },
      { refit: false },
      'input.state.transition[0]',
    ],
    [
      'a chain of two worlds',
      {
        state: {
          ...state,
          transition: [
            [1, 0],
            [0, 1],
          ],
        },
      },
      { refit: false },
      'input.state.transition',
    ],
    ['no deviation', { state: { ...state, sigma: [0, sigma[0]] } }, {}, 'input.state.sigma[0]'],
    [
      'more regimes than the levels have',
      { level: Array.from({ length: 30 }, (_, t) => (t < 29 ? 0.5 : 0.6)) },
      { regimes: 3 },
      'params.regimes',
    ],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run({ ...given, ...input }, { regimes: 2, ...params })).toThrow(refusedAt(id, path));
  });
});
