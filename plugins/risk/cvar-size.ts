import { z } from 'zod';
import { expectedShortfall, type TailLoss } from '../../core/math/expected-shortfall.ts';
import { definePlugin } from '../define-plugin.ts';
import { openFraction, series } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';
import {
  filteredTail,
  gaussianTail,
  historicalTail,
  type ParetoTail,
  paretoTail,
  type TailCase,
} from './tail-methods.ts';

const bounds = ['cvarBudget', 'maxSize', 'portfolioCvar', 'portfolioBudgetSpent'] as const;

export const fewestReturns = 20;

const input = z.strictObject({
  returns: series(fewestReturns).describe('simple returns of the instrument a period, oldest first'),
  side: z.enum(['long', 'short']).default('long').describe('of the position'),
  portfolio: series(fewestReturns)
    .optional()
    .describe('profit of the present portfolio, fraction of equity, same periods'),
});

const sizeParams = z.strictObject({
  cvarBudget: z.number().positive().describe('fraction of equity a horizon, for this position alone'),
  confidence: z.number().gt(0.5).lt(1).default(0.975).describe('level of the CVaR: mean of the worst 1 - confidence'),
  horizon: z.int().min(1).default(1).describe('periods, by the square root of time'),
  method: z.enum(['historical', 'fhs', 'gaussian', 'evt']).default('historical').describe('of the position alone'),
  lambda: openFraction().default(0.94).describe('decay of the variance (fhs)'),
  tailFraction: z.number().gt(0).lt(0.5).default(0.1).describe('share of losses that the tail is fitted to (evt)'),
  maxSize: z.number().positive().default(1).describe('fraction of equity'),
  portfolioCvarBudget: z.number().positive().optional().describe('fraction of equity a horizon, cvarBudget without'),
});

type Input = z.output<typeof input>;
type Params = z.output<typeof sizeParams>;
type Sized = Readonly<{ size: number; bound: (typeof bounds)[number] }>;

/** A position that lowers the portfolio's CVaR is only held to its own budget. */
export const cvarSize = definePlugin({
  id: 'risk_cvar_size',
  category: 'risk',
  kind: 'pure',
  summary: 'Largest position whose CVaR (expected shortfall), alone and inside the portfolio, stays within budget.',
  reference:
    'Rockafellar & Uryasev (2002), Journal of Banking & Finance 26(7); Barone-Adesi, Giannopoulos & Vosper (1999); McNeil & Frey (2000), Journal of Empirical Finance 7(3); Hosking & Wallis (1987), Technometrics 29(3)',
  input,
  params: sizeParams,
  output: z.strictObject({
    size: z.number().describe('signed fraction of equity'),
    unitVar: z.number().describe('loss quantile per unit'),
    unitCvar: z.number().describe('expected shortfall per unit'),
    cvarAtSize: z.number().describe('|size| * unitCvar'),
    bound: z.enum(bounds),
    portfolioCvar: z.number().optional().describe('before the position'),
    portfolioCvarAfter: z.number().optional(),
    tail: z
      .strictObject({ threshold: z.number(), shape: z.number(), scale: z.number(), exceedances: z.int() })
      .optional()
      .describe('the generalised Pareto tail (evt)'),
  }),
  example: {
    input: {
      returns: [
        -0.0259, 0.0219, 0.0037, -0.0413, 0.0261, 0.0327, -0.0042, 0.0228, 0.01, -0.0028, 0.0006, -0.0053, -0.025,
        -0.0356, -0.0012, 0.0031, 0.0188, -0.0396, -0.0271, 0.0171, 0.0086, -0.0067, 0.0235, -0.012, 0.0014, 0.0315,
        -0.0365, 0.0037, -0.0018, 0.007, -0.0316, -0.0045, -0.0083, -0.0437, -0.0273, 0.0014, -0.0037, 0.0304, -0.0227,
        0.0183,
      ],
      side: 'long',
      portfolio: [
        -0.018, 0.023, -0.0035, -0.0327, 0.0202, 0.0178, -0.0148, 0.0021, 0.0154, -0.0067, -0.0064, -0.0074, 0.0016,
        -0.0318, 0.0015, 0.0005, 0.0101, -0.0107, -0.0126, 0.0105, 0.0057, 0.0092, -0.0146, -0.0079, -0.0002, -0.002,
        -0.0024, 0.0054, -0.0183, -0.0008, -0.0067, -0.0015, -0.0113, -0.0122, -0.0084, -0.0089, -0.0041, 0.0244,
        0.0021, -0.0023,
      ],
    },
    params: {
      method: 'historical',
      confidence: 0.95,
      horizon: 1,
      cvarBudget: 0.02,
      maxSize: 1,
      portfolioCvarBudget: 0.045,
    },
  },
  compute: ({ returns, side, portfolio }, params) => {
    refuseWithoutTail({ returns, side, portfolio }, params);
    const direction = side === 'long' ? 1 : -1;
    const rootHorizon = Math.sqrt(params.horizon);
    const {
      valueAtRisk,
      expectedShortfall: unitCvar,
      tail,
    } = tailOf({ ...params, returns, scale: -direction * rootHorizon });
    const alone = sizeAlone(unitCvar, params);
    const cvarAt =
      portfolio && portfolioCvar({ returns, portfolio, direction, rootHorizon, confidence: params.confidence });
    const { size, bound } = cvarAt ? sizeInside(alone, cvarAt, params.portfolioCvarBudget ?? params.cvarBudget) : alone;
    return {
      size: size === 0 ? 0 : direction * size,
      unitVar: valueAtRisk,
      unitCvar,
      cvarAtSize: size * unitCvar,
      bound,
      ...(cvarAt && { portfolioCvar: cvarAt(0), portfolioCvarAfter: cvarAt(size) }),
      ...(tail && { tail }),
    };
  },
});

