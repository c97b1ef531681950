import { leastSquares } from '../../core/math/least-squares.ts';
import { weightedVariance } from '../../core/math/sum-covariance.ts';
import { refuse } from '../refuse.ts';

/** Betas of one series to each hedge, and their standard errors. */
type Betas = Readonly<{ beta: number[]; standardError: number[] }>;

/** Regresses any series on the returns of the hedges, with weights in time that sum to 1. */
export type BetasOf = (returns: Float64Array) => Betas;

/** The share of a hedge's variance that must be its own, not that of the hedges before it. */
const leastOwnVariance = 1e-10;

/**
 * Weighted least squares with an intercept on the returns of K hedges. The degrees of freedom are those of the effective
 * sample 1 / sum(q^2), so that a short half-life pays in standard error; with equal weights this is plain OLS.
 */
export function betaRegression(hedgeReturns: readonly Float64Array[], timeWeights: Float64Array): BetasOf {
  const roots = timeWeights.map(Math.sqrt);
  const weighted = (values: Float64Array) => roots.map((root, t) => root * values[t]);
  const columns = [roots, ...hedgeReturns.map(weighted)];

  const freedom = (effectiveSample: number) => effectiveSample - columns.length;
  const effective = 1 / timeWeights.reduce((sum, weight) => sum + weight ** 2, 0);
  if (freedom(effective) <= 0)
    refuse(
      'params.halfLife',
      'too short for the number of hedges',
      `an effective sample of more than ${columns.length} periods`,
      effective,
    );
  refuseDependent(hedgeReturns, columns, timeWeights);
  // leastSquares divides the residual sum by the rows less the columns.
  const scale = Math.sqrt(freedom(timeWeights.length) / freedom(effective));

  return (returns) => {
    const fit = leastSquares(columns, weighted(returns));
    if (fit === undefined) refuse('input.hedges', 'returns that depend on each other', 'hedges that differ');
    return {
      beta: [...fit.coefficients.subarray(1)],
      standardError: Array.from(fit.standardErrors.subarray(1), (error) => error * scale),
    };
  };
}

/** Refuses a hedge without returns of its own: a constant, or a combination of the hedges before. */
function refuseDependent(
  hedgeReturns: readonly Float64Array[],
  columns: readonly Float64Array[],
  timeWeights: Float64Array,
): void {
  hedgeReturns.forEach((returns, j) => {
    const variance = weightedVariance(returns, timeWeights);
    const own = variance === 0 ? 0 : leastSquares(columns.slice(0, j + 1), columns[j + 1])?.residualSum;
    if (own === undefined || own <= leastOwnVariance * variance) {
      const message = variance === 0 ? 'returns that are all equal' : 'no returns of its own beside the hedges before';
      refuse(`input.hedges[${j}]`, message, 'an instrument that moves by itself');
    }
  });
}
