import { z } from 'zod';
import { columnOf, numberList } from '../../core/math/copies.ts';
import { definePlugin } from '../define-plugin.ts';
import { series } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { type Fit, fitGarch } from './garch-fit.ts';
import { type Coefficients, firstVariance, likelihoodPass, startVariance } from './garch-recursion.ts';

const variant = z.enum(['garch', 'igarch', 'ewma']);
const rates = {
  mu: z.number().describe('mean return'),
  omega: z.number().nonnegative().describe('constant of the variance'),
  alpha: z.number().nonnegative().describe('weight of the last squared error'),
  beta: z.number().nonnegative().describe('weight of the last variance'),
  nu: z.number().gt(2).optional().describe("degrees of freedom, Student's t only"),
};

const carriedState = z.strictObject({
  v: z.literal(1),
  kind: variant.describe('variant of the model'),
  ...rates,
  nextVariance: z.number().nonnegative().describe('variance forecast for the next bar, per bar'),
  nSeen: z.int().nonnegative().describe('returns seen'),
});

const garchInput = z.strictObject({
  returns: series().describe('simple or log returns as fractions, one a bar; with a state those since it'),
  state: carriedState.optional(),
});

const garchParams = z.strictObject({
  variant: variant.optional().describe('default garch; with a state its own'),
  fit: z.enum(['mle', 'none']).optional().describe('default mle; none with a state, and always for ewma'),
  dist: z.enum(['normal', 'studentT']).optional().describe('of the errors, default normal; with a state its own'),
  mean: z.enum(['constant', 'zero']).optional().describe('default constant; ewma has zero'),
  init: z.enum(['backcast', 'sampleVariance']).default('backcast').describe('how the variance starts'),
  lambda: z.number().gt(0).lt(1).optional().describe('ewma: weight of the last variance, default 0.94'),
  coefficients: z.strictObject(rates).optional().describe('required for fit none without a state, but for ewma'),
  horizon: z.int().min(1).max(1000).default(1).describe('bars to forecast'),
  periodsPerYear: z.number().positive().default(365).describe('bars a year, to annualise the volatility'),
  stdErrors: z.enum(['robust', 'hessian', 'none']).default('robust').describe('of a fit'),
  minObs: z.int().min(50).default(250).describe('least returns for a fit'),
  allowLargeReturns: z.boolean().default(false).describe('take returns beyond 1 in size, which look like percent'),
  maxPersistence: z.number().gt(0).max(0.99999).default(0.9999).describe('bound of alpha + beta in a fit of garch'),
});

type Input = z.output<typeof garchInput>;
type Params = z.output<typeof garchParams>;
type State = z.output<typeof carriedState>;
type Variant = z.output<typeof variant>;

const numbers = () => z.array(z.number());

/**
 * sigma2[i] is known before returns[i]: causal with given coefficients and with a state, where calls of one return give
 * what a batch gives; not so with fit mle, which uses the whole batch. `fit` left out with a state counts as none.
 * Params that are the same in every call may stay: with a state they have to agree with it.
 */
