import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'risk_frac_kelly_atten';
type Input = PluginInput<typeof id>;

const run = (input: Input, params: PluginParams<typeof id> = {}) =>
  runPlugin(id, deepFreeze(input), { params, strict: true });

const coin = { mode: 'binary', winProbability: 0.6, payoff: 1 } as const;
const drift = { mode: 'continuous', expectedReturn: 0.001, volatility: 0.05 } as const;
const uncapped = { maxFraction: 100 };

const unit = fc.double({ min: 0.01, max: 0.99, noNaN: true });
const binaryBets = fc.record({
  mode: fc.constant('binary' as const),
  winProbability: unit,
  payoff: fc.double({ min: 0.2, max: 5, noNaN: true }),
  lossFraction: fc.double({ min: 0.2, max: 2, noNaN: true }),
  trials: fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }),
  costFraction: fc.double({ min: 0, max: 0.1, noNaN: true }),
  confidence: unit,
});
const continuousBets = fc.record({
  mode: fc.constant('continuous' as const),
  expectedReturn: fc.double({ min: -0.01, max: 0.01, noNaN: true }),
  volatility: fc.double({ min: 0.005, max: 0.1, noNaN: true }),
  observations: fc.option(fc.integer({ min: 1, max: 2_000 }), { nil: undefined }),
  costReturn: fc.double({ min: 0, max: 0.001, noNaN: true }),
  confidence: unit,
});
const without = (record: object) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Input;

