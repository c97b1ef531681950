import { columnOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { normalQuantile } from '../../core/math/normal.ts';
import { sumCovariance, type SumCovariance } from '../../core/math/sum-covariance.ts';
import { definePlugin } from '../define-plugin.ts';
import { series } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';
import { type Room, roomToLimit } from './room.ts';
import { cornishFisherVar, gaussianVar, historicalVar, type VarBook } from './var-methods.ts';

const asset = z.strictObject({
  symbol: z.string().describe('of the asset'),
  weight: z.number().describe('signed fraction of equity'),
  returns: series(20).describe('simple returns a period, aligned over the assets'),
  budgetShare: z.number().nonnegative().optional().describe('share of the budget, 1/N without'),
});

const book = z.strictObject({ assets: z.array(asset).min(1).max(200) });

const varParams = z.strictObject({
  varBudget: z.number().positive().describe('fraction of equity that may be lost over the horizon'),
  method: z
    .enum(['gaussian', 'cornishFisher', 'historical'])
    .default('gaussian')
    .describe('how the quantile is taken: normal, corrected for skew and kurtosis, or of the returns as they were'),
  confidence: z.number().gt(0.5).lt(1).default(0.99).describe('level of the VaR: loss exceeded with 1 - confidence'),
  horizon: z.int().min(1).default(1).describe('periods, by the square root of time'),
  includeMean: z.boolean().default(false).describe('counts the mean return (gaussian, cornishFisher)'),
});

type Asset = z.output<typeof asset>;
type Params = z.output<typeof varParams>;

export const varBudget = definePlugin({
  id: 'risk_var_budget',
  category: 'risk',
  kind: 'pure',
  summary:
    'Splits portfolio VaR exactly over positions, compares it with budgets, says how much to scale or how much room.',
  reference:
    'Jorion (2006), Value at Risk, 3rd ed., ch. 7; Boudt, Peterson & Croux (2008), Journal of Risk 11(2); Maillard (2012), A user’s guide to the Cornish-Fisher expansion; Epperlein & Smillie (2006), Risk, Cracking VaR with kernels',
  input: book,
  params: varParams,
  output: z.strictObject({
    var: z.number().describe('fraction of equity, positive = loss'),
    budget: z.number(),
    utilisation: z.number().describe('var / budget'),
    scale: z.number().gt(0).max(1).describe('factor on every weight that meets the budget'),
    bound: z.enum(['varBudget', 'none']),
    skewness: z.number().optional(),
    excessKurtosis: z.number().optional(),
    cornishFisherValid: z.boolean().optional().describe('false: the expansion does not hold, use historical'),
    assets: z.array(
      z.strictObject({
        symbol: z.string(),
        marginal: z.number().describe('d var / d weight'),
        component: z.number().describe('sums to var'),
        share: z.number().describe('component / var'),
        limit: z.number().describe('budget share times budget'),
        breach: z.boolean(),
        maxIncrease: z.number().optional().describe('how far this weight alone may rise'),
        maxDecrease: z.number().optional().describe('how far it may fall'),
      }),
    ),
  }),
  example: {
    input: {
      assets: [
        {
          symbol: 'BTC',
          weight: 0.4,
          budgetShare: 0.5,
          returns: [
            -0.0012, 0.0145, 0.0017, -0.0183, -0.0035, -0.0302, 0.0261, 0.0008, 0.0045, 0.0148, 0.0301, -0.0059,
            -0.0324, -0.0593, -0.0119, 0.021, -0.0225, 0.0146, 0.0109, 0.0513, 0.0244, 0.0042, -0.0087, 0.0354, -0.007,
            -0.0211, 0.0261, -0.0329, 0.0096, -0.0234,
          ],
        },
        {
          symbol: 'ETH',
          weight: 0.3,
          budgetShare: 0.3,
          returns: [
            -0.0315, 0.0309, 0.0099, -0.0047, -0.021, -0.0256, 0.0066, -0.0128, 0.0238, 0.0041, 0.0172, -0.0178, -0.041,
            -0.0729, 0.005, 0.0414, 0.0176, -0.0081, -0.022, 0.0204, 0.017, -0.0363, 0.0116, -0.0012, -0.0113, -0.0257,
            -0.0011, -0.0677, 0.0111, -0.0031,
          ],
        },
        {
          symbol: 'SOL',
          weight: -0.1,
          budgetShare: 0.2,
          returns: [
            0.1047, 0.0058, 0.0113, 0.0085, -0.0439, -0.0392, 0.0494, 0.0433, 0.0541, 0.0183, 0.046, -0.0311, -0.0118,
            -0.0422, -0.0418, 0.0369, -0.023, -0.0231, 0.0213, 0.0233, 0.0526, -0.1157, -0.0416, 0.0486, -0.0237,
            -0.0675, 0.0405, -0.0077, 0.083, -0.0023,
          ],
        },
      ],
    },
    params: { method: 'gaussian', confidence: 0.99, horizon: 1, varBudget: 0.03, includeMean: false },
  },
  compute: ({ assets }, params) => {
    refuseBadBook(assets, params);
    const columns = assets.map(({ returns }) => columnOf(returns));
    const weights = assets.map(({ weight }) => weight);
    const moments = sumCovariance(columns, weights);
    refuseWithoutRisk({ columns, weights, moments });

    const { value, marginals, shape } = methods[params.method]({ columns, weights, moments }, params);
    const within = value <= params.varBudget;
    const room =
      within && params.method === 'gaussian' && !params.includeMean ? roomWithin(moments, params) : () => ({});
    return {
      var: value,
      budget: params.varBudget,
      utilisation: value / params.varBudget,
      scale: within ? 1 : params.varBudget / value,
      bound: within ? ('none' as const) : ('varBudget' as const),
      ...shape,
      assets: assets.map(({ symbol, weight, budgetShare = 1 / assets.length }, i) => {
        const component = weight * marginals[i];
        const limit = budgetShare * params.varBudget;
        const share = value <= 0 ? 0 : component / value;
        const breach = component > limit + 1e-12;
        return { symbol, marginal: marginals[i], component, share, limit, breach, ...room(i) };
      }),
    };
  },
});

const methods = { gaussian: gaussianVar, cornishFisher: cornishFisherVar, historical: historicalVar };

function refuseBadBook(assets: readonly Asset[], { method, confidence }: Params): void {
  const periods = assets[0].returns.length;
  let shares = 0;
  assets.forEach(({ returns, budgetShare = 0 }, i) => {
    refuseUnlessAligned(`input.assets[${i}].returns`, returns, { path: 'input.assets[0].returns', length: periods });
    shares += budgetShare;
    if (shares > 1 + 1e-9) refuse(`input.assets[${i}].budgetShare`, 'shares sum to more than 1', 'at most 1', shares);
  });
  if (method === 'historical' && periods * (1 - confidence) < 1 - 1e-9) {
    const least = Math.ceil(1 / (1 - confidence) - 1e-9);
    refuse('params.confidence', 'too few scenarios beyond it', `at least ${least} periods`, periods);
  }
}

/** Weights that are 0, or a hedge so perfect that what is left is rounding. */
function refuseWithoutRisk({ columns, weights, moments }: VarBook): void {
  const variance = moments.ofSum;
  const gross = columns.reduce((sum, column, i) => sum + Math.abs(weights[i]) * rootMeanSquare(column), 0);
  if (variance <= 1e-14 * gross ** 2)
    refuse('input.assets', 'no risk to budget', 'weights and returns whose sum varies', `variance ${variance}`);
}

/** Room of each weight before gaussian VaR meets its budget: a limit on the standard deviation. */
function roomWithin(moments: SumCovariance, { confidence, horizon, varBudget: budget }: Params) {
  const deviationLimit = budget / (-normalQuantile(1 - confidence) * Math.sqrt(horizon));
  const excess = moments.ofSum - deviationLimit ** 2;
  return (i: number): Room => roomToLimit({ variance: moments.variances[i], covariance: moments.withSum[i], excess });
}

function rootMeanSquare(values: Float64Array): number {
  let sum = 0;
  for (let t = 0; t < values.length; t++) sum += values[t] ** 2;
  return Math.sqrt(sum / values.length);
}