export const garch = definePlugin({
  id: 'fe_garch',
  category: 'fe',
  kind: 'stateful',
  summary: 'Conditional variance of returns now and ahead, from GARCH(1,1), IGARCH or EWMA, fitted or given.',
  reference:
    'Bollerslev (1986), Journal of Econometrics 31; Bollerslev (1987), Review of Economics and Statistics 69; Bollerslev & Wooldridge (1992), Econometric Reviews 11; RiskMetrics (1996), ch. 5',
  input: garchInput,
  params: garchParams,
  output: z.strictObject({
    coefficients: z.strictObject(rates),
    backcast: z.number().optional().describe('variance before the first return; absent with a state'),
    persistence: z.number().describe('alpha + beta'),
    halfLife: z.number().optional().describe('bars until half of a shock to the variance is left'),
    unconditionalVariance: z.number().optional().describe('per bar; absent where persistence is 1'),
    sigma2: numbers().describe('variance of returns[i] given the past, per bar'),
    standardized: numbers().describe('(return - mu) / sigma'),
    logLik: z.number().describe('of these returns'),
    aic: z.number().optional(),
    bic: z.number().optional(),
    stdErrors: z
      .strictObject({
        mu: z.number().optional(),
        omega: z.number().optional(),
        alpha: z.number().optional(),
        beta: z.number().optional(),
        nu: z.number().optional(),
      })
      .optional(),
    boundary: z.boolean().optional().describe('an estimate is at a bound, so it has no standard errors'),
    converged: z.boolean().optional(),
    forecast: z.strictObject({
      variance: numbers().describe('of the h-th bar ahead'),
      cumulativeVariance: numbers().describe('of the return over h bars'),
      volatilityAnnualised: numbers().describe('of the return over h bars, as a yearly fraction'),
    }),
    state: carriedState,
  }),
  example: {
    input: { returns: [0.01, -0.02, 0.015, -0.03, 0.005, 0.022, -0.011, 0.004, -0.018, 0.009] },
    params: {
      fit: 'none',
      dist: 'normal',
      mean: 'constant',
      init: 'backcast',
      coefficients: { mu: 0.0005, omega: 1e-5, alpha: 0.08, beta: 0.9 },
      horizon: 5,
      periodsPerYear: 365,
    },
  },
  compute: (input, params) => {
    if (!params.allowLargeReturns) refusePercent(input.returns);
    const chosen = choose(input, params);
    const { coefficients, fit } = chosen;
    const start = input.state === undefined ? chosen.startVariance : undefined;
    const first = input.state?.nextVariance ?? firstVariance(coefficients, chosen.startVariance);
    const { sigma2, standardized, logLik, nextVariance } = filter(input.returns, coefficients, first);

    // alpha + beta of these two is 1 by definition, which a rounded sum may miss.
    const persistence = chosen.variant === 'garch' ? coefficients.alpha + coefficients.beta : 1;
    const n = input.returns.length;
    return {
      coefficients,
      ...(start !== undefined && { backcast: start }),
      persistence,
      ...(persistence > 0 && persistence < 1 && { halfLife: Math.log(0.5) / Math.log(persistence) }),
      ...(persistence < 1 && { unconditionalVariance: coefficients.omega / (1 - persistence) }),
      sigma2,
      standardized,
      logLik,
      ...(fit !== undefined && {
        aic: 2 * fit.parameters - 2 * logLik,
        bic: fit.parameters * Math.log(n) - 2 * logLik,
        ...(fit.stdErrors !== undefined && { stdErrors: fit.stdErrors }),
        boundary: fit.boundary,
        converged: fit.converged,
      }),
      forecast: forecast(nextVariance, { persistence, omega: coefficients.omega }, params),
      state: {
        v: 1 as const,
        kind: chosen.variant,
        ...coefficients,
        nextVariance,
        nSeen: (input.state?.nSeen ?? 0) + n,
      },
    };
  },
});

function refusePercent(returns: readonly number[]): void {
  for (let t = 0; t < returns.length; t++) {
    if (Math.abs(returns[t]) > 1)
      refuse(`input.returns[${t}]`, 'looks like percent', 'a fraction, or allowLargeReturns', returns[t]);
  }
}

type Chosen = Readonly<{ variant: Variant; coefficients: Coefficients; startVariance: number; fit?: Fit }>;

/** The variant, its coefficients, and the variance before the first return (of no use with a state). */
function choose({ returns, state }: Input, params: Params): Chosen {
  if (state !== undefined) return { ...carriedOn(state, params), startVariance: 0 };
  const { variant: kind = 'garch', init } = params;
  if (kind === 'ewma') return { ...ewma(params), startVariance: startVariance(returns, 'zero', init)(0) };

  const { mean = 'constant', dist = 'normal', fit: mode = 'mle' } = params;
  const startOf = ({ mu }: Coefficients) => startVariance(returns, mean, init)(mu);
  if (mode === 'none') {
    const coefficients = given(params, kind, { dist, mean });
    return { variant: kind, coefficients, startVariance: startOf(coefficients) };
  }
  if (params.coefficients !== undefined)
    refuse('params.coefficients', 'given together with a fit', "fit: 'none'", params.coefficients);
  if (returns.length < params.minObs)
    refuse('input.returns', 'too few to fit', `at least ${params.minObs} (params.minObs)`, returns.length);
  if (returns.every((value) => value === returns[0]))
    refuse('input.returns', 'all equal', 'returns that vary', returns[0]);
  const model = { variant: kind, isStudentT: dist === 'studentT', mean, init, maxPersistence: params.maxPersistence };
  const fit = fitGarch(returns, model, params.stdErrors);
  return { variant: kind, coefficients: fit.coefficients, startVariance: startOf(fit.coefficients), fit };
}

function ewma({ lambda = 0.94, ...params }: Params): Pick<Chosen, 'variant' | 'coefficients'> {
  if (params.fit === 'mle') refuse('params.fit', 'ewma is not fitted', "'none'", params.fit);
  if (params.dist === 'studentT') refuse('params.dist', 'ewma has normal errors', "'normal'", params.dist);
  if (params.mean === 'constant') refuse('params.mean', 'ewma has no mean', "'zero'", params.mean);
  return { variant: 'ewma', coefficients: { mu: 0, omega: 0, alpha: 1 - lambda, beta: lambda } };
}

