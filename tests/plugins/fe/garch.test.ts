import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalQuantile } from '../../../core/math/normal.ts';
import { type PluginInput, type PluginParams, runPlugin } from '../../../plugins/run-plugin.ts';
import { carried, cutAt } from '../carried.ts';
import { catalogueCases, deepFreeze, expectSubset } from '../catalogue-cases.ts';
import { refusedAt } from '../refused-at.ts';

const id = 'fe_garch';
type Input = PluginInput<typeof id>;
type Params = PluginParams<typeof id>;

type Oracle = { logLik: number; sigma2: number[]; variance: number[] };

const run = (input: Input, params: Params = {}) => runPlugin(id, deepFreeze(input), { params, strict: true });

/** The catalogue's 500 returns that anybody can make: a wave of volatility over low-discrepancy normal draws. */
const wave = Array.from({ length: 500 }, (_, i) => {
  const t = i + 1;
  const volatility = 0.02 * (1 + 0.6 * Math.sin((2 * Math.PI * t) / 125));
  return 0.0005 + volatility * normalQuantile(((t * (Math.sqrt(5) - 1)) / 2) % 1);
});

const coefficients = { mu: 0.0005, omega: 1e-5, alpha: 0.08, beta: 0.9 };
const none: Params = { fit: 'none', coefficients };
const studentT: Params = { fit: 'none', dist: 'studentT', coefficients: { ...coefficients, nu: 6 } };
const ewma: Params = { variant: 'ewma', lambda: 0.9 };
const igarch: Params = { fit: 'none', variant: 'igarch', coefficients: { mu: 0, omega: 0, alpha: 0.1, beta: 0.9 } };

const someReturns = (minLength = 1) =>
  fc.array(
    fc.integer({ min: -2_000, max: 2_000 }).map((value) => (2 * value + 1) / 100_000),
    { minLength, maxLength: 80 },
  );

