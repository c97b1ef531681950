import { columnOf } from '../../core/math/copies.ts';
import { mean } from '../../core/math/moments.ts';
import { nelderMead } from '../../core/math/nelder-mead.ts';
import { standardErrors, type ErrorKind } from './garch-errors.ts';
import {
  type Coefficients,
  firstVariance,
  type Init,
  likelihoodPass,
  likelihoodTerms,
  type MeanModel,
  startVariance,
} from './garch-recursion.ts';

/** What is fitted: which coefficients are free, and how the recursion starts. */
export type FitModel = Readonly<{
  variant: 'garch' | 'igarch';
  isStudentT: boolean;
  mean: MeanModel;
  init: Init;
  maxPersistence: number;
}>;

export type Fit = Readonly<{
  coefficients: Coefficients;
  logLik: number;
  /** The last restart gained less than 1e-9. */
  converged: boolean;
  /** An estimate is at a bound: standard errors mean nothing there, and are left out. */
  boundary: boolean;
  stdErrors?: Partial<Record<keyof Coefficients, number>>;
  parameters: number;
}>;

const leastNu = 2.05;
const largestNu = 500;
const restarts = 6;
/** Of log likelihood: a restart that gains less is the last, and the search has converged. */
const leastGain = 1e-9;
const roughly = { step: 0.2, pointTolerance: 1e-4, valueTolerance: 1e-8, maxEvaluations: 2_000 };
const closely = { step: 0.05, pointTolerance: 1e-10, valueTolerance: 1e-13, maxEvaluations: 2_000 };

/**
 * Maximum likelihood of GARCH(1,1) or IGARCH(1,1). Returns are divided by their standard deviation first: the model is
 * scale-equivariant, and variances of 1e-6 are then harmless. The best of a grid of starts is refined by a simplex
 * search, roughly at first, which is restarted from its own answer until it gains nothing.
 */
export function fitGarch(returns: readonly number[], model: FitModel, errors: ErrorKind | 'none'): Fit {
  const average = mean(returns);
  const scale = Math.sqrt(returns.reduce((sum, r) => sum + (r - average) ** 2, 0) / returns.length);
  const scaled = columnOf(returns).map((r) => r / scale);
  const startAt = startVariance(scaled, model.mean, model.init);
  const likelihoodOf = (c: Coefficients, terms?: Float64Array) => {
    const start = startAt(c.mu);
    if (terms !== undefined) return likelihoodTerms(scaled, c, { start, terms });
    return likelihoodPass(scaled, c, firstVariance(c, start)).logLik;
  };

  const found = search(model, average / scale, likelihoodOf);
  const { coefficients, logLik, converged } = preferConstant(found, model, scaled, likelihoodOf);
  const boundary = isAtBound(coefficients, model);
  const free = freeCoefficients(model);
  const stdErrors =
    errors === 'none' || boundary
      ? undefined
      : standardErrors(coefficients, { free, kind: errors, count: scaled.length, likelihoodOf });
  return {
    coefficients: rescaled(coefficients, scale),
    logLik: logLik - returns.length * Math.log(scale),
    converged,
    boundary,
    ...(stdErrors !== undefined && { stdErrors: rescaled(stdErrors, scale) }),
    parameters: free.length,
  };
}

type Likelihood = (coefficients: Coefficients) => number;
type Found = Readonly<{ coefficients: Coefficients; logLik: number; converged: boolean }>;

function search(model: FitModel, average: number, likelihoodOf: Likelihood): Found {
  const at = (x: ArrayLike<number>) => coefficientsAt(x, model);
  const cost = (x: ArrayLike<number>) => -likelihoodOf(at(x));
  const starts = startPoints(model, average).map((point) => ({ point, value: cost(point) }));
  let best: { point: ArrayLike<number>; value: number } = starts.reduce((a, b) => (b.value < a.value ? b : a));
  let converged = false;
  for (let run = 0; run <= restarts && !converged; run++) {
    const end = nelderMead(cost, best.point, run === 0 ? roughly : closely);
    converged = run > 0 && best.value - end.value < leastGain;
    if (end.value < best.value) best = end;
  }
  return { coefficients: at(best.point), logLik: -best.value, converged };
}

/** Coordinates without bounds: mu, ln omega, logits of persistence and of alpha's share, ln(nu - 2.05). */
function coefficientsAt(x: ArrayLike<number>, { variant, isStudentT, mean: meanModel, maxPersistence }: FitModel) {
  let next = 0;
  const mu = meanModel === 'constant' ? x[next++] : 0;
  const omega = Math.exp(x[next++]);
  const persistence = variant === 'garch' ? maxPersistence * logistic(x[next++]) : 1;
  const alpha = persistence * logistic(x[next++]);
  const nu = isStudentT ? Math.min(largestNu, leastNu + Math.exp(x[next++])) : undefined;
  const beta = variant === 'garch' ? persistence - alpha : 1 - alpha;
  return { mu, omega, alpha, beta, ...(nu !== undefined && { nu }) };
}

function startPoints({ variant, isStudentT, mean: meanModel, maxPersistence }: FitModel, average: number): number[][] {
  const mu = meanModel === 'constant' ? [average] : [];
  const nu = isStudentT ? [Math.log(6 - leastNu)] : [];
  return [0.01, 0.05, 0.1, 0.2].flatMap((alpha) => {
    if (variant === 'igarch') return [0.001, 0.01, 0.1].map((omega) => [...mu, Math.log(omega), logit(alpha), ...nu]);
    return [0.5, 0.7, 0.9, 0.98].map((p) => {
      const persistence = Math.min(p, 0.999 * maxPersistence);
      return [
        ...mu,
        Math.log(1 - persistence),
        logit(persistence / maxPersistence),
        logit(Math.min(0.999, alpha / persistence)),
        ...nu,
      ];
    });
  });
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x));
const logit = (share: number) => Math.log(share / (1 - share));

/** Constant variance where clustering gains nothing: the ridge of alpha = 0 has no single omega and beta. */
function preferConstant(found: Found, model: FitModel, scaled: Float64Array, likelihoodOf: Likelihood): Found {
  if (model.variant !== 'garch' || model.isStudentT) return found;
  const mu = model.mean === 'constant' ? mean(scaled) : 0;
  const omega = mean(scaled.map((y) => (y - mu) ** 2));
  const coefficients = { mu, omega, alpha: 0, beta: 0 };
  const logLik = likelihoodOf(coefficients);
  return logLik >= found.logLik - 1e-6 ? { coefficients, logLik, converged: true } : found;
}

function isAtBound({ alpha, beta, nu }: Coefficients, { variant, maxPersistence }: FitModel): boolean {
  if (alpha < 1e-6 || beta < 1e-6) return true;
  if (variant === 'garch' && alpha + beta > maxPersistence - 1e-6) return true;
  return nu !== undefined && nu > largestNu - 1;
}

function freeCoefficients({ variant, isStudentT, mean: meanModel }: FitModel): (keyof Coefficients)[] {
  return [
    ...(meanModel === 'constant' ? (['mu'] as const) : []),
    'omega',
    'alpha',
    ...(variant === 'garch' ? (['beta'] as const) : []),
    ...(isStudentT ? (['nu'] as const) : []),
  ];
}

function rescaled<T extends Partial<Coefficients>>(values: T, scale: number): T {
  return {
    ...values,
    ...(values.mu !== undefined && { mu: values.mu * scale }),
    ...(values.omega !== undefined && { omega: values.omega * scale * scale }),
  };
}
