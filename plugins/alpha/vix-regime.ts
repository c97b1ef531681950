import { z } from 'zod';
import { clip } from '../../core/math/clip.ts';
import { isConstant } from '../../core/math/constant.ts';
import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { emptyRegime, filterRegimes, fitRegimes, type RegimeModel } from '../../core/math/regime-switching.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { regimeStarts } from './regime-starts.ts';
import { learnedFrom, nextState, regimeState, refuseBadState, type RegimeState } from './regime-state.ts';

const input = z.strictObject({
  level: z.array(z.number()).describe('implied volatility at daily closes, fractions (0.5534 = 55.34 points)'),
  backLevel: z.number().optional().describe('a longer-dated index at the last close, fraction'),
  state: regimeState.optional().describe("the last output's"),
});

const params = z.strictObject({
  regimes: z.int().min(2).max(4).default(3).describe('number of regimes, K'),
  refit: z.boolean().default(true).describe("false: keep the state's model, only filter"),
  maxIter: z.int().min(1).max(100_000).default(500).describe('most EM steps'),
  tol: z.number().positive().default(1e-8).describe('change of log likelihood, an observation, that ends the fit'),
  varFloor: z.number().positive().default(1e-6).describe("least variance of a regime's ln(level)"),
  lookback: z.int().min(20).default(365).describe('closes of percentile and zscore; 252 for an index of trading days'),
  switchProb: z.number().gt(0.5).lt(1).default(0.6).describe('probability from which the regime changes'),
  minDwell: z.int().min(1).default(3).describe('least calls in a regime before it changes to another but the last'),
  termWeight: fraction().default(0.3).describe('weight of the term structure in the signal'),
  termScale: z.number().positive().default(0.1).describe('termRatio - 1 of its full signal'),
  multipliers: z.array(fraction()).optional().describe('exposure a regime; by default 1 - 0.75 k / (K - 1)'),
});

type Input = z.output<typeof input>;
type Params = z.output<typeof params>;

/**
 * Regimes of ln(level), by EM from two starts, and where in them the last close is. Not causal: a refit sees the whole
 * window, so a backtest calls it a day at a time.
 */
export const vixRegime = definePlugin({
  id: 'alpha_vix_regime',
  category: 'alpha',
  kind: 'source',
  summary:
    'Which volatility regime the market is in, calm to stressed, from an implied-volatility index: probabilities, a risk-on/off signal and an exposure multiplier.',
  reference:
    'Hamilton (1989), Econometrica 57(2); Hamilton (1990), Journal of Econometrics 45, eq. 4.1; Hamilton (1994), Time Series Analysis, ch. 22; Johnson (2017), JFQA 52(6)',
  input,
  params,
  output: z.strictObject({
    regime: z.int().nonnegative().describe('0 = lowest volatility'),
    regimeProbabilities: z.array(fraction()).describe('given the data until now, a regime'),
    regimeScore: z.number().min(-1).max(1).describe('+1 calm, -1 stressed'),
    expectedDuration: z.array(z.number().min(1)).describe('closes, a regime'),
    percentile: fraction().describe('of the last level in the lookback, mid-rank'),
    zscore: z.number().describe('of the last ln(level) in the lookback'),
    termRatio: z.number().optional().describe('last level over backLevel'),
    signal: z.number().min(-1).max(1).describe('+1 = calm, risk-on'),
    confidence: fraction().describe('1 less the entropy of the probabilities, over its largest'),
    exposureMultiplier: fraction(),
    model: learnedFrom.describe('of ln(level), transition rows = from'),
    logLikelihood: z.number(),
    iterations: z.int().nonnegative().describe('EM steps of the start used'),
    converged: z.boolean(),
    state: nextState,
  }),
  example: {
    input: {
      level: [
        0.4515, 0.5155, 0.5086, 0.4276, 0.4368, 0.4269, 0.4764, 0.4475, 0.4849, 0.3741, 0.5263, 0.4457, 0.4817, 0.4439,
        0.4333, 0.4713, 0.6845, 0.6051, 0.6087, 0.6732, 0.5585, 0.517, 0.6501, 0.5721, 0.4924, 0.5623, 0.441, 0.4132,
        0.4022, 0.4615, 0.4987, 0.4504, 0.5712, 0.5895,
      ],
      backLevel: 0.575,
    },
    params: { regimes: 2, lookback: 30, termWeight: 0.3, termScale: 0.1 },
  },
  compute: (given, terms) => {
    refuseBadInput(given, terms);
    const { level, backLevel, state } = given;
    const { regimes, lookback } = terms;
    const found = sortedByMean(terms.refit ? fit(level, terms) : filter(level, state));
    const { model, filtered: p, logLikelihood, iterations, converged } = found;
    const { regime, dwell } = regimeNow(p, state, terms);
    const multipliers = terms.multipliers ?? p.map((_, k) => 1 - (0.75 * k) / (regimes - 1));
    const regimeScore = clip(
      weighted(p, (k) => 1 - (2 * k) / (regimes - 1)),
      -1,
      1,
    );
    const entropy = -weighted(p, (k) => (p[k] > 0 ? Math.log(p[k]) : 0));
    const last = level[level.length - 1];
    const termRatio = backLevel === undefined ? undefined : last / backLevel;
    const learned = {
      mu: [...model.means],
      sigma: model.variances.map(Math.sqrt),
      transition: model.transition.map((row) => [...row]),
    };
    return {
      regime,
      regimeProbabilities: [...p],
      regimeScore,
      expectedDuration: model.transition.map((row, k) => 1 / Math.max(1 - row[k], 1e-12)),
      ...placeOf(last, level.slice(-lookback)),
      ...(termRatio !== undefined && { termRatio }),
      signal: signalOf(regimeScore, termRatio, terms),
      confidence: clip(1 - entropy / Math.log(regimes), 0, 1),
      exposureMultiplier: clip(
        weighted(p, (k) => multipliers[k]),
        0,
        1,
      ),
      model: learned,
      logLikelihood,
      iterations,
      converged,
      state: { regime, dwell, ...learned },
    };
  },
});

