import { columnOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { halfLifeWeights } from '../../core/math/half-life-weights.ts';
import { weightedSum, weightedVariance } from '../../core/math/sum-covariance.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, series } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';
import { betaRegression } from './hedge-betas.ts';

const position = z.strictObject({
  symbol: z.string().describe('of the position'),
  notional: z.number().describe('signed, quote currency'),
  returns: series(20).describe('simple returns a period, aligned with those of the hedges'),
});

const hedge = z.strictObject({
  symbol: z.string().describe('of the hedge'),
  returns: series(20).describe('simple returns a period'),
  price: z.number().positive().describe('quote currency a unit'),
  kind: z
    .enum(['linear', 'inverse', 'share'])
    .describe('contract settled in quote currency, in the coin (inverse), or a share'),
  contractSize: z.number().positive().default(1).describe('units a contract; USD a contract when inverse'),
  lotStep: z.number().nonnegative().optional().describe('quantities are multiples of it'),
  minQty: z.number().nonnegative().default(0).describe('smaller quantities are 0'),
  currentQty: z.number().default(0).describe('signed, held now, in contracts or shares'),
  fundingRatePerDay: z.number().default(0).describe('a long pays it when positive'),
});

const book = z.strictObject({
  positions: z.array(position).max(1000).describe('none: the hedges are closed'),
  hedges: z.array(hedge).min(1).max(5),
  equity: z.number().positive().optional().describe('quote currency, for targetBeta'),
});

const hedgeParams = z.strictObject({
  halfLife: z.number().positive().optional().describe('periods; equal weights without'),
  shrink: z.boolean().default(true).describe('draws a beta to priorBeta by its standard error; one hedge only'),
  priorBeta: z.number().default(1).describe('beta expected before the data'),
  priorStd: z
    .number()
    .positive()
    .default(0.5)
    .describe('standard deviation of priorBeta: the smaller, the stronger the pull'),
  targetBeta: z.array(z.number()).optional().describe('beta to equity that stays on, by hedge; 0 without'),
  hedgeFraction: fraction().default(1).describe('share of the beta that is hedged'),
  band: z.number().nonnegative().default(0.05).describe('smaller orders are not made, share of gross notional'),
  annualisation: z.number().positive().default(365).describe('periods a year'),
});

type Hedge = z.output<typeof hedge>;
type Book = z.output<typeof book>;
type Params = z.output<typeof hedgeParams>;

/**
 * Slow-traded tokens have betas that are too low at short bars (Dimson 1979); lags are not part of it: use longer bars.
 * What the hedge removes is measured on the sample with the rounded quantities that are held after the order.
 */
export const autoHedgeRatio = definePlugin({
  id: 'risk_auto_hedge_ratio',
  category: 'risk',
  kind: 'pure',
  summary: 'Beta-weighted hedge of a book in one or more instruments, in tradable quantities, and the risk it removes.',
  reference:
    'Ederington (1979), Journal of Finance 34(1); Vasicek (1973), Journal of Finance 28(5); Whalley & Wilmott (1997); Hull, Options, Futures and Other Derivatives, ch. 3',
  input: book,
  params: hedgeParams,
  output: z.strictObject({
    portfolioBetaNotional: z.array(z.number()).describe('quote currency, by hedge'),
    positions: z.array(
      z.strictObject({
        symbol: z.string(),
        notional: z.number(),
        beta: z.array(z.number()).describe('by hedge, as are the next three'),
        rawBeta: z.array(z.number()),
        standardError: z.array(z.number()),
        betaNotional: z.array(z.number()),
      }),
    ),
    hedges: z.array(
      z.strictObject({
        symbol: z.string(),
        targetNotional: z.number().describe('before rounding and band'),
        qty: z.number().describe('to hold'),
        orderQty: z.number().describe('qty - currentQty'),
        side: z.enum(['buy', 'sell', 'none']),
        notional: z.number().describe('of qty'),
        dailyFundingCost: z.number().describe('negative = received'),
        bound: z.enum(['none', 'band']),
      }),
    ),
    hedgeEffectiveness: z.number().max(1).describe('share of variance removed on the sample'),
    volBefore: z.number().describe('annualised, quote currency'),
    volAfter: z.number(),
  }),
  example: {
    input: {
      positions: [
        {
          symbol: 'ETH/USDT',
          notional: 60000,
          returns: [
            0.0184, 0.0283, -0.041, 0.011, -0.0842, -0.0044, -0.0357, 0.0067, -0.0168, 0.0456, 0.0215, -0.0199, 0.0002,
            -0.0287, -0.0482, 0.0288, -0.0149, 0.027, 0.0017, -0.0221, 0.0355, -0.009, -0.0594, 0.0177, -0.0641, -0.016,
            0.0488, -0.0237, 0.0049, -0.0602,
          ],
        },
        {
          symbol: 'SOL/USDT',
          notional: 25000,
          returns: [
            0.0541, -0.0121, -0.0424, -0.0399, -0.0733, 0.0693, 0.0116, 0.0091, 0.0046, 0.1224, -0.0097, -0.0051,
            0.0044, -0.0113, 0.0183, -0.0106, -0.0601, 0.0539, -0.1114, -0.0308, 0.1443, -0.0281, -0.0502, -0.0187,
            -0.0839, 0.0056, 0.1043, -0.0325, -0.0963, -0.0678,
          ],
        },
      ],
      hedges: [
        {
          symbol: 'BTC/USDT:USDT',
          returns: [
            0.0061, 0.017, -0.0146, -0.0227, -0.0498, 0.0243, 0.0004, 0.0051, -0.0196, 0.0307, 0.0236, -0.003, -0.0139,
            -0.0089, -0.02, 0.0007, -0.0154, 0.0146, -0.009, -0.0088, 0.0384, -0.0181, -0.0392, 0.0092, -0.0519, 0.0066,
            0.0245, 0.0018, 0.0002, -0.0513,
          ],
          price: 91500,
          kind: 'linear',
          contractSize: 1,
          lotStep: 0.001,
          minQty: 0.001,
          currentQty: -0.2,
          fundingRatePerDay: 0.0003,
        },
      ],
      equity: 100000,
    },
    params: {
      shrink: true,
      priorBeta: 1,
      priorStd: 0.5,
      hedgeFraction: 1,
      band: 0.05,
      targetBeta: [0],
      annualisation: 365,
    },
  },
  compute: (input, params) => {
    refuseBadBook(input, params);
    const { positions, hedges, equity = 0 } = input;
    const hedgeReturns = hedges.map(({ returns }) => columnOf(returns));
    const positionReturns = positions.map(({ returns }) => columnOf(returns));
    const timeWeights = halfLifeWeights(hedgeReturns[0].length, params.halfLife);
    const betasOf = betaRegression(hedgeReturns, timeWeights);
    const rows = positions.map(({ symbol, notional }, i) => {
      const { beta: rawBeta, standardError } = betasOf(positionReturns[i]);
      const beta = hedges.length === 1 && params.shrink ? [shrunk(rawBeta[0], standardError[0], params)] : rawBeta;
      return { symbol, notional, beta, rawBeta, standardError, betaNotional: beta.map((value) => notional * value) };
    });
    const portfolioBetaNotional = hedges.map((_, j) =>
      rows.reduce((sum, { betaNotional }) => sum + betaNotional[j], 0),
    );

    const gross = positions.reduce((sum, { notional }) => sum + Math.abs(notional), 0);
    const smallestOrder = params.band * gross;
    const orders = hedges.map((instrument, j) => {
      const excess = portfolioBetaNotional[j] - (params.targetBeta?.[j] ?? 0) * equity;
      return orderOf(instrument, 0 - params.hedgeFraction * excess, smallestOrder);
    });
    const legs = [...positionReturns, ...hedgeReturns];
    const varianceOf = (notionals: readonly number[]) => weightedVariance(weightedSum(legs, notionals), timeWeights);
    const notionals = positions.map(({ notional }) => notional);
    const before = varianceOf([...notionals, ...hedges.map(() => 0)]);
    const after = varianceOf([...notionals, ...orders.map(({ notional }) => notional)]);
    return {
      portfolioBetaNotional,
      positions: rows,
      hedges: orders,
      hedgeEffectiveness: before === 0 ? 0 : 1 - after / before,
      volBefore: Math.sqrt(before * params.annualisation),
      volAfter: Math.sqrt(after * params.annualisation),
    };
  },
});

function refuseBadBook({ positions, hedges, equity }: Book, { targetBeta }: Params): void {
  const first = { path: 'input.hedges[0].returns', length: hedges[0].returns.length };
  hedges.forEach(({ returns }, j) => refuseUnlessAligned(`input.hedges[${j}].returns`, returns, first));
  positions.forEach(({ returns }, i) => refuseUnlessAligned(`input.positions[${i}].returns`, returns, first));
  if (targetBeta === undefined) return;
  refuseUnlessAligned('params.targetBeta', targetBeta, { path: 'input.hedges', length: hedges.length });
  if (equity === undefined && targetBeta.some((beta) => beta !== 0))
    refuse('input.equity', 'missing', 'the equity that params.targetBeta is a share of');
}

/** Vasicek's weighing of a beta against its prior, by the variance of each. */
function shrunk(rawBeta: number, standardError: number, { priorBeta, priorStd }: Params): number {
  const [prior, error] = [priorStd ** 2, standardError ** 2];
  return (rawBeta * prior + priorBeta * error) / (prior + error);
}

function orderOf(instrument: Hedge, targetNotional: number, smallestOrder: number) {
  const { symbol, price, kind, contractSize, currentQty, fundingRatePerDay } = instrument;
  const unit = kind === 'inverse' ? contractSize : price * contractSize;
  const wanted = tradable(targetNotional / unit, instrument);
  // What is already held is kept as it is, off the grid or not.
  const keeps = Math.abs(wanted - currentQty) * unit < smallestOrder;
  const qty = keeps ? currentQty : wanted;
  const orderQty = qty - currentQty;
  const notional = qty * unit;
  return {
    symbol,
    targetNotional,
    qty,
    orderQty,
    side: orderQty === 0 ? ('none' as const) : orderQty > 0 ? ('buy' as const) : ('sell' as const),
    notional,
    // + 0 turns -0 into 0.
    dailyFundingCost: notional * fundingRatePerDay + 0,
    bound: keeps ? ('band' as const) : ('none' as const),
  };
}

/** Toward 0 to the lot grid, to 12 decimals, and 0 under the smallest quantity. */
function tradable(quantity: number, { lotStep = 0, minQty }: Hedge): number {
  const lots = lotStep === 0 ? quantity : Math.trunc(quantity / lotStep + Math.sign(quantity) * 1e-9) * lotStep;
  const rounded = lotStep === 0 ? lots : Number(lots.toFixed(12));
  return rounded === 0 || Math.abs(rounded) < minQty ? 0 : rounded;
}
