import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { z } from 'zod';
import { definePlugin } from '../define-plugin.ts';
import { matrix } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';
import { solveCappedEntropy } from './capped-entropy.ts';

const sleeve = z.strictObject({
  expectedReturns: z.array(z.number()).min(2).max(200).describe('annualised, N assets'),
  covariance: matrix(2, 2).describe('annualised, N x N, symmetric, positive semidefinite'),
  prior: z.array(z.number().positive()).optional().describe('the weights without evidence, any sum; equal without'),
  maxWeights: z.array(z.number().gt(0).max(1)).optional().describe('caps by asset; maxWeight for all without'),
});

const entropyParams = z.strictObject({
  riskAversion: z
    .number()
    .nonnegative()
    .default(5)
    .describe('penalty on the annualised variance: return - riskAversion / 2 x variance'),
  temperature: z.number().positive().default(0.05).describe('pull to the prior, in units of return'),
  maxWeight: z.number().gt(0).max(1).default(1).describe('of every asset, without maxWeights'),
  tol: z.number().positive().default(1e-13).describe('largest relative change of a weight at which the solver stops'),
  maxIter: z.int().min(1).max(1_000_000).default(20_000).describe('steps of the solver, at most'),
});

type Sleeve = z.output<typeof sleeve>;
type Params = z.output<typeof entropyParams>;

/**
 * Weights as close to the prior as the evidence allows. The objective is strictly convex, so they are unique.
 * effectiveBets counts principal components; with near-equal eigenvalues these, and so the count, are not unique.
 */
export const entropyWeights = definePlugin({
  id: 'risk_entropy_weights',
  category: 'risk',
  kind: 'pure',
  summary: 'Mean-variance weights pulled to a prior by entropy, with effective numbers of positions and of bets.',
  reference:
    'Bera & Park (2008), Econometric Reviews 27; Lu, Freund & Nesterov (2018), SIAM Journal on Optimization 28(1); Meucci (2009), Risk, Managing diversification',
  input: sleeve,
  params: entropyParams,
  output: z.strictObject({
    weights: z.array(z.number().nonnegative()).describe('sum to 1'),
    entropy: z.number().describe('nats'),
    effectiveNumber: z.number().describe('of positions, exp(entropy)'),
    relativeEntropy: z.number().describe('KL(weights || prior), nats'),
    effectiveBets: z.number().optional().describe('exp of the entropy of the risk shares of principal components'),
    expectedReturn: z.number(),
    volatility: z.number().nonnegative(),
    bound: z.array(z.enum(['maxWeight', 'none'])),
    iterations: z.int(),
  }),
  example: {
    input: {
      expectedReturns: [0.2, 0.25, 0.3, 0.1],
      covariance: [
        [0.3, 0.25, 0.2, 0.02],
        [0.25, 0.45, 0.28, 0.03],
        [0.2, 0.28, 0.7, 0.04],
        [0.02, 0.03, 0.04, 0.05],
      ],
    },
    params: { riskAversion: 2, temperature: 0.05, maxWeight: 0.55 },
  },
  compute: (input, params) => {
    const { expectedReturns, covariance } = input;
    const caps = input.maxWeights ?? expectedReturns.map(() => params.maxWeight);
    refuseBadShapes(input, caps);
    const components = componentsOf(covariance);
    const logPrior = logShares(input.prior ?? expectedReturns.map(() => 1));
    const solution = solveCappedEntropy({ ...params, expectedReturns, covariance, caps, logPrior }, params);
    refuseUnsolved(solution, params);
    const { logWeights } = solution;
    const weights = [...solution.weights];
    const mean = (values: ArrayLike<number>) => weights.reduce((sum, weight, i) => sum + weight * values[i], 0);
    const entropy = 0 - mean(logWeights);
    const variance = mean(covariance.map(mean));
    return {
      weights,
      entropy,
      effectiveNumber: Math.exp(entropy),
      relativeEntropy: mean(logWeights.map((log, i) => log - logPrior[i])),
      ...(variance > 0 && { effectiveBets: effectiveBets(components, weights, variance) }),
      expectedReturn: mean(expectedReturns),
      volatility: Math.sqrt(Math.max(0, variance)),
      bound: weights.map((weight, i) => (weight >= caps[i] - 1e-9 ? ('maxWeight' as const) : ('none' as const))),
      iterations: solution.iterations,
    };
  },
});

function refuseBadShapes({ expectedReturns, covariance, prior, maxWeights }: Sleeve, caps: readonly number[]): void {
  const assets = { path: 'input.expectedReturns', length: expectedReturns.length };
  refuseUnlessAligned('input.covariance', covariance, assets);
  covariance.forEach((row, i) => refuseUnlessAligned(`input.covariance[${i}]`, row, assets));
  if (prior) refuseUnlessAligned('input.prior', prior, assets);
  if (maxWeights) refuseUnlessAligned('input.maxWeights', maxWeights, assets);
  covariance.forEach((row, i) => {
    const j = row.findIndex((value, column) => Math.abs(value - covariance[column][i]) > 1e-9);
    if (j >= 0)
      refuse(`input.covariance[${i}][${j}]`, 'not symmetric', `${covariance[j][i]}, as at [${j}][${i}]`, row[j]);
  });
  const room = caps.reduce((sum, cap) => sum + cap, 0);
  if (room < 1 - 1e-12) {
    const path = maxWeights ? 'input.maxWeights' : 'params.maxWeight';
    refuse(path, 'infeasible: the caps leave no full book', 'caps that sum to at least 1', room);
  }
}

function logShares(prior: readonly number[]): Float64Array {
  const total = prior.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(prior, (weight) => Math.log(weight / total));
}

type Components = Readonly<{ variances: readonly number[]; directions: readonly (readonly number[])[] }>;

/** Principal components, after the refusal of what is no covariance. Scaled, so that no square overflows on the way. */
function componentsOf(covariance: readonly (readonly number[])[]): Components {
  const scale = covariance.flat().reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const scaled = covariance.map((row) => row.map((value) => value / scale));
  const decomposition = new EigenvalueDecomposition(new Matrix(scaled), { assumeSymmetric: true });
  const trace = scaled.reduce((sum, row, i) => sum + row[i], 0);
  const least = Math.min(...decomposition.realEigenvalues);
  if (least < -1e-9 * Math.max(0, trace))
    refuse('input.covariance', 'not positive semidefinite', 'no negative eigenvalue', least * scale);
  const variances = decomposition.realEigenvalues.map((value) => value * scale);
  return { variances, directions: decomposition.eigenvectorMatrix.transpose().to2DArray() };
}

/** Meucci's effective number of bets, over principal components. */
function effectiveBets({ variances, directions }: Components, weights: readonly number[], variance: number): number {
  const entropy = directions.reduce((sum, direction, k) => {
    const exposure = direction.reduce((total, value, i) => total + value * weights[i], 0);
    const share = (exposure ** 2 * variances[k]) / variance;
    return share > 0 ? sum - share * Math.log(share) : sum;
  }, 0);
  return Math.exp(entropy);
}

function refuseUnsolved(
  { converged, residual, iterations }: ReturnType<typeof solveCappedEntropy>,
  { tol }: Params,
): void {
  if (converged) return;
  refuse(
    'params.temperature',
    `not solved: weights still moved by more than ${tol} after ${iterations} iterations, with a residual of ${residual}`,
    'a larger temperature, or more of params.maxIter',
  );
}