function refuseBadInput({ level, backLevel, state }: Input, { regimes, refit, multipliers }: Params): void {
  const needed = Math.max(20, 10 * regimes);
  if (level.length < needed) refuse('input.level', 'too few closes', `at least ${needed}`, level.length);
  level.forEach((value, i) => refuseOutside(`input.level[${i}]`, value));
  if (backLevel !== undefined) refuseOutside('input.backLevel', backLevel);
  if (isConstant(level)) refuse('input.level', 'constant', 'levels that differ', level[0]);
  if (multipliers !== undefined && multipliers.length !== regimes)
    refuse('params.multipliers', 'not one a regime', `${regimes} values`, multipliers.length);
  if (state !== undefined) refuseBadState(state, regimes);
  if (!refit && state?.transition === undefined) {
    const expected = "the last output's state, with mu, sigma and transition";
    refuse('input.state', 'without a model to keep, but params.refit is false', expected, state ?? 'none');
  }
}

function refuseOutside(path: string, level: number): void {
  if (level >= 0.01 && level <= 5) return;
  refuse(path, 'out of range: a fraction, not percent', '0.01 to 5', level);
}

type Found = Readonly<{
  model: RegimeModel;
  filtered: readonly number[];
  logLikelihood: number;
  iterations: number;
  converged: boolean;
}>;

/** The better of two starts, so that a rare regime is not missed: the second has to be clearly better. */
function fit(level: readonly number[], { regimes, maxIter, tol, varFloor }: Params): Found {
  const values = Float64Array.from(level, Math.log);
  const terms = { maxIterations: maxIter, tolerance: tol, varianceFloor: varFloor };
  const [first, second] = regimeStarts(values, regimes, varFloor).map((start) => fitRegimes(values, start, terms));
  if (first === emptyRegime) {
    refuse('params.regimes', 'a regime that no close belongs to: use fewer regimes', 'fewer', regimes);
  }
  if (second === undefined || second === emptyRegime) return first;
  return second.logLikelihood - first.logLikelihood > 0.001 * values.length ? second : first;
}

function filter(level: readonly number[], state: RegimeState | undefined): Found {
  const { mu = [], sigma = [], transition = [] } = state ?? {};
  const model = { means: mu, variances: sigma.map((deviation) => deviation ** 2), transition };
  const pass = filterRegimes(Float64Array.from(level, Math.log), model);
  if (pass === undefined)
    refuse('input.state.transition', 'a model that cannot have made these levels', 'one that can');
  return { model, ...pass, iterations: 0, converged: false };
}

/** Regimes from the lowest mean to the highest. */
function sortedByMean(found: Found): Found {
  const { means, variances, transition } = found.model;
  const order = means.map((_, k) => k).toSorted((a, b) => means[a] - means[b]);
  const model = {
    means: order.map((k) => means[k]),
    variances: order.map((k) => variances[k]),
    transition: order.map((i) => order.map((j) => transition[i][j])),
  };
  return { ...found, model, filtered: order.map((k) => found.filtered[k]) };
}

/** Into the most stressed regime at once, out of any only after a while. */
function regimeNow(p: readonly number[], state: RegimeState | undefined, { switchProb, minDwell }: Params) {
  const likeliest = p.indexOf(Math.max(...p));
  if (state === undefined) return { regime: likeliest, dwell: 1 };
  const dwell = state.dwell + 1;
  const free = likeliest === p.length - 1 || dwell >= minDwell;
  if (likeliest !== state.regime && p[likeliest] >= switchProb && free) return { regime: likeliest, dwell: 1 };
  return { regime: state.regime, dwell };
}

function placeOf(last: number, window: readonly number[]) {
  const below = window.filter((level) => level < last).length;
  const equal = window.filter((level) => level === last).length;
  const logs = window.map(Math.log);
  return {
    percentile: (below + 0.5 * equal) / window.length,
    zscore: isConstant(window) ? 0 : (Math.log(last) - mean(logs)) / sampleDeviation(logs),
  };
}

function signalOf(regimeScore: number, termRatio: number | undefined, { termWeight, termScale }: Params): number {
  if (termRatio === undefined) return regimeScore;
  const term = clip((1 - termRatio) / termScale, -1, 1);
  return clip((1 - termWeight) * regimeScore + termWeight * term, -1, 1);
}

const weighted = (p: readonly number[], value: (k: number) => number): number =>
  p.reduce((sum, probability, k) => sum + probability * value(k), 0);
