import { columnOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { sampleDeviation } from '../../core/math/moments.ts';
import { medianOf } from '../../core/math/select.ts';
import { definePlugin } from '../define-plugin.ts';
import { timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';

const bar = z.strictObject({
  time: timeMs().describe('close'),
  volume: z.number().nonnegative().describe('traded in the bar, any one unit'),
  close: z.number().positive().optional().describe('needed with volScale'),
});

const item = z.strictObject({
  time: timeMs().describe('first readable'),
  score: z.number().min(-1).max(1).describe('sentiment of the item: -1 bad, 1 good'),
  confidence: z.number().gt(0).max(1).default(1).describe('in the score; the weight of the item'),
});

const carriedState = z.strictObject({
  v: z.literal(1),
  time: timeMs().describe('of the last bar'),
  sumW: z.number().nonnegative().describe('decayed sum of weights'),
  sumWS: z.number().describe('decayed sum of weight x score'),
  sumWS2: z.number().nonnegative().describe('decayed sum of weight x score^2'),
  sumW2: z.number().nonnegative().describe('decayed sum of weight^2'),
  volumes: z.array(z.number().nonnegative()).describe('of the last bars'),
  closes: z.array(z.number().positive()).optional().describe('of the last bars, with volScale'),
});

const sentimentInput = z.strictObject({
  bars: z.array(bar).min(1),
  items: z.array(item).describe('any order'),
  state: carriedState.optional(),
});

const sentimentParams = z.strictObject({
  lookback: z.int().min(2).default(48).describe('bars of the median volume'),
  halfLifeMs: z.number().positive().default(21_600_000).describe('age at which an item counts half'),
  exponent: z.number().nonnegative().default(1).describe('power of the volume ratio; 0: no volume weighting'),
  ratioCap: z.number().gt(1).default(5).describe('the ratio stays within 1/cap and cap'),
  priorCount: z.number().positive().default(3).describe('weight of the neutral prior, in items'),
  volScale: z
    .strictObject({
      lookback: z.int().min(20).describe('returns'),
      targetAnnual: z.number().positive().describe('volatility, a yearly fraction'),
      periodsPerYear: z.number().positive().describe('bars a year'),
      cap: z.number().min(1).default(2).describe('largest factor'),
    })
    .optional()
    .describe('also give sentiment scaled to a volatility target'),
});

type Input = z.output<typeof sentimentInput>;
type Params = z.output<typeof sentimentParams>;
type VolScale = NonNullable<Params['volScale']>;
type Bar = z.output<typeof bar>;
type Item = z.output<typeof item>;
type State = z.output<typeof carriedState>;

/** Evidence as of a bar: decayed sums of w, w s, w s^2 and w^2. */
type Evidence = Pick<State, 'sumW' | 'sumWS' | 'sumWS2' | 'sumW2'>;

/**
 * At bar closes only, as the volume of an item's bar is not known before. With no news the evidence fades into the
 * prior (neutral, variance 1/3); a plain weighted mean would keep yesterday's score for ever. Causal, and a stream cut
 * anywhere gives what one batch gives. 'vol' is volume; volatility enters in `scaled` alone.
 */
export const volWeightedSent = definePlugin({
  id: 'fe_vol_weighted_sent',
  category: 'fe',
  kind: 'stateful',
  summary: 'How positive the news is now, by age, confidence and abnormal volume, with a standard error.',
  reference:
    'Antweiler & Frank (2004), Journal of Finance 59(3); Barber & Odean (2008), Review of Financial Studies 21(2); Kish (1965), Survey Sampling; Gelman et al., Bayesian Data Analysis, ch. 5',
  input: sentimentInput,
  params: sentimentParams,
  output: z.strictObject({
    sentiment: z.array(z.number()).describe('in (-1, 1)'),
    standardError: z.array(z.number()),
    zScore: z.array(z.number()).describe('sentiment / standardError'),
    effectiveCount: z.array(z.number()).describe("items, the prior's among them"),
    weightSum: z.array(z.number()).describe('decayed weight of the evidence'),
    abnormalVolume: z.array(z.number()).describe('volume over its median, capped'),
    scaled: z.strictObject({ offset: z.int(), value: z.array(z.number()) }).optional(),
    ignoredItems: z.int().describe('items before the first bar, or after the last'),
    state: carriedState,
  }),
  example: {
    input: {
      bars: [120, 100, 140, 90, 110, 420, 130].map((volume, i) => ({ time: 1700000000000 + i * 3600000, volume })),
      items: [
        { time: 1700003000000, score: 0.5, confidence: 0.9 },
        { time: 1700009600000, score: -0.2, confidence: 0.6 },
        { time: 1700017700000, score: 0.8, confidence: 0.8 },
        { time: 1700017900000, score: 0.4 },
        { time: 1700021600000, score: -0.6, confidence: 0.5 },
      ],
    },
    params: { lookback: 4, halfLifeMs: 14400000, ratioCap: 5, exponent: 1, priorCount: 3 },
  },
  compute: ({ bars, items, state }, params) => {
    refuseBadBars({ bars, items, state }, params);
    const start = state?.time ?? bars[0].time;
    const last = bars[bars.length - 1].time;
    const inside = items.filter(({ time }) => time > start && time <= last).toSorted((a, b) => a.time - b.time);
    const volumes = [...(state?.volumes ?? [])];
    const evidence = evidenceOf(state);

    let before = start;
    let next = 0;
    const at = bars.map(({ time, volume }) => {
      const ratio = abnormalVolume(volume, volumes, params);
      decay(evidence, 2 ** ((before - time) / params.halfLifeMs));
      for (; next < inside.length && inside[next].time <= time; next++)
        add(evidence, inside[next], { time, ratio, ...params });
      volumes.push(volume);
      if (volumes.length > params.lookback) volumes.shift();
      before = time;
      return { ...summary(evidence, params.priorCount), ratio };
    });

    const sentiment = at.map((value) => value.sentiment);
    const closes = params.volScale && closesOf(bars, state);
    return {
      sentiment,
      standardError: at.map((value) => value.standardError),
      zScore: at.map((value) => value.sentiment / value.standardError),
      effectiveCount: at.map((value) => value.effectiveCount),
      weightSum: at.map((value) => value.weightSum),
      abnormalVolume: at.map(({ ratio }) => ratio),
      ...(params.volScale && closes && { scaled: scale(sentiment, closes, params.volScale) }),
      ignoredItems: items.length - inside.length,
      state: {
        v: 1 as const,
        time: last,
        ...evidence,
        volumes,
        ...(params.volScale && closes && { closes: closes.slice(-params.volScale.lookback) }),
      },
    };
  },
});

function refuseBadBars({ bars, state }: Input, { lookback, volScale }: Params): void {
  let last = state?.time ?? -1;
  bars.forEach(({ time, close }, i) => {
    if (time <= last) refuse(`input.bars[${i}].time`, 'not after the bar before it', `more than ${last}`, time);
    last = time;
    if (volScale !== undefined && close === undefined)
      refuse(`input.bars[${i}].close`, 'missing', 'a close, as volScale is given');
  });
  if (state !== undefined && state.volumes.length > lookback)
    refuse('input.state.volumes', 'more than lookback', `at most ${lookback}`, state.volumes.length);
}

const evidenceOf = ({ sumW = 0, sumWS = 0, sumWS2 = 0, sumW2 = 0 }: Partial<State> = {}): Evidence => ({
  sumW,
  sumWS,
  sumWS2,
  sumW2,
});

/** Volume over the median of the bars before, capped; 1 until there are enough of them. */
function abnormalVolume(volume: number, before: readonly number[], { lookback, ratioCap }: Params): number {
  if (before.length < lookback) return 1;
  const median = medianOf(columnOf(before));
  return median === 0 ? 1 : Math.min(ratioCap, Math.max(1 / ratioCap, volume / median));
}

function decay(evidence: Evidence, factor: number): void {
  evidence.sumW *= factor;
  evidence.sumWS *= factor;
  evidence.sumWS2 *= factor;
  evidence.sumW2 *= factor * factor;
}

type Weighing = Pick<Params, 'halfLifeMs' | 'exponent'> & Readonly<{ time: number; ratio: number }>;

function add(evidence: Evidence, { time, score, confidence }: Item, weighing: Weighing): void {
  const age = weighing.time - time;
  const weight = confidence * 2 ** (-age / weighing.halfLifeMs) * weighing.ratio ** weighing.exponent;
  evidence.sumW += weight;
  evidence.sumWS += weight * score;
  evidence.sumWS2 += weight * score * score;
  evidence.sumW2 += weight * weight;
}

/** Mean and standard error with the prior, whose items have mean 0 and variance 1/3 (uniform on -1..1). */
function summary({ sumW, sumWS, sumWS2, sumW2 }: Evidence, priorCount: number) {
  const total = sumW + priorCount;
  const sentiment = sumWS / total;
  // At least the prior's share, which rounding may lose beside much evidence that agrees.
  const variance = Math.max((sumWS2 + priorCount / 3) / total - sentiment * sentiment, priorCount / 3 / total);
  const effectiveCount = (total * total) / (sumW2 + priorCount);
  return { sentiment, standardError: Math.sqrt(variance / effectiveCount), effectiveCount, weightSum: sumW };
}

const closesOf = (bars: readonly Bar[], state: State | undefined): number[] => [
  ...(state?.closes ?? []),
  ...bars.flatMap(({ close }) => close ?? []),
];

/** Sentiment times target over realised volatility; `closes` are those of the state, then of the bars. */
function scale(sentiment: readonly number[], closes: readonly number[], options: VolScale) {
  const { lookback, targetAnnual, periodsPerYear, cap } = options;
  const carried = closes.length - sentiment.length;
  const returns = Float64Array.from(closes.slice(1), (close, i) => Math.log(close / closes[i]));
  const offset = Math.min(sentiment.length, Math.max(0, lookback - carried));
  const value = sentiment.slice(offset).map((s, i) => {
    const end = carried + offset + i;
    const volatility = sampleDeviation(returns.subarray(end - lookback, end)) * Math.sqrt(periodsPerYear);
    return s * (volatility === 0 ? cap : Math.min(cap, targetAnnual / volatility));
  });
  return { offset, value };
}
