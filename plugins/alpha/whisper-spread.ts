import { z } from 'zod';
import { mean } from '../../core/math/moments.ts';
import { studentTCdf } from '../../core/math/student-t.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { fitBayesianLine } from './bayesian-line.ts';

const consensus = z.number().describe('published mean estimate, price units');
const whisper = z.number().describe('what is whispered, price units');
const price = z.number().positive().describe('of a share before the event; 1 for a macro print');
const unlockFraction = z.number().positive().describe('tokens unlocked over those in circulation before');

const earnings = z.strictObject({
  mode: z.literal('earnings'),
  history: z
    .array(z.strictObject({ consensus, whisper, actual: z.number().describe('what came'), price }))
    .min(4)
    .describe('past events'),
  current: z.strictObject({ consensus, whisper, price }).describe('the event ahead'),
});

const unlock = z.strictObject({
  mode: z.literal('unlock'),
  history: z
    .array(
      z.strictObject({
        unlockFraction,
        abnormalReturn: z.number().describe('log return beyond the market model, 7 days before to 1 day after'),
      }),
    )
    .min(4)
    .describe('past events'),
  current: z.strictObject({ unlockFraction }).describe('the event ahead'),
});

const input = z.discriminatedUnion('mode', [earnings, unlock]);

const params = z.strictObject({
  kappaIntercept: z.number().positive().default(4).describe('events that the prior of the intercept is worth'),
  kappaSlope: z.number().positive().default(4).describe('events that the prior of the slope is worth'),
  priorSlope: z.number().optional().describe('0.5 by default (0 in mode unlock): half of what is whispered comes'),
  priorShape: z.number().gt(1).default(2).describe('shape of the inverse gamma prior of the variance'),
  signalOn: z
    .enum(['consensus', 'whisper'])
    .default('consensus')
    .describe('consensus: a position closed before the event; whisper: one held through it, earnings only'),
  confidenceMass: z.number().positive().default(8).describe('events at which confidence is a half'),
});

type Input = z.output<typeof input>;

/** Conjugate regression of the surprise on the spread (normal-inverse-gamma prior, Student-t predictive). */
export const whisperSpread = definePlugin({
  id: 'alpha_whisper_spread',
  category: 'alpha',
  kind: 'source',
  summary:
    "The probability that a scheduled number surprises above consensus, from the spread between whisper and consensus and this issuer's own history.",
  reference:
    'Bagnoli, Beneish & Watts (1999), Journal of Accounting and Economics 28; Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 3 and 14; Livnat & Mendenhall (2006); MacKinlay (1997) for unlocks',
  input,
  params,
  output: z.strictObject({
    spread: z.number().describe('whisper less consensus over price, or the unlocked fraction'),
    spreadPercent: z.number().optional().describe('whisper less consensus over |consensus|, a fraction'),
    expectedSurprise: z.number().describe('actual less consensus over price, or abnormal return'),
    scale: z.number().positive().describe('of the Student-t predictive'),
    degreesOfFreedom: z.number().positive(),
    posterior: z.strictObject({ intercept: z.number(), slope: z.number() }),
    surpriseProbability: fraction().describe('P(surprise > 0)'),
    beatWhisperProbability: fraction().optional().describe('P(actual > whisper), earnings only'),
    signal: z.number().min(-1).max(1),
    confidence: fraction(),
  }),
  example: {
    input: {
      mode: 'earnings',
      history: [
        { consensus: 1.1, whisper: 1.14, actual: 1.16, price: 98 },
        { consensus: 1.2, whisper: 1.25, actual: 1.22, price: 104 },
        { consensus: 1.05, whisper: 1.04, actual: 1.01, price: 95 },
        { consensus: 1.32, whisper: 1.4, actual: 1.45, price: 120 },
        { consensus: 1.41, whisper: 1.43, actual: 1.47, price: 131 },
        { consensus: 1.22, whisper: 1.25, actual: 1.24, price: 118 },
        { consensus: 1.5, whisper: 1.55, actual: 1.58, price: 140 },
        { consensus: 1.61, whisper: 1.6, actual: 1.57, price: 150 },
      ],
      current: { consensus: 1.7, whisper: 1.78, price: 155 },
    },
    params: {
      kappaIntercept: 4,
      kappaSlope: 4,
      priorSlope: 0.5,
      priorShape: 2,
      signalOn: 'consensus',
      confidenceMass: 8,
    },
  },
  compute: (given, terms) => {
    if (terms.signalOn === 'whisper' && given.mode === 'unlock')
      refuse('params.signalOn', 'no whisper in mode unlock', 'consensus', 'whisper');
    const { spreads, surprises, spread } = pointsOf(given);
    const priorSlope = terms.priorSlope ?? (given.mode === 'earnings' ? 0.5 : 0);
    const line = fitBayesianLine(spreads, surprises, { ...terms, priorSlope });
    const { location, scale } = line.predictive(spread);
    const probabilityAbove = (level: number) => studentTCdf((location - level) / scale, line.degreesOfFreedom);
    const surpriseProbability = probabilityAbove(0);
    const beatWhisperProbability = given.mode === 'earnings' ? probabilityAbove(spread) : undefined;
    const decisive = terms.signalOn === 'whisper' ? (beatWhisperProbability ?? 0) : surpriseProbability;
    const count = spreads.length;
    return {
      spread,
      ...(given.mode === 'earnings' && given.current.consensus !== 0 && { spreadPercent: percentOf(given.current) }),
      expectedSurprise: location,
      scale,
      degreesOfFreedom: line.degreesOfFreedom,
      posterior: { intercept: line.intercept, slope: line.slope },
      surpriseProbability,
      ...(beatWhisperProbability !== undefined && { beatWhisperProbability }),
      signal: 2 * decisive - 1,
      confidence: count / (count + terms.confidenceMass),
    };
  },
});

const percentOf = (event: Readonly<{ consensus: number; whisper: number }>) =>
  (event.whisper - event.consensus) / Math.abs(event.consensus);

/** Spreads and surprises of past events, and the spread ahead. */
function pointsOf(given: Input) {
  const { spreads, surprises, spread } =
    given.mode === 'earnings'
      ? {
          spreads: given.history.map((event) => (event.whisper - event.consensus) / event.price),
          surprises: given.history.map((event) => (event.actual - event.consensus) / event.price),
          spread: (given.current.whisper - given.current.consensus) / given.current.price,
        }
      : {
          spreads: given.history.map((event) => event.unlockFraction),
          surprises: given.history.map((event) => event.abnormalReturn),
          spread: given.current.unlockFraction,
        };
  if (!(meanSquare(spreads) > 0))
    refuse('input.history', 'whisper equals consensus in every record', 'spreads that are not all 0');
  if (!(meanSquare(surprises) > 0)) refuse('input.history', 'every surprise is 0', 'surprises that are not all 0');
  return { spreads, surprises, spread };
}

const meanSquare = (values: readonly number[]) => mean(values.map((value) => value * value));
