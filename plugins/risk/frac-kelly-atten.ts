import { z } from 'zod';
import { definePlugin } from '../define-plugin.ts';
import { fraction, openFraction } from '../fields.ts';
import { refuse } from '../refuse.ts';

const bounds = ['none', 'ruin', 'maxFraction', 'negativeEdge', 'minSize'] as const;

const confidence = fraction().default(1).describe('in the model, 0..1');

const binaryBet = z.strictObject({
  mode: z.literal('binary'),
  winProbability: openFraction().describe('that the bet is right'),
  payoff: z.number().positive().describe('gain per unit staked when right'),
  lossFraction: z.number().positive().default(1).describe('loss per unit staked when wrong'),
  trials: z.number().positive().optional().describe('effective sample behind winProbability'),
  costFraction: z.number().nonnegative().default(0).describe('per unit staked'),
  confidence,
});

const continuousBet = z.strictObject({
  mode: z.literal('continuous'),
  expectedReturn: z.number().describe('excess, arithmetic, a period'),
  volatility: z.number().positive().describe('a period'),
  observations: z.number().positive().optional().describe('sample behind expectedReturn'),
  costReturn: z.number().nonnegative().default(0).describe('a period'),
  confidence,
});

const kellyParams = z.strictObject({
  fraction: z.number().gt(0).max(1).default(0.5).describe('of full Kelly'),
  confidencePower: z
    .number()
    .nonnegative()
    .default(1)
    .describe('the size is multiplied by confidence to this power; 0: not'),
  maxFraction: z.number().positive().default(0.25).describe('cap, fraction of equity, may exceed 1 with leverage'),
  ruin: z
    .strictObject({
      level: openFraction().describe('fraction of the start'),
      probability: openFraction().describe('largest that is borne'),
    })
    .optional()
    .describe('P(equity ever falls to level x start) stays at or under probability'),
  minSize: z.number().nonnegative().default(0).describe('smaller bets are not made'),
  allowShort: z.boolean().default(true).describe('continuous only'),
});

type BinaryBet = z.output<typeof binaryBet>;
type ContinuousBet = z.output<typeof continuousBet>;
type Params = z.output<typeof kellyParams>;
type Bound = (typeof bounds)[number];

/** Fractional Kelly. The size is what the last rule that acted left of it, and that rule names the bound. */
export const fracKellyAtten = definePlugin({
  id: 'risk_frac_kelly_atten',
  category: 'risk',
  kind: 'pure',
  summary: 'Sizes a bet by fractional Kelly, shrunk for estimation error and confidence, limited by ruin and a cap.',
  reference:
    'Kelly (1956); Thorp (2006), The Kelly criterion in blackjack, sports betting and the stock market; MacLean, Thorp & Ziemba (2011); Baker & McHale (2013), Decision Analysis 10(3)',
  input: z.discriminatedUnion('mode', [binaryBet, continuousBet]),
  params: kellyParams,
  output: z.strictObject({
    size: z.number().describe('fraction of equity, signed in continuous mode'),
    fullKelly: z.number(),
    shrinkage: fraction().describe('for estimation error'),
    effectiveFraction: z.number().describe('share of full Kelly after ruin, before the cap'),
    edge: z.number().describe('net expected gain per unit staked (binary) or a period (continuous)'),
    bound: z.enum(bounds),
    expectedLogGrowth: z.number().optional().describe('a bet or period'),
    probabilityOfHalving: fraction().optional().describe('that equity ever halves, diffusion approximation'),
  }),
  example: {
    input: {
      mode: 'binary',
      winProbability: 0.56,
      payoff: 1.2,
      lossFraction: 1,
      trials: 180,
      confidence: 0.8,
      costFraction: 0.02,
    },
    params: {
      fraction: 0.5,
      confidencePower: 1,
      maxFraction: 0.25,
      ruin: { level: 0.5, probability: 0.1 },
      minSize: 0,
    },
  },
  compute: (bet, params) => {
    const { fullKelly, edge, errorRatio, growthAt } = bet.mode === 'binary' ? binaryKelly(bet) : continuousKelly(bet);
    const shrinkage = 1 / (1 + errorRatio);
    const wanted = params.fraction * shrinkage * bet.confidence ** params.confidencePower;
    const effectiveFraction = Math.min(wanted, ruinLimit(params.ruin));
    const raw = effectiveFraction * fullKelly;
    const taken = bet.mode === 'binary' ? edge > 0 : edge !== 0 && (raw >= 0 || params.allowShort);
    const { size, bound } = taken
      ? limited(raw, { params, ruled: effectiveFraction < wanted })
      : { size: 0, bound: 'negativeEdge' as const };
    const share = size / fullKelly;
    return {
      size,
      fullKelly,
      shrinkage,
      effectiveFraction,
      edge,
      bound,
      ...(size !== 0 && { expectedLogGrowth: growthAt(size) }),
      ...(size !== 0 && share < 2 && { probabilityOfHalving: 0.5 ** (2 / share - 1) }),
    };
  },
});

type Kelly = Readonly<{
  fullKelly: number;
  edge: number;
  /** Variance of the edge's estimate over its square; 0 where the edge is taken as known. */
  errorRatio: number;
  growthAt: (size: number) => number;
}>;

function binaryKelly({ winProbability: p, payoff, lossFraction, trials, costFraction }: BinaryBet): Kelly {
  const gain = payoff - costFraction;
  if (gain <= 0) refuse('input.costFraction', 'eats the whole payoff', `less than ${payoff}`, costFraction);
  const loss = lossFraction + costFraction;
  const edge = p * gain - (1 - p) * loss;
  const variance = trials === undefined ? 0 : (p * (1 - p)) / (trials + 1);
  return {
    edge,
    fullKelly: edge / (gain * loss),
    errorRatio: errorRatioOf((gain + loss) ** 2 * variance, edge),
    growthAt: (size) => p * Math.log1p(size * gain) + (1 - p) * Math.log1p(-size * loss),
  };
}

function continuousKelly({ expectedReturn, volatility, observations, costReturn }: ContinuousBet): Kelly {
  const left = Math.max(0, Math.abs(expectedReturn) - costReturn);
  const edge = expectedReturn < 0 && left > 0 ? -left : left;
  return {
    edge,
    fullKelly: edge / volatility ** 2,
    errorRatio: observations === undefined ? 0 : errorRatioOf(volatility ** 2 / observations, edge),
    growthAt: (size) => size * edge - (size * volatility) ** 2 / 2,
  };
}

const errorRatioOf = (variance: number, edge: number) => (variance === 0 ? 0 : variance / edge ** 2);

/** Largest share c of full Kelly for which P(reach level) = level^(2/c - 1) stays within probability: Thorp (2006). */
function ruinLimit(ruin: Params['ruin']): number {
  return ruin === undefined ? Infinity : 2 / (1 + Math.log(ruin.probability) / Math.log(ruin.level));
}

function limited(
  raw: number,
  { params, ruled }: Readonly<{ params: Params; ruled: boolean }>,
): Readonly<{ size: number; bound: Bound }> {
  const size = Math.abs(raw) > params.maxFraction ? Math.sign(raw) * params.maxFraction : raw;
  if (size === 0) return { size: 0, bound: ruled ? 'ruin' : 'none' };
  if (Math.abs(size) < params.minSize) return { size: 0, bound: 'minSize' };
  if (size !== raw) return { size, bound: 'maxFraction' };
  return { size, bound: ruled ? 'ruin' : 'none' };
}
