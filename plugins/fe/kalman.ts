import { z } from 'zod';
import { definePlugin } from '../define-plugin.ts';
import { matrix, series } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';
import { type Belief, diffuseBelief, isDiffuse, type NoiseVariances, predict } from './kalman-filter.ts';
import { estimateNoise, type VarianceName } from './kalman-likelihood.ts';
import { filterPass, type Pass, type Start } from './kalman-pass.ts';
import { type Smoothed, smooth } from './kalman-smoother.ts';

const model = z.enum(['localLevel', 'localLinearTrend']);
const variances = {
  epsilonVar: z.number().nonnegative().describe('of the noise on a value'),
  levelVar: z.number().nonnegative().describe('of the level from bar to bar'),
  slopeVar: z.number().nonnegative().optional().describe('of the slope, localLinearTrend only'),
};
const covariance = () => matrix().describe('m x m, m = 1 (localLevel) or 2 (localLinearTrend)');

const carriedState = z.strictObject({
  v: z.literal(1),
  model: model.describe('of the state'),
  mean: series().max(2).describe('predicted level (and slope) of the next bar'),
  cov: covariance(),
  diffuseCov: covariance(),
  noise: z.strictObject(variances),
  nObserved: z.int().nonnegative().describe('values seen, without gaps'),
  logLik: z.number().describe('log-likelihood of the values seen'),
});

const kalmanInput = z.strictObject({
  series: series().describe('any unit, one value a bar'),
  observed: z.array(z.boolean()).optional().describe('false: a gap, the value there is ignored'),
  state: carriedState.optional(),
});

const kalmanParams = z.strictObject({
  model: model.optional().describe('default localLevel; with a state its model'),
  noise: z
    .discriminatedUnion('mode', [
      z.strictObject({ mode: z.literal('fixed'), ...variances }),
      z.strictObject({ mode: z.literal('mle') }),
    ])
    .optional()
    .describe('variances in (unit of series)^2 a bar, or mle to estimate them; no default; with a state its own'),
  initial: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('exactDiffuse') }),
      z.strictObject({
        kind: z.literal('known'),
        mean: series().max(2).describe('level (and slope)'),
        cov: covariance(),
      }),
    ])
    .optional()
    .describe('what is known before the first bar, default nothing; only without a state'),
  smooth: z.boolean().default(false).describe('also the values given the whole batch: they use its future'),
  horizon: z.int().min(0).max(1000).default(0).describe('bars to forecast'),
});

type Input = z.output<typeof kalmanInput>;
type Params = z.output<typeof kalmanParams>;
type State = z.output<typeof carriedState>;
type Model = z.output<typeof model>;
type Noise = State['noise'];

const numbers = () => z.array(z.number());

/**
 * Level and slope are of the bar itself given the series up to it, so they are causal and a stream cut anywhere gives
 * what one batch gives; not so `smoothed` and mode mle, which use the whole batch. Estimation starts diffuse: with
 * `known` its likelihood has no closed scale, so that pair is refused.
 */