describe('fe_garch', () => {
  // arch 8.0.0: arch_model(…, rescale=False).fix([…]), EWMAVariance(0.94)
  test.each(catalogueCases(id))('$name', ({ input, params, output }) => {
    expectSubset(run(input as Input, params), output);
  });

  test("Student's t changes the likelihood, not the variances", () => {
    const [{ input, output }] = catalogueCases(id);
    const out = run(input as Input, studentT);
    expectSubset(out.sigma2, output['sigma2']);
    expectSubset(out.logLik, 26.244873308971293); // the catalogue, scipy 1.17.1
  });

  // arch 8.0.0, as above: loglikelihood, conditional_volatility[[0, 1, 100, 499]]**2, forecast(horizon=3).variance
  test.each<[string, Params, Oracle]>([
    [
      'normal',
      { fit: 'none', coefficients: { mu: 4.4e-4, omega: 7e-6, alpha: 0.12, beta: 0.87 } },
      {
        logLik: 1252.9339883729972,
        sigma2: [0.0006187447867157504, 0.0005499917167321742, 0.00012256184588608447, 0.00021846164001379175],
        variance: [0.00041222439003949066, 0.00041510214613909576, 0.00041795112467770475],
      },
    ],
    [
      'studentT',
      { fit: 'none', dist: 'studentT', coefficients: { mu: 3.6e-4, omega: 7e-6, alpha: 0.12, beta: 0.87, nu: 7.5 } },
      {
        logLik: 1259.4828541571296,
        sigma2: [0.0006187447867157504, 0.000550112436751887, 0.00012264489501367576, 0.00021859186473877415],
        variance: [0.0004115254467798753, 0.00041441019231207657, 0.00041726609038895583],
      },
    ],
  ])('filters and forecasts as arch does: %s', (_, params, { logLik, sigma2, variance }) => {
    const out = run({ returns: wave }, { ...params, horizon: 3 });
    expectSubset(out.logLik, logLik, 1e-11);
    expectSubset(
      [0, 1, 100, 499].map((t) => out.sigma2[t] * 1e4),
      sigma2.map((value) => value * 1e4),
    );
    expectSubset(
      out.forecast.variance.map((value) => value * 1e4),
      variance.map((value) => value * 1e4),
    );
  });

  // arch 8.0.0, fitted on returns / sd and rescaled (SLSQP, ftol 1e-14); the normal and t rows are the catalogue's too
  test.each<{ name: string; params: Params; logLik: number; expected: number[]; errors: number[] }>([
    {
      name: 'normal',
      params: {},
      logLik: 1252.95383408,
      expected: [4.41628e-4, 7.350754e-6, 0.1220245, 0.8685785],
      errors: [6.9909e-4, 3.3401e-6, 0.0194091, 0.0082527],
    },
    {
      name: 'normal, errors by the Hessian',
      params: { stdErrors: 'hessian' },
      logLik: 1252.95383408,
      expected: [4.41628e-4, 7.350754e-6, 0.1220245, 0.8685785],
      errors: [7.1425e-4, 3.12159e-6, 0.02193555, 0.01697146],
    },
    {
      name: 'studentT',
      params: { dist: 'studentT' },
      logLik: 1259.53915654,
      expected: [3.62196e-4, 6.710849e-6, 0.1185907, 0.8741802, 7.465405],
      errors: [6.74986e-4, 3.1823e-6, 0.01846041, 0.00797713, 2.19595],
    },
    {
      name: 'zero mean',
      params: { mean: 'zero' },
      logLik: 1252.7624526663,
      expected: [0, 7.327188e-6, 0.1221323, 0.8685796],
      errors: [0, 3.33174e-6, 0.0194609, 0.0082396],
    },
  ])('fits as arch does: $name', ({ params, logLik, expected, errors }) => {
    const out = run({ returns: wave }, params);
    expect(out).toMatchObject({ converged: true, boundary: false });
    expect(Math.abs(out.logLik - logLik)).toBeLessThan(1e-6);
    (['mu', 'omega', 'alpha', 'beta', 'nu'] as const).slice(0, expected.length).forEach((name, i) => {
      const within = Math.max(2e-3 * errors[i], 1e-4 * Math.abs(expected[i]));
      expect(Math.abs((out.coefficients[name] ?? 0) - expected[i]), name).toBeLessThanOrEqual(within);
      expect(Math.abs((out.stdErrors?.[name] ?? 0) - errors[i]), name).toBeLessThanOrEqual(0.012 * errors[i]);
    });
    const k = Object.keys(out.stdErrors ?? {}).length;
    expectSubset([out.aic, out.bic], [2 * k - 2 * out.logLik, k * Math.log(500) - 2 * out.logLik]);
  });

  test('a fit is a maximum: no nearby coefficients are likelier, with the other start and IGARCH too', () => {
    for (const params of [{}, { init: 'sampleVariance' }, { variant: 'igarch' }] as const) {
      const { coefficients: best, logLik, converged } = run({ returns: wave }, params);
      expect(converged).toBe(true);
      for (const shift of [-1e-3, 1e-3]) {
        for (const name of ['omega', 'alpha'] as const) {
          const moved = { ...best, [name]: best[name] * (1 + shift) };
          const beta = 'variant' in params ? 1 - moved.alpha : moved.beta;
          const near = run({ returns: wave }, { ...params, fit: 'none', coefficients: { ...moved, beta } });
          expect(near.logLik).toBeLessThan(logLik);
        }
      }
    }
  });

  test('returns without clustering have constant variance, at the bound and without standard errors', () => {
    // Every square is the same, so no dynamics can do better than their mean.
    const out = run({ returns: wave.map((_value, i) => [0.01, -0.01][i % 2]) }, { mean: 'zero' });
    expect(out).toMatchObject({ boundary: true, coefficients: { mu: 0, alpha: 0, beta: 0 }, persistence: 0 });
    expect(out).not.toHaveProperty('stdErrors');
    expect(out).not.toHaveProperty('halfLife');
  });

  // Fit mle uses the whole batch: it is not in this list.
  test.each([
    ['garch', none],
    ["Student's t", studentT],
    ['ewma', ewma],
    ['igarch', igarch],
  ])('%s carried over any cuts is one batch, and no variance depends on the future', (_, params) => {
    fc.assert(
      fc.property(someReturns(12), fc.array(fc.nat(80), { maxLength: 4 }), (returns, places) => {
        // The start is backcast from the first call, so calls are compared from its state on.
        const { state } = run({ returns: returns.slice(0, 10) }, params);
        const rest = returns.slice(10);
        const whole = run({ returns: rest, state }, params);
        const pieces = cutAt(rest, places).filter((piece) => piece.length > 0);
        const parts = carried(
          (input: Input) => run({ state, ...input }, params),
          pieces.map((piece) => ({ returns: piece })),
        );
        expect(parts.flatMap((part) => part.sigma2)).toEqual(whole.sigma2);
        expect(parts.at(-1)?.state).toEqual(whole.state);
        expect(run({ returns: rest.slice(0, 2), state }, params).sigma2).toEqual(whole.sigma2.slice(0, 2));
      }),
    );
  });

  test('scaling returns scales variances by the square, and a fit with them', () => {
    const base = run({ returns: wave });
    const twice = run({ returns: wave.map((value) => value * 2) });
    expectSubset(
      twice.sigma2.map((value) => value * 250),
      base.sigma2.map((value) => value * 1000),
      1e-6,
    );
    fc.assert(
      fc.property(someReturns(), (returns) => {
        const a = run({ returns }, ewma);
        const b = run({ returns: returns.map((value) => -2 * value) }, ewma);
        expectSubset(
          b.sigma2,
          a.sigma2.map((value) => 4 * value),
          1e-15,
        );
        expectSubset(
          b.standardized,
          a.standardized.map((value) => -value),
        );
      }),
    );
  });

  test('forecasts run to the unconditional variance', () => {
    const { forecast, unconditionalVariance } = run({ returns: wave }, { ...none, horizon: 1000 });
    expectSubset(forecast.variance[999] * 1e4, 5, 1e-6);
    expectSubset(unconditionalVariance, 5e-4);
    expect(run({ returns: wave }, ewma)).toMatchObject({ persistence: 1 });
  });

  const someState = run({ returns: wave }, none).state;
  const ewmaState = run({ returns: wave }, ewma).state;
  const returns = wave;
  const withRates = (changed: object, rest: object = {}) => ({
    ...none,
    ...rest,
    coefficients: { ...coefficients, ...changed },
  });
  test.each<[string, object, object, string]>([
    ['what is not finite', { returns: [0.1, Number.NaN] }, none, 'input.returns[1]'],
    ['too few returns for a fit', { returns: wave.slice(0, 249) }, {}, 'input.returns'],
    ['a fit of equal returns', { returns: Array(300).fill(0.01) }, {}, 'input.returns'],
    ['no coefficients', { returns }, { fit: 'none' }, 'params.coefficients'],
    ['a negative omega', { returns }, withRates({ omega: -1 }), 'params.coefficients.omega'],
    ['no omega', { returns }, withRates({ omega: 0 }), 'params.coefficients.omega'],
    ['a negative alpha', { returns }, withRates({ alpha: -0.1 }), 'params.coefficients.alpha'],
    ['a negative beta', { returns }, withRates({ beta: -0.1 }), 'params.coefficients.beta'],
    ['an explosive variance', { returns }, withRates({ beta: 0.93 }), 'params.coefficients.beta'],
    ['igarch that is none', { returns }, withRates({}, { variant: 'igarch' }), 'params.coefficients.beta'],
    ['a mean with mean zero', { returns }, withRates({}, { mean: 'zero' }), 'params.coefficients.mu'],
    ['a nu of 2', { returns }, withRates({ nu: 2 }, { dist: 'studentT' }), 'params.coefficients.nu'],
    ["Student's t without nu", { returns }, { ...none, dist: 'studentT' }, 'params.coefficients.nu'],
    ['normal errors with nu', { returns }, withRates({ nu: 5 }), 'params.coefficients.nu'],
    ['coefficients with a fit', { returns }, { coefficients }, 'params.coefficients'],
    ['a fit with a state', { returns, state: someState }, { fit: 'mle' }, 'params.fit'],
    ['a state of another version', { returns, state: { ...someState, v: 2 } }, {}, 'input.state.v'],
    ['a state of another variant', { returns, state: someState }, { variant: 'ewma' }, 'input.state.kind'],
    ['a state of another dist', { returns, state: someState }, { dist: 'studentT' }, 'params.dist'],
    ['a state of another mean', { returns, state: someState }, { mean: 'zero' }, 'params.mean'],
    [
      'a state with other coefficients',
      { returns, state: someState },
      withRates({ alpha: 0.07 }),
      'params.coefficients',
    ],
    ['an explosive state', { returns, state: { ...someState, beta: 1 } }, {}, 'input.state.beta'],
    ['another lambda than the state has', { returns, state: ewmaState }, { lambda: 0.5 }, 'params.lambda'],
    ['a fit of ewma', { returns }, { ...ewma, fit: 'mle' }, 'params.fit'],
    ["Student's t for ewma", { returns }, { ...ewma, dist: 'studentT' }, 'params.dist'],
    ['a mean for ewma', { returns }, { ...ewma, mean: 'constant' }, 'params.mean'],
    ['percent', { returns: [0.01, 1.5] }, none, 'input.returns[1]'],
    ['returns of 0 only', { returns: [0, 0] }, ewma, 'input.returns[0]'],
    ['minObs under 50', { returns }, { minObs: 49 }, 'params.minObs'],
  ])('refuses %s and names the field', (_, input, params, path) => {
    expect(() => run(input as Input, params as Params)).toThrow(refusedAt(id, path));
  });

  test('takes large returns when told to', () => {
    expect(run({ returns: [1.5, -2, 1] }, { ...none, allowLargeReturns: true }).sigma2).toHaveLength(3);
  });
});