describe('risk_frac_kelly_atten', () => {
  // scipy 1.17.1 minimize_scalar for fullKelly; the rest is closed form
  test.each(catalogueCases(id))('$name', ({ input, params, output, note }) => {
    const { ruin, ...ruinless } = params;
    // The variant's input stands alone, without the fields of the example's mode, and its params know no ruin.
    const alone = without({
      ...input,
      winProbability: undefined,
      payoff: undefined,
      lossFraction: undefined,
      trials: undefined,
      costFraction: undefined,
    });
    const [bet, terms] = note?.startsWith('input replaced')
      ? [alone, ruinless]
      : [input as Input, { ...ruinless, ruin }];
    expectSubset(run(bet, terms), output, 1e-12);
  });

  test('an even bet at 0.6 is worth a fifth, and half of that halves one time in eight', () => {
    expectSubset(run(coin), { fullKelly: 0.2, size: 0.1, edge: 0.2, shrinkage: 1, probabilityOfHalving: 0.125 }, 1e-12);
    expectSubset(
      run(drift, { fraction: 1, ...uncapped }),
      { fullKelly: 0.4, size: 0.4, probabilityOfHalving: 0.5 },
      1e-12,
    );
  });

  test('full Kelly grows fastest', () => {
    fc.assert(
      fc.property(
        fc.oneof(binaryBets, continuousBets),
        fc.double({ min: 0.3, max: 0.99, noNaN: true }),
        (bet, share) => {
          const known = without({ ...bet, trials: undefined, observations: undefined, confidence: 1 });
          const [best, less] = [1, share].map((fraction) => run(known, { fraction, maxFraction: 1e6 }));
          expect(best.expectedLogGrowth ?? 0).toBeGreaterThanOrEqual((less.expectedLogGrowth ?? 0) - 1e-15);
        },
      ),
    );
  });

  test('less evidence, less confidence or a smaller fraction never make it larger; no rule adds', () => {
    fc.assert(
      fc.property(fc.oneof(binaryBets, continuousBets), fc.tuple(unit, unit), (bet, [a, b]) => {
        const at = (change: object, params = {}) =>
          Math.abs(run(without({ ...bet, ...change }), { ...uncapped, ...params }).size);
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const slack = 1 + 1e-12;
        expect(at({ confidence: low })).toBeLessThanOrEqual(at({ confidence: high }) * slack);
        expect(at({}, { fraction: low })).toBeLessThanOrEqual(at({}, { fraction: high }) * slack);
        const evidence = bet.mode === 'binary' ? 'trials' : 'observations';
        expect(at({ [evidence]: low * 100 })).toBeLessThanOrEqual(at({ [evidence]: high * 100 }) * slack);
        for (const params of [{ maxFraction: 0.1 }, { ruin: { level: 0.5, probability: 0.01 } }, { minSize: 0.1 }]) {
          expect(at({}, params)).toBeLessThanOrEqual(at({}) * slack);
        }
      }),
    );
  });

  test('a short is the mirror of a long', () => {
    fc.assert(
      fc.property(continuousBets, (bet) => {
        const long = run(without(bet));
        const short = run(without({ ...bet, expectedReturn: -bet.expectedReturn }));
        expectSubset({ ...short, size: -short.size, edge: -short.edge, fullKelly: -short.fullKelly }, long, 1e-12);
      }),
    );
  });

  test('the ruin rule makes the probability of the level exactly what was allowed', () => {
    const { effectiveFraction, probabilityOfHalving, bound } = run(coin, { ruin: { level: 0.5, probability: 0.05 } });
    expect(bound).toBe('ruin');
    expect(probabilityOfHalving).toBeCloseTo(0.05, 12);
    expect(effectiveFraction).toBeCloseTo(2 / (1 + Math.log(0.05) / Math.log(0.5)), 12);
  });

  test('the last rule that acted names the bound, and without a size there is no growth to speak of', () => {
    expect(run(coin, { maxFraction: 0.05 })).toMatchObject({
      size: 0.05,
      bound: 'maxFraction',
      effectiveFraction: 0.5,
    });
    expect(run(coin, { maxFraction: 0.05, minSize: 0.06 })).toMatchObject({ size: 0, bound: 'minSize' });
    const none = { size: 0, bound: 'negativeEdge' };
    expect(run({ ...coin, winProbability: 0.5 })).toMatchObject({ ...none, edge: 0, fullKelly: 0, shrinkage: 1 });
    expect(run({ ...coin, winProbability: 0.5, trials: 10 })).toMatchObject({ ...none, shrinkage: 0 });
    expect(run({ ...coin, winProbability: 0.4 })).toMatchObject(none);
    expect(run({ ...drift, expectedReturn: -0.01 }, { allowShort: false })).toMatchObject(none);
    expect(run({ ...drift, costReturn: 0.001 })).toMatchObject({ ...none, edge: 0, fullKelly: 0 });
    const idle = run({ ...coin, confidence: 0 });
    expect(idle).toMatchObject({ size: 0, bound: 'none', effectiveFraction: 0 });
    expect(Object.keys(idle)).not.toEqual(expect.arrayContaining(['expectedLogGrowth']));
    expect(Object.keys(idle)).not.toEqual(expect.arrayContaining(['probabilityOfHalving']));
  });

  test.each([
    ['costs that eat the payoff', { ...coin, costFraction: 1 }, {}, 'input.costFraction'],
    ['certainty', { ...coin, winProbability: 1 }, {}, 'input.winProbability'],
    ['no chance', { ...coin, winProbability: 0 }, {}, 'input.winProbability'],
    ['no volatility', { ...drift, volatility: 0 }, {}, 'input.volatility'],
    ['too much confidence', { ...drift, confidence: 1.1 }, {}, 'input.confidence'],
    ['no payoff', { ...coin, payoff: undefined }, {}, 'input.payoff'],
    ['no expected return', { ...drift, expectedReturn: undefined }, {}, 'input.expectedReturn'],
    ['a field of the other mode', { ...drift, trials: 3 }, {}, 'input.trials'],
    ['another mode', { ...drift, mode: 'both' }, {}, 'input.mode'],
    ['a fraction over 1', coin, { fraction: 1.5 }, 'params.fraction'],
    ['ruin for sure', coin, { ruin: { level: 0.5, probability: 1 } }, 'params.ruin.probability'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as Input, params)).toThrow(refusedAt(id, path));
  });
});
