import { stationaryShares } from './stationary-shares.ts';

/** A hidden Markov chain over normal regimes: mean, variance and transition probabilities (row = from) a regime. */
export type RegimeModel = Readonly<{
  means: readonly number[];
  variances: readonly number[];
  transition: readonly (readonly number[])[];
}>;

/** What one pass over the observations says of a model. */
export type RegimePass = Readonly<{
  logLikelihood: number;
  /** P(last regime = k | all observations). */
  filtered: readonly number[];
}>;

/** A pass with what the next model is made of. */
type Expectation = RegimePass &
  Readonly<{
    /** P(regime of t = k | all), regime by regime: entry t K + k. */
    smoothed: Float64Array;
    /** Expected number of moves from i to j: entry i K + j. */
    moves: Float64Array;
  }>;

export type FittedRegimes = RegimePass & Readonly<{ model: RegimeModel; iterations: number; converged: boolean }>;

/** `tolerance`: change of the log likelihood, an observation, under which the fit stops. */
export type FitTerms = Readonly<{ maxIterations: number; tolerance: number; varianceFloor: number }>;

/** A regime that no observation belongs to: the model has too many. */
export const emptyRegime = 'empty regime';

/**
 * Hamilton's filter (Hamilton 1994, 22.4.5-22.4.6) from the stationary distribution (22.2.26). Undefined where the
 * model has no single stationary distribution, or makes the observations impossible.
 */
export function filterRegimes(values: Float64Array, model: RegimeModel): RegimePass | undefined {
  const forward = forwardPass(values, model);
  if (forward === undefined) return undefined;
  const regimes = model.means.length;
  return { logLikelihood: forward.logLikelihood, filtered: [...forward.filtered.subarray(-regimes)] };
}

/**
 * EM for a switching mean and variance (Hamilton 1990, eq. 4.1) from one start. The stationary start's dependence on
 * the transitions is left out of the M-step, as there, so the likelihood may fall by a little: hence the absolute rule.
 */
export function fitRegimes(
  values: Float64Array,
  start: RegimeModel,
  { maxIterations, tolerance, varianceFloor }: FitTerms,
): FittedRegimes | typeof emptyRegime {
  let model = start;
  let previous: number | undefined;
  for (let iterations = 0; ; iterations++) {
    const expected = expectation(values, model);
    if (expected === undefined) return emptyRegime;
    const { logLikelihood, filtered } = expected;
    const change = previous === undefined ? Infinity : Math.abs(logLikelihood - previous) / values.length;
    const converged = change < tolerance;
    if (converged || iterations === maxIterations) return { model, logLikelihood, filtered, iterations, converged };
    const next = maximisation(values, expected, varianceFloor);
    if (next === undefined) return emptyRegime;
    model = next;
    previous = logLikelihood;
  }
}

type Forward = Readonly<{
  logLikelihood: number;
  filtered: Float64Array;
  densities: Float64Array;
  /** Of each observation given the ones before it, over its largest density. */
  likelihoods: Float64Array;
}>;

function forwardPass(values: Float64Array, model: RegimeModel): Forward | undefined {
  const { means, transition } = model;
  const regimes = means.length;
  const start = stationaryShares(transition);
  if (start === undefined) return undefined;
  const { densities, logScale } = scaledDensities(values, model);
  const filtered = new Float64Array(densities.length);
  const likelihoods = new Float64Array(values.length);
  let logLikelihood = 0;
  for (let t = 0; t < values.length; t++) {
    const at = t * regimes;
    let total = 0;
    for (let j = 0; j < regimes; j++) {
      let before = t === 0 ? start[j] : 0;
      if (t > 0) for (let i = 0; i < regimes; i++) before += filtered[at - regimes + i] * transition[i][j];
      filtered[at + j] = before * densities[at + j];
      total += filtered[at + j];
    }
    if (!(total > 0)) return undefined;
    for (let j = 0; j < regimes; j++) filtered[at + j] /= total;
    likelihoods[t] = total;
    logLikelihood += Math.log(total) + logScale[t];
  }
  return { logLikelihood, filtered, densities, likelihoods };
}

/** Normal densities, each observation's divided by its largest so that none underflows, and the logs of those. */
function scaledDensities(values: Float64Array, { means, variances }: RegimeModel) {
  const regimes = means.length;
  const densities = new Float64Array(values.length * regimes);
  const logScale = new Float64Array(values.length);
  const constants = variances.map((variance) => -0.5 * Math.log(2 * Math.PI * variance));
  for (let t = 0; t < values.length; t++) {
    const at = t * regimes;
    let largest = -Infinity;
    for (let k = 0; k < regimes; k++) {
      const logDensity = constants[k] - (values[t] - means[k]) ** 2 / (2 * variances[k]);
      densities[at + k] = logDensity;
      largest = Math.max(largest, logDensity);
    }
    for (let k = 0; k < regimes; k++) densities[at + k] = Math.exp(densities[at + k] - largest);
    logScale[t] = largest;
  }
  return { densities, logScale };
}

/** Forward and backward (Kim 1994): smoothed probabilities, and the expected moves between regimes. */
function expectation(values: Float64Array, model: RegimeModel): Expectation | undefined {
  const forward = forwardPass(values, model);
  if (forward === undefined) return undefined;
  const { filtered, densities, likelihoods, logLikelihood } = forward;
  const { transition } = model;
  const regimes = model.means.length;
  const smoothed = Float64Array.from(filtered);
  const moves = new Float64Array(regimes * regimes);
  const ahead = new Float64Array(regimes).fill(1);
  const weighted = new Float64Array(regimes);
  for (let t = values.length - 1; t > 0; t--) {
    for (let j = 0; j < regimes; j++) weighted[j] = (densities[t * regimes + j] * ahead[j]) / likelihoods[t];
    for (let i = 0; i < regimes; i++) {
      const before = filtered[(t - 1) * regimes + i];
      let sum = 0;
      for (let j = 0; j < regimes; j++) {
        const part = transition[i][j] * weighted[j];
        moves[i * regimes + j] += before * part;
        sum += part;
      }
      ahead[i] = sum;
      smoothed[(t - 1) * regimes + i] = before * sum;
    }
  }
  return { logLikelihood, filtered: [...filtered.subarray(-regimes)], smoothed, moves };
}

function maximisation(values: Float64Array, { smoothed, moves }: Expectation, floor: number): RegimeModel | undefined {
  const regimes = Math.sqrt(moves.length);
  const [means, variances, transition]: [number[], number[], number[][]] = [[], [], []];
  for (let k = 0; k < regimes; k++) {
    const row = moves.subarray(k * regimes, (k + 1) * regimes);
    const left = row.reduce((sum, count) => sum + count, 0);
    let [weight, weightedSum, squares] = [0, 0, 0];
    for (let t = 0; t < values.length; t++) {
      weight += smoothed[t * regimes + k];
      weightedSum += smoothed[t * regimes + k] * values[t];
    }
    if (!(weight >= 1e-6 * values.length) || !(left > 0)) return undefined;
    const mean = weightedSum / weight;
    for (let t = 0; t < values.length; t++) squares += smoothed[t * regimes + k] * (values[t] - mean) ** 2;
    means.push(mean);
    variances.push(Math.max(floor, squares / weight));
    transition.push(Array.from(row, (count) => count / left));
  }
  return { means, variances, transition };
}