type Law = Readonly<{ dist: 'normal' | 'studentT'; mean: 'constant' | 'zero' }>;

function given({ coefficients }: Params, kind: 'garch' | 'igarch', { dist, mean }: Law): Coefficients {
  if (coefficients === undefined) refuse('params.coefficients', 'missing', "mu, omega, alpha, beta, or fit: 'mle'");
  refuseBadRates('params.coefficients', coefficients, kind);
  if (mean === 'zero' && coefficients.mu !== 0)
    refuse('params.coefficients.mu', "not 0 with mean 'zero'", '0', coefficients.mu);
  if (dist === 'studentT' && coefficients.nu === undefined)
    refuse('params.coefficients.nu', 'missing', "degrees of freedom for dist 'studentT'");
  if (dist === 'normal' && coefficients.nu !== undefined)
    refuse('params.coefficients.nu', 'of normal errors', "left out, or dist 'studentT'", coefficients.nu);
  return plain(coefficients);
}

function refuseBadRates(path: string, { omega, alpha, beta }: Coefficients, kind: Variant): void {
  if (kind === 'garch') {
    if (omega === 0) refuse(`${path}.omega`, 'zero', 'above 0 for garch', omega);
    if (alpha + beta > 1 + 1e-12) refuse(`${path}.beta`, 'alpha + beta above 1', `at most ${1 - alpha}`, beta);
  } else if (Math.abs(beta - (1 - alpha)) > 1e-12) {
    refuse(`${path}.beta`, `not 1 - alpha, as ${kind} has it`, `${1 - alpha}`, beta);
  }
}

/** The coefficients of a state, after what the params say was found to agree with it. */
function carriedOn(state: State, params: Params): Pick<Chosen, 'variant' | 'coefficients'> {
  const { kind, nu, mu } = state;
  if (params.fit === 'mle') refuse('params.fit', 'a fit with a state', "'none'", params.fit);
  if (params.variant !== undefined && params.variant !== kind)
    refuse('input.state.kind', 'not the variant of the params', params.variant, kind);
  const dist = nu === undefined ? 'normal' : 'studentT';
  if (params.dist !== undefined && params.dist !== dist)
    refuse('params.dist', 'not that of the state', dist, params.dist);
  if (params.mean === 'zero' && mu !== 0) refuse('params.mean', 'the state has a mean', "'constant'", params.mean);
  if (params.mean === 'constant' && kind === 'ewma') refuse('params.mean', 'ewma has no mean', "'zero'", params.mean);
  if (params.lambda !== undefined && kind === 'ewma' && params.lambda !== state.beta)
    refuse('params.lambda', 'not that of the state', `${state.beta}`, params.lambda);
  refuseBadRates('input.state', state, kind);
  const coefficients = plain(state);
  if (params.coefficients !== undefined && !isSame(coefficients, params.coefficients))
    refuse('params.coefficients', 'not those of the state', JSON.stringify(coefficients), params.coefficients);
  return { variant: kind, coefficients };
}

const plain = ({ mu, omega, alpha, beta, nu }: Coefficients): Coefficients => ({
  mu,
  omega,
  alpha,
  beta,
  ...(nu !== undefined && { nu }),
});

const isSame = (a: Coefficients, b: Coefficients) =>
  (['mu', 'omega', 'alpha', 'beta', 'nu'] as const).every((name) => a[name] === b[name]);

const failAt = (t: number) => refuse(`input.returns[${t}]`, 'no variance before it', 'returns other than 0', '0');

/** The recursion over the returns, the variance of the first one given. */
function filter(returns: readonly number[], coefficients: Coefficients, first: number) {
  const path = { sigma2: numberList(returns.length), standardized: numberList(returns.length), failAt };
  const { logLik, nextVariance } = likelihoodPass(columnOf(returns), coefficients, first, path);
  return { sigma2: path.sigma2, standardized: path.standardized, logLik, nextVariance };
}

type Decay = Readonly<{ persistence: number; omega: number }>;

function forecast(next: number, { persistence, omega }: Decay, { horizon, periodsPerYear }: Params) {
  const variance = [next];
  while (variance.length < horizon) variance.push(omega + persistence * variance[variance.length - 1]);
  let sum = 0;
  const cumulativeVariance = variance.map((value) => (sum += value));
  const volatilityAnnualised = cumulativeVariance.map((value, h) => Math.sqrt((periodsPerYear * value) / (h + 1)));
  return { variance, cumulativeVariance, volatilityAnnualised };
}
