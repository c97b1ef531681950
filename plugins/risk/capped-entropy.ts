/** Minimise -m'w + (g/2) w'Sw + tau KL(w || prior) over weights that sum to 1, each at most its cap. */
export type EntropyProblem = Readonly<{
  expectedReturns: readonly number[];
  /** N rows of N. */
  covariance: readonly (readonly number[])[];
  /** Logarithms of weights that sum to 1. */
  logPrior: Float64Array;
  caps: readonly number[];
  riskAversion: number;
  temperature: number;
}>;

export type SolverLimits = Readonly<{ tol: number; maxIter: number }>;

export type EntropySolution = Readonly<{
  weights: Float64Array;
  /** Their logarithms, which do not underflow. */
  logWeights: Float64Array;
  iterations: number;
  /** Whether the last step moved every weight by less than a share `tol` of itself. */
  converged: boolean;
  /** How far the marginal values of the uncapped weights lie apart; 0 at the optimum. */
  residual: number;
}>;

/** Weights, their logarithms, and S w. */
type Point = Readonly<{ weights: Float64Array; logWeights: Float64Array; product: Float64Array }>;

/** A step is tried this much longer after one that held, and this much shorter after one that did not. */
const longer = 0.8;
const shorter = 2;

/**
 * Mirror descent in the entropy's own geometry, where the risk is L-smooth and the rest solved exactly: the error shrinks
 * by L / (L + tau) a step. L adapts to what the risk shows along each step, up to the bound that always holds; in spread
 * books it is a small fraction of it. Lu, Freund & Nesterov (2018), SIAM Journal on Optimization 28(1).
 */
export function solveCappedEntropy(problem: EntropyProblem, { tol, maxIter }: SolverLimits): EntropySolution {
  const { expectedReturns, logPrior, caps, riskAversion, temperature } = problem;
  const rows = problem.covariance.map((row) => Float64Array.from(row));
  const logCaps = Float64Array.from(caps, Math.log);
  const pointAt = (logs: Float64Array): Point => {
    const weights = projectOntoCaps(logs, caps, logCaps);
    return { weights, logWeights: logs, product: times(rows, weights) };
  };
  const highest = Math.max(1e-12, riskAversion * halfRange(rows));
  let smoothness = highest;
  let point = pointAt(Float64Array.from(logPrior));
  let step = Infinity;
  let iterations = 0;
  for (; step >= tol && iterations < maxIter; iterations++) {
    const next = pointAt(
      point.logWeights.map((log, i) => {
        const slope = riskAversion * point.product[i] - expectedReturns[i];
        return (smoothness * log + temperature * logPrior[i] - slope) / (smoothness + temperature);
      }),
    );
    const holds = (riskAversion / 2) * curvature(point, next) <= smoothness * divergence(point, next);
    if (!holds && smoothness < highest) {
      smoothness = Math.min(highest, smoothness * shorter);
      continue;
    }
    step = largestStep(point, next);
    point = next;
    smoothness *= longer;
  }
  return { ...point, iterations, converged: step < tol, residual: residualOf(point, problem) };
}

/** Spread of the marginal values of what may still grow and shrink. */
function residualOf({ weights, logWeights, product }: Point, problem: EntropyProblem): number {
  const { expectedReturns, logPrior, caps, riskAversion, temperature } = problem;
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] >= caps[i]) continue;
    const marginal = riskAversion * product[i] - expectedReturns[i] + temperature * (logWeights[i] - logPrior[i]);
    least = Math.min(least, marginal);
    most = Math.max(most, marginal);
  }
  return Math.max(0, most - least);
}

/**
 * Half the range of the entries: changes of weights sum to 0, so that what all entries share does not matter, and
 * d'Sd <= halfRange (sum |d|)^2, which relative entropy bounds (Pinsker).
 */
function halfRange(rows: readonly Float64Array[]): number {
  let [least, most] = [Infinity, -Infinity];
  for (const row of rows) {
    for (const value of row) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return (most - least) / 2;
}

function times(rows: readonly Float64Array[], weights: Float64Array): Float64Array {
  const product = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    let sum = 0;
    for (let j = 0; j < row.length; j++) sum += row[j] * weights[j];
    product[i] = sum;
  }
  return product;
}

/** d'Sd of the step. */
function curvature(before: Point, after: Point): number {
  let sum = 0;
  for (let i = 0; i < after.weights.length; i++) {
    sum += (after.weights[i] - before.weights[i]) * (after.product[i] - before.product[i]);
  }
  return sum;
}

/** KL(after || before), by terms that are all positive, so that tiny steps keep their digits. */
function divergence(before: Point, after: Point): number {
  let sum = 0;
  for (let i = 0; i < after.weights.length; i++) {
    const change = after.logWeights[i] - before.logWeights[i];
    const excess = Math.abs(change) < 1e-4 ? change ** 2 / 2 - change ** 3 / 6 : Math.expm1(-change) + change;
    sum += after.weights[i] * excess;
  }
  return sum;
}

/** The largest step of a logarithm, relative where that is above 1: a tiny weight counts by its ratio. */
function largestStep(before: Point, after: Point): number {
  let largest = 0;
  for (let i = 0; i < after.logWeights.length; i++) {
    const log = after.logWeights[i];
    largest = Math.max(largest, Math.abs(log - before.logWeights[i]) / Math.max(1, Math.abs(log)));
  }
  return largest;
}

/**
 * The nearest weights in relative entropy that sum to 1 under the caps, from logarithms of weights up to a factor, which
 * become theirs in place: what passes its cap is set to it, and the rest shares what is left, until nothing passes.
 */
function projectOntoCaps(logs: Float64Array, caps: readonly number[], logCaps: Float64Array): Float64Array {
  const weights = new Float64Array(logs.length);
  for (let added = true; added;) {
    added = false;
    const shift = shiftOfFree(logs, weights);
    for (let i = 0; i < logs.length; i++) {
      if (weights[i] > 0) continue;
      logs[i] += shift;
      // A cap of 1 cannot be passed, only rounded over.
      if (caps[i] >= 1 || logs[i] <= logCaps[i]) continue;
      logs[i] = logCaps[i];
      weights[i] = caps[i];
      added = true;
    }
  }
  for (let i = 0; i < logs.length; i++) if (weights[i] === 0) weights[i] = Math.exp(logs[i]);
  return weights;
}

/** What to add to the logarithms of the weights that are not set yet (0) so that everything sums to 1. */
function shiftOfFree(logs: Float64Array, weights: Float64Array): number {
  let [left, highest] = [1, -Infinity];
  for (let i = 0; i < logs.length; i++) {
    left -= weights[i];
    if (weights[i] === 0) highest = Math.max(highest, logs[i]);
  }
  let sum = 0;
  for (let i = 0; i < logs.length; i++) if (weights[i] === 0) sum += Math.exp(logs[i] - highest);
  return Math.log(Math.max(left, Number.MIN_VALUE)) - highest - Math.log(sum);
}