export const kalman = definePlugin({
  id: 'fe_kalman',
  category: 'fe',
  kind: 'stateful',
  summary:
    'Hidden level and slope behind a noisy series, how sure they are, and a forecast; can be carried bar by bar.',
  reference:
    'Durbin & Koopman (2012), Time Series Analysis by State Space Methods, 2nd ed., ch. 2, 3.2, 4.3-4.4, 5.2-5.3, 7.2; Rauch, Tung & Striebel (1965), AIAA Journal 3(8)',
  input: kalmanInput,
  params: kalmanParams,
  output: z.strictObject({
    offset: z.int().describe('first bar of the arrays: from it on every variance is finite'),
    level: numbers().describe('given the series up to the bar'),
    levelVar: numbers(),
    slope: numbers().optional().describe('per bar'),
    slopeVar: numbers().optional(),
    innovations: z
      .strictObject({
        index: z.array(z.int()),
        value: numbers(),
        variance: numbers(),
        standardized: numbers(),
      })
      .describe('errors of the one-bar forecast, at observed bars'),
    gain: numbers().describe('share of the innovation that the level took'),
    smoothed: z
      .strictObject({
        level: numbers(),
        levelVar: numbers(),
        slope: numbers().optional(),
        slopeVar: numbers().optional(),
      })
      .optional()
      .describe('given the whole batch: never a live feature'),
    forecast: z.strictObject({ level: numbers(), levelVar: numbers(), observationVar: numbers() }).optional(),
    noise: z.strictObject({ ...variances, active: z.array(z.enum(['epsilonVar', 'levelVar', 'slopeVar'])).optional() }),
    logLik: z.number().describe('diffuse log likelihood of the whole stream'),
    nObserved: z.int().describe('of the whole stream'),
    state: carriedState,
  }),
  example: {
    input: { series: [100, 101.5, 100.8, 102.2, 103.1, 102.7] },
    params: {
      model: 'localLevel',
      noise: { mode: 'fixed', epsilonVar: 1, levelVar: 0.5 },
      smooth: true,
      horizon: 2,
    },
  },
  compute: (input, params) => {
    if (input.observed !== undefined)
      refuseUnlessAligned('input.observed', input.observed, { path: 'input.series', length: input.series.length });
    const chosen = modelOf(input, params);
    const hasSlope = chosen === 'localLinearTrend';
    const start = startOf(input, params, chosen);
    const observations = { series: input.series, observed: input.observed };
    const { noise, active } = noiseOf(input, params, chosen);

    const pass = filterPass(observations, noise, { start, keepsPredicted: params.smooth, failAt: refuseNoVariance });
    if (params.smooth && isDiffuse(pass.next))
      refuse('params.smooth', 'too few observed values to smooth', `${hasSlope ? 2 : 1} observed`, pass.nObserved);
    const shownNoise = namedNoise(noise, hasSlope);
    return {
      offset: pass.offset,
      ...values(pass, hasSlope),
      innovations: pass.innovations,
      gain: pass.gain,
      ...(params.smooth && { smoothed: values(smooth(observations, noise.epsilonVar, pass), hasSlope) }),
      ...(params.horizon > 0 && !isDiffuse(pass.next) && { forecast: forecast(pass.next, noise, params.horizon) }),
      noise: { ...shownNoise, ...(active !== undefined && { active }) },
      logLik: pass.logLik,
      nObserved: pass.nObserved,
      state: stateOf(pass, chosen, shownNoise),
    };
  },
});

function refuseNoVariance(bar: number): never {
  refuse(`input.series[${bar}]`, 'innovation variance not positive', 'variances above 0', `bar ${bar}`);
}

function modelOf({ state }: Input, params: Params): Model {
  if (state !== undefined && params.model !== undefined && state.model !== params.model)
    refuse('input.state.model', 'not the model of the params', params.model, state.model);
  return state?.model ?? params.model ?? 'localLevel';
}

/** The belief before the first bar. */
function startOf({ state }: Input, { initial }: Params, chosen: Model): Start {
  const hasSlope = chosen === 'localLinearTrend';
  const size = hasSlope ? 2 : 1;
  if (state !== undefined) {
    if (initial !== undefined) refuse('params.initial', 'given together with a state', 'one of the two', initial.kind);
    const belief = beliefOf('input.state', size, state);
    return { belief, nObserved: state.nObserved, logLik: state.logLik, hasSlope };
  }
  const belief = initial?.kind === 'known' ? beliefOf('params.initial', size, { ...initial }) : diffuseBelief(hasSlope);
  return { belief, nObserved: 0, logLik: 0, hasSlope };
}

function beliefOf(
  path: string,
  size: number,
  { mean, cov, diffuseCov }: Readonly<{ mean: number[]; cov: number[][]; diffuseCov?: number[][] }>,
): Belief {
  refuseUnlessAligned(`${path}.mean`, mean, { path: 'the states of the model', length: size });
  refuseNoCovariance(`${path}.cov`, cov, size);
  if (diffuseCov !== undefined) {
    refuseNoCovariance(`${path}.diffuseCov`, diffuseCov, size);
    if (diffuseCov[0][0] === 0 && diffuseCov.at(-1)?.at(-1) !== 0)
      refuse(`${path}.diffuseCov`, 'a known level with an unknown slope', 'as a call returned it', diffuseCov);
  }
  return {
    level: mean[0],
    slope: mean[1] ?? 0,
    levelVar: cov[0][0],
    cross: cov[0][1] ?? 0,
    slopeVar: cov[1]?.[1] ?? 0,
    diffuseLevel: diffuseCov?.[0][0] ?? 0,
    diffuseCross: diffuseCov?.[0][1] ?? 0,
    diffuseSlope: diffuseCov?.[1]?.[1] ?? 0,
  };
}

/** Refuses what is no covariance of `size` states: not square, not symmetric, or with a negative eigenvalue. */
function refuseNoCovariance(path: string, cov: readonly (readonly number[])[], size: number): void {
  refuseUnlessAligned(path, cov, { path: 'the states of the model', length: size });
  cov.forEach((row, i) => refuseUnlessAligned(`${path}[${i}]`, row, { path: 'the states of the model', length: size }));
  const [a, d] = [cov[0][0], cov[1]?.[1] ?? 0];
  const [b, c] = [cov[0][1] ?? 0, cov[1]?.[0] ?? 0];
  if (Math.abs(b - c) > 1e-12 * Math.max(Math.abs(b), Math.abs(c)))
    refuse(path, 'not symmetric', 'two equal covariances', `${b} and ${c}`);
  const spread = Math.hypot((a - d) / 2, b);
  const [least, largest] = [(a + d) / 2 - spread, (a + d) / 2 + spread];
  // What a carried state lost to rounding is no indefinite matrix.
  if (least < -1e-12 * Math.abs(largest)) refuse(path, 'a negative eigenvalue', 'none below 0', least);
}

