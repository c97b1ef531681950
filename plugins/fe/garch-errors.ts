import { inverse, Matrix } from 'ml-matrix';
import type { Coefficients } from './garch-recursion.ts';

/** robust: sandwich of Bollerslev & Wooldridge (1992), right for errors that are not of the fitted law too. */
export type ErrorKind = 'robust' | 'hessian';

type Name = keyof Coefficients;
type Errors = { [name in Name]?: number };

type Question = Readonly<{
  free: readonly Name[];
  kind: ErrorKind;
  count: number;
  /** The log likelihood of `count` observations; `terms` receives each one's. */
  likelihoodOf: (coefficients: Coefficients, terms?: Float64Array) => number;
}>;

/**
 * Standard errors of maximum likelihood estimates by central differences of the likelihood, the steps of statsmodels
 * and arch. Undefined where the Hessian is singular or not that of a maximum.
 */
export function standardErrors(at: Coefficients, question: Question): Errors | undefined {
  const { free, kind, likelihoodOf, count } = question;
  const moved = (shifts: Errors): Coefficients => {
    const next = { ...at };
    for (const name of free) next[name] = (at[name] ?? 0) + (shifts[name] ?? 0);
    // IGARCH has one slope: beta goes the way alpha does not.
    if (!free.includes('beta')) next.beta = 1 - next.alpha;
    return next;
  };
  const hessian = hessianOf((shifts) => likelihoodOf(moved(shifts)), stepsOf(at, free, 1 / 4));
  if (hessian.to1DArray().some((value) => !Number.isFinite(value))) return undefined;
  const bread = inverse(Matrix.mul(hessian, -1), true);
  const covariance =
    kind === 'hessian'
      ? bread
      : bread
          .mmul(scoreCovariance((shifts, terms) => likelihoodOf(moved(shifts), terms), stepsOf(at, free, 1 / 3), count))
          .mmul(bread);
  const variances = covariance.diagonal();
  if (!variances.every((variance) => variance > 0 && Number.isFinite(variance))) return undefined;
  return Object.fromEntries(free.map((name, i) => [name, Math.sqrt(variances[i])]));
}

type Step = Readonly<{ name: Name; size: number }>;

const stepsOf = (at: Coefficients, free: readonly Name[], power: number): Step[] =>
  free.map((name) => ({ name, size: Number.EPSILON ** power * Math.max(Math.abs(at[name] ?? 0), 0.01) }));

/** Second derivatives by four points each. */
function hessianOf(valueAt: (shifts: Errors) => number, steps: readonly Step[]): Matrix {
  const hessian = Matrix.zeros(steps.length, steps.length);
  steps.forEach((a, i) =>
    steps.slice(0, i + 1).forEach((b, j) => {
      const at = (signA: number, signB: number) =>
        valueAt(
          i === j ? { [a.name]: (signA + signB) * a.size } : { [a.name]: signA * a.size, [b.name]: signB * b.size },
        );
      const second = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / (4 * a.size * b.size);
      hessian.set(i, j, second);
      hessian.set(j, i, second);
    }),
  );
  return hessian;
}

/** n/(n-1) times the sum of the outer products of the centred scores of the observations. */
function scoreCovariance(
  fillTerms: (shifts: Errors, terms: Float64Array) => void,
  steps: readonly Step[],
  count: number,
): Matrix {
  const scores = steps.map(({ name, size }) => {
    const [above, below] = [new Float64Array(count), new Float64Array(count)];
    fillTerms({ [name]: size }, above);
    fillTerms({ [name]: -size }, below);
    const score = above.map((value, t) => (value - below[t]) / (2 * size));
    const average = score.reduce((sum, value) => sum + value, 0) / count;
    return score.map((value) => value - average);
  });
  const cross = scores.map((a) =>
    scores.map((b) => (count / (count - 1)) * a.reduce((sum, x, t) => sum + x * b[t], 0)),
  );
  return new Matrix(cross);
}
