import { listOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { clip } from '../../core/math/clip.ts';
import { mean } from '../../core/math/moments.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, openFraction, timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { type Closed, createFlow, type Flow, pour, takeBuyFraction } from './volume-buckets.ts';

const bar = z.strictObject({
  t: timeMs().describe('rising'),
  close: z.number().positive().describe('quote currency'),
  volume: z.number().nonnegative().describe('base units'),
  buyVolume: z.number().nonnegative().optional().describe('of the takers who bought; required with aggressor'),
});

const state = z.strictObject({
  lastT: timeMs().optional(),
  lastClose: z.number().positive().optional().describe('close of the last bar, quote currency'),
  dps: z.array(z.number()).describe('latest price changes'),
  filled: z.number().nonnegative().describe('volume in the open bucket'),
  buy: z.number().nonnegative().describe('of it, bought'),
  ring: z.array(z.number().min(-1).max(1)).describe('signed imbalances of the latest buckets'),
  history: z.array(fraction()).describe('latest VPINs'),
});

const input = z.strictObject({
  bars: z.array(bar).describe('of time or of volume; a minute is usual'),
  state: state.optional().describe("the last output's"),
});

const params = z.strictObject({
  bucketVolume: z.number().positive().describe('base units; a fiftieth of the average daily volume is usual'),
  buckets: z.int().min(2).default(50).describe('of which a VPIN is the mean'),
  classify: z.enum(['bvc', 'aggressor']).default('bvc').describe('from price changes, or from buyVolume'),
  distribution: z.enum(['normal', 't']).default('normal').describe('of standardised price changes, for bvc'),
  dof: z.number().positive().default(0.25).describe('degrees of freedom of t'),
  sigmaWindow: z.int().min(2).default(100).describe('price changes'),
  minSigma: z.int().min(2).default(20).describe('price changes before volume is classified, at most sigmaWindow'),
  maxHistory: z.int().min(1).default(1000).describe('VPINs that the percentile looks at'),
  minHistory: z.int().min(1).default(100).describe('VPINs before anything is called toxic'),
  toxicCdf: openFraction().default(0.9).describe('percentile from which flow is toxic'),
  signedCap: z.number().positive().default(0.5).describe('signed imbalance of the full signal'),
  minMultiplier: fraction().default(0.25).describe('risk multiplier at the highest percentile'),
});

type Input = z.output<typeof input>;
type Params = z.output<typeof params>;

export const vpin = definePlugin({
  id: 'alpha_vpin',
  category: 'alpha',
  kind: 'stateful',
  summary:
    'How toxic the order flow is: volume-synchronised probability of informed trading, its percentile, the side of the flow and a risk multiplier. A gate for risk, not a forecast by itself.',
  reference:
    "Easley, Lopez de Prado & O'Hara (2012), Review of Financial Studies 25(5), and (2016), Journal of Financial Economics 120(2); criticism: Andersen & Bondarenko (2014), Journal of Financial Markets 17",
  input,
  params,
  output: z.strictObject({
    completed: z
      .array(z.strictObject({ t: timeMs(), vpin: fraction() }))
      .describe('a row a bucket closed by this call'),
    skippedBars: z.int().describe('bars that only warmed up sigma'),
    vpin: fraction().optional().describe('with all below, but for state, once `buckets` buckets are complete'),
    cdf: fraction().optional().describe('mid-rank of vpin in its history'),
    signedImbalance: z.number().min(-1).max(1).optional().describe('above 0: net buying'),
    toxic: z.boolean().optional(),
    signal: z.number().min(-1).max(1).optional().describe('signedImbalance over signedCap'),
    confidence: fraction().optional().describe('length of the history over minHistory'),
    riskMultiplier: fraction().optional(),
    state,
  }),
  example: {
    input: {
      bars: [
        { t: 1763683200000, close: 91508, volume: 41.95 },
        { t: 1763683260000, close: 91496.7, volume: 18.76 },
        { t: 1763683320000, close: 91508.5, volume: 48.38 },
        { t: 1763683380000, close: 91509.3, volume: 28.21 },
        { t: 1763683440000, close: 91477.9, volume: 16.99 },
        { t: 1763683500000, close: 91497.9, volume: 58.13 },
        { t: 1763683560000, close: 91496, volume: 15.68 },
        { t: 1763683620000, close: 91508.4, volume: 87.81 },
        { t: 1763683680000, close: 91545.1, volume: 54.61 },
        { t: 1763683740000, close: 91550.5, volume: 33.38 },
        { t: 1763683800000, close: 91529, volume: 25.21 },
        { t: 1763683860000, close: 91515.4, volume: 80.45 },
        { t: 1763683920000, close: 91535.7, volume: 32.73 },
        { t: 1763683980000, close: 91506.6, volume: 25.95 },
      ],
    },
    params: {
      bucketVolume: 60,
      buckets: 4,
      sigmaWindow: 100,
      minSigma: 3,
      classify: 'bvc',
      distribution: 'normal',
      minHistory: 100,
      toxicCdf: 0.9,
      signedCap: 0.5,
      minMultiplier: 0.25,
      maxHistory: 1000,
    },
  },
  compute: (given, terms) => {
    refuseBadBars(given, terms);
    refuseBadState(given.state, terms);
    const flow = createFlow(terms, given.state);
    const completed: Closed[] = [];
    let skippedBars = 0;
    for (const each of given.bars) {
      if (each.volume === 0) continue;
      const buyFraction = takeBuyFraction(flow, each, terms);
      if (buyFraction === undefined) skippedBars++;
      else pour(flow, { t: each.t, volume: each.volume, buyFraction }, completed);
    }
    const lastT = given.bars.at(-1)?.t ?? given.state?.lastT;
    return {
      completed,
      skippedBars,
      ...(flow.ring.values().length === terms.buckets && reading(flow, terms)),
      state: {
        ...(lastT !== undefined && { lastT }),
        ...(flow.lastClose !== undefined && { lastClose: flow.lastClose }),
        dps: listOf(flow.changes.values()),
        filled: flow.filled,
        buy: flow.buy,
        ring: listOf(flow.ring.values()),
        history: listOf(flow.history.values()),
      },
    };
  },
});

const mostBucketsABar = 10_000;

function refuseBadBars(
  { bars, state: before }: Input,
  { bucketVolume, classify, minSigma, sigmaWindow }: Params,
): void {
  if (minSigma > sigmaWindow) refuse('params.minSigma', 'above sigmaWindow', `at most ${sigmaWindow}`, minSigma);
  let lastT = before?.lastT ?? -1;
  bars.forEach(({ t, volume, buyVolume }, i) => {
    if (t <= lastT) refuse(`input.bars[${i}].t`, 'not after the bar before', `more than ${lastT}`, t);
    lastT = t;
    if (buyVolume === undefined && classify === 'aggressor')
      refuse(`input.bars[${i}].buyVolume`, 'missing', 'the volume that takers bought');
    if (buyVolume !== undefined && buyVolume > volume)
      refuse(`input.bars[${i}].buyVolume`, 'above the volume', `at most ${volume}`, buyVolume);
    if (volume > mostBucketsABar * bucketVolume) {
      const message = `bars[${i}] fills more than ${mostBucketsABar} buckets`;
      refuse('params.bucketVolume', message, `at least ${volume / mostBucketsABar}`, bucketVolume);
    }
  });
}

function refuseBadState(before: Input['state'], { buckets, bucketVolume }: Params): void {
  if (before === undefined) return;
  const { ring, history, filled, buy } = before;
  if (ring.length > buckets)
    refuse('input.state.ring', 'longer than buckets', `at most ${buckets} values`, ring.length);
  if (ring.length === buckets && history.length === 0)
    refuse('input.state.history', 'empty beside a full ring', 'the VPINs until now', 0);
  if (filled >= bucketVolume)
    refuse('input.state.filled', 'not below bucketVolume', `less than ${bucketVolume}`, filled);
  if (buy > filled) refuse('input.state.buy', 'above state.filled', `at most ${filled}`, buy);
}

/** What the buckets say now. The history's values that differ by rounding only are equal, as one bar fills many. */
function reading({ ring, history }: Flow, terms: Params) {
  const { toxicCdf, minHistory, minMultiplier, signedCap } = terms;
  const past = history.values();
  const latest = past[past.length - 1];
  let below = 0;
  let equal = 0;
  for (const value of past) {
    if (Math.abs(value - latest) <= 1e-12) equal++;
    else if (value < latest) below++;
  }
  const cdf = (below + 0.5 * equal) / past.length;
  const signedImbalance = mean(ring.values());
  const known = past.length >= minHistory;
  const excess = clip((cdf - toxicCdf) / (1 - toxicCdf), 0, 1);
  return {
    vpin: latest,
    cdf,
    signedImbalance,
    toxic: known && cdf >= toxicCdf,
    signal: clip(signedImbalance / signedCap, -1, 1),
    confidence: Math.min(1, past.length / minHistory),
    riskMultiplier: known ? 1 - excess * (1 - minMultiplier) : 1,
  };
}