type UsedNoise = Readonly<{ noise: NoiseVariances; active?: VarianceName[] }>;

function noiseOf({ series: values, observed, state }: Input, params: Params, chosen: Model): UsedNoise {
  const given = params.noise;
  const hasSlope = chosen === 'localLinearTrend';
  if (state !== undefined) {
    if (given?.mode === 'mle')
      refuse('params.noise.mode', 'estimation with a state', 'the variances of the state', given.mode);
    const stateNoise = checkedNoise('input.state.noise', state.noise, hasSlope);
    if (given !== undefined && !sameNoise(checkedNoise('params.noise', given, hasSlope), stateNoise))
      refuse('params.noise', 'not that of the state', JSON.stringify(state.noise), given);
    return { noise: stateNoise };
  }
  if (given === undefined) refuse('params.noise', 'missing', 'variances, or {mode: "mle"}');
  if (given.mode === 'fixed') return { noise: checkedNoise('params.noise', given, hasSlope) };

  if (params.initial?.kind === 'known')
    refuse('params.initial', 'a known start with estimated variances', 'exactDiffuse', params.initial.kind);
  const count = observed === undefined ? values.length : observed.filter(Boolean).length;
  if (count < 10) refuse('input.series', 'too few values to estimate variances', 'at least 10 observed', count);
  const names = ['epsilonVar', 'levelVar', ...(hasSlope ? ['slopeVar' as const] : [])] as VarianceName[];
  const estimate = estimateNoise({ series: values, observed }, names);
  if (estimate === undefined) refuse('input.series', 'no variation to estimate', 'values that vary', values[0]);
  return { noise: estimate.noise, active: [...estimate.active] };
}

function checkedNoise(path: string, { epsilonVar, levelVar, slopeVar }: Noise, hasSlope: boolean): NoiseVariances {
  if (hasSlope && slopeVar === undefined) refuse(`${path}.slopeVar`, 'missing', 'a variance for localLinearTrend');
  if (!hasSlope && slopeVar !== undefined)
    refuse(`${path}.slopeVar`, 'of a model without slope', 'left out for localLevel', slopeVar);
  if (epsilonVar === 0 && levelVar === 0 && (slopeVar ?? 0) === 0) refuse(path, 'all zero', 'one above 0');
  return { epsilonVar, levelVar, slopeVar: slopeVar ?? 0 };
}

/** Level and its variance, and the slope's where there is one. */
const values = ({ level, levelVar, slope, slopeVar }: Smoothed, hasSlope: boolean) =>
  hasSlope ? { level, levelVar, slope, slopeVar } : { level, levelVar };

const sameNoise = (a: NoiseVariances, b: NoiseVariances) =>
  a.epsilonVar === b.epsilonVar && a.levelVar === b.levelVar && a.slopeVar === b.slopeVar;

const namedNoise = ({ epsilonVar, levelVar, slopeVar }: NoiseVariances, hasSlope: boolean): Noise => ({
  epsilonVar,
  levelVar,
  ...(hasSlope && { slopeVar }),
});

function forecast(next: Belief, noise: NoiseVariances, horizon: number) {
  const belief = { ...next };
  const bars = Array.from({ length: horizon }, () => {
    const { level, levelVar } = belief;
    predict(belief, noise);
    return { level, levelVar };
  });
  return {
    level: bars.map(({ level }) => level),
    levelVar: bars.map(({ levelVar }) => levelVar),
    observationVar: bars.map(({ levelVar }) => levelVar + noise.epsilonVar),
  };
}

function stateOf({ next, nObserved, logLik }: Pass, chosen: Model, noise: Noise): State {
  const square = (a: number, b: number, d: number) =>
    chosen === 'localLevel'
      ? [[a]]
      : [
          [a, b],
          [b, d],
        ];
  return {
    v: 1,
    model: chosen,
    mean: chosen === 'localLevel' ? [next.level] : [next.level, next.slope],
    cov: square(next.levelVar, next.cross, next.slopeVar),
    diffuseCov: square(next.diffuseLevel, next.diffuseCross, next.diffuseSlope),
    noise,
    nObserved,
    logLik,
  };
}