const methods = { historical: historicalTail, fhs: filteredTail, gaussian: gaussianTail, evt: paretoTail };

const tailOf = (of: TailCase & Pick<Params, 'method'>): TailLoss & { tail?: ParetoTail } => methods[of.method](of);

/** Whether so many scenarios hold one beyond the confidence. */
export const hasTail = (count: number, confidence: number): boolean => count * (1 - confidence) >= 1 - 1e-9;

function refuseWithoutTail({ returns, portfolio }: Input, { method, confidence }: Params): void {
  if (portfolio) refuseUnlessAligned('input.portfolio', portfolio, { path: 'input.returns', length: returns.length });
  const needsScenarios = method === 'historical' || method === 'fhs' || portfolio !== undefined;
  if (needsScenarios && !hasTail(returns.length, confidence)) {
    const least = Math.ceil(1 / (1 - confidence) - 1e-9);
    refuse('params.confidence', 'no tail scenario', `at least ${least} periods at ${confidence}`, returns.length);
  }
}

/** The size without a portfolio, unsigned. */
export function sizeAlone(unitCvar: number, { cvarBudget, maxSize }: Pick<Params, 'cvarBudget' | 'maxSize'>): Sized {
  const size = unitCvar <= 0 ? Infinity : cvarBudget / unitCvar;
  return size > maxSize ? { size: maxSize, bound: 'maxSize' } : { size, bound: 'cvarBudget' };
}

type PortfolioCase = Readonly<{
  returns: readonly number[];
  portfolio: readonly number[];
  direction: number;
  rootHorizon: number;
  confidence: number;
}>;

/** Historical CVaR of the portfolio with the position at a size: convex in the size. */
function portfolioCvar({ returns, portfolio, direction, rootHorizon, confidence }: PortfolioCase) {
  const losses = new Float64Array(returns.length);
  return (size: number): number => {
    for (let t = 0; t < losses.length; t++) losses[t] = -(portfolio[t] + direction * size * returns[t]) * rootHorizon;
    return expectedShortfall(losses, confidence).expectedShortfall;
  };
}

const halvings = 200;

/** The largest size up to `alone` at which the whole stays within budget: bisection, which keeps its low end feasible. */
function sizeInside(alone: Sized, cvarAt: (size: number) => number, budget: number): Sized {
  const [before, after] = [cvarAt(0), cvarAt(alone.size)];
  if (after <= budget || after <= before) return alone;
  if (before > budget) return { size: 0, bound: 'portfolioBudgetSpent' };
  let [feasible, tooLarge] = [0, alone.size];
  for (let i = 0; i < halvings; i++) {
    const middle = feasible + (tooLarge - feasible) / 2;
    // No number lies between them any more.
    if (middle === feasible || middle === tooLarge) break;
    if (cvarAt(middle) <= budget) feasible = middle;
    else tooLarge = middle;
  }
  return { size: feasible, bound: 'portfolioCvar' };
}
