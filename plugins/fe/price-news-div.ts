import { z } from 'zod';
import { studentTCdf } from '../../core/math/student-t.ts';
import { definePlugin } from '../define-plugin.ts';
import { openFraction, prices, timeMs } from '../fields.ts';
import { refuse, refuseUnlessAligned, refuseUnlessRising } from '../refuse.ts';

const labels = z.enum(['aligned', 'unexplainedMove', 'contradiction', 'overreaction', 'underreaction']);

const newsItem = z.strictObject({
  time: timeMs().describe('when the desk could first read it'),
  score: z.number().min(-1).max(1).describe('sentiment of the item: -1 bad, 1 good'),
  weight: z.number().positive().default(1).describe('of the item beside others'),
});

const divergenceInput = z.strictObject({
  times: z.array(timeMs()).min(1).describe('bar closes, rising'),
  closes: prices().describe('quote currency'),
  news: z.array(newsItem).describe('any order'),
});

const divergenceParams = z.strictObject({
  window: z.int().min(8).default(120).describe('bars that the expectation is estimated from; live 60 or more'),
  horizonBars: z.int().min(1).max(20).default(1).describe('length of the event in bars'),
  alpha: openFraction().default(0.05).describe('two-sided level of the label'),
});

type Input = z.output<typeof divergenceInput>;
type Params = z.output<typeof divergenceParams>;
type Label = z.output<typeof labels>;

/** Log returns and news flow of the bars; index 0, which has no bar before it, holds 0. */
type Flows = Readonly<{ returns: Float64Array; news: Float64Array; ignoredNews: number }>;

/**
 * The move of the last bars against what the news of the same bars let expect. The estimation bars all lie before the
 * event, so the variance of the forecast is exact for any horizon, and the value of a bar depends on the window and
 * horizon before it only.
 */
export const priceNewsDiv = definePlugin({
  id: 'fe_price_news_div',
  category: 'fe',
  kind: 'pure',
  summary: 'Did the price move more, less, or the other way than the news explains? A t-distributed forecast error.',
  reference:
    'Patell (1976), Journal of Accounting Research 14(2); MacKinlay (1997), Journal of Economic Literature 35(1), sec. 4-5; Tetlock (2007), Journal of Finance 62(3)',
  input: divergenceInput,
  params: divergenceParams,
  output: z.strictObject({
    offset: z.int().describe('first bar of the arrays: window + horizonBars'),
    divergence: z.array(z.number()).describe('studentised abnormal return'),
    pValue: z.array(z.number()).describe('two-sided'),
    abnormalReturn: z.array(z.number()).describe('log return over the event less the expected one'),
    newsBeta: z.array(z.number()).describe('log return per unit of news flow'),
    label: z.array(labels),
    last: z
      .strictObject({
        newsZ: z.number(),
        priceZ: z.number(),
        newsBetaT: z.number().optional(),
        correlation: z.number().optional(),
        degreesOfFreedom: z.int(),
        label: labels,
      })
      .describe('more about the last bar'),
    ignoredNews: z.int().describe('items outside the bars'),
  }),
  example: {
    input: {
      times: Array.from({ length: 16 }, (_, i) => 1700000000000 + i * 3600000),
      closes: [
        100, 100.4, 100.1, 100.9, 100.7, 100.5, 100.8, 101.6, 101.5, 101, 101.1, 101.7, 101.9, 101.8, 102.6, 101.1,
      ],
      news: [
        { time: 1700003599000, score: 0.4 },
        { time: 1700007200000, score: -0.2, weight: 2 },
        { time: 1700014399995, score: 0.3 },
        { time: 1700017999995, score: -0.5 },
        { time: 1700025199991, score: 0.5 },
        { time: 1700032399991, score: -0.2 },
        { time: 1700050399993, score: 0.8 },
        { time: 1700053999993, score: 0.7, weight: 1.5 },
      ],
    },
    params: { window: 12, horizonBars: 1, alpha: 0.05 },
  },
  compute: (input, params) => {
    const offset = params.window + params.horizonBars;
    refuseBadBars(input, offset + 1);
    const { ignoredNews, ...flows } = flowsOf(input);
    const events = Array.from({ length: input.closes.length - offset }, (_, i) => eventAt(offset + i, flows, params));
    const { newsZ, priceZ, newsBetaT, correlation, degreesOfFreedom, label } = events[events.length - 1];
    return {
      offset,
      divergence: events.map(({ divergence }) => divergence),
      pValue: events.map(({ pValue }) => pValue),
      abnormalReturn: events.map(({ abnormalReturn }) => abnormalReturn),
      newsBeta: events.map(({ newsBeta }) => newsBeta),
      label: events.map((event) => event.label),
      last: {
        newsZ,
        priceZ,
        ...(newsBetaT !== undefined && { newsBetaT }),
        ...(correlation !== undefined && { correlation }),
        degreesOfFreedom,
        label,
      },
      ignoredNews,
    };
  },
});

function refuseBadBars({ times, closes }: Input, needed: number): void {
  refuseUnlessAligned('input.closes', closes, { path: 'input.times', length: times.length });
  refuseUnlessRising('input.times', times);
  if (closes.length < needed)
    refuse('input.closes', 'too few bars', `at least ${needed} (window + horizonBars + 1)`, closes.length);
}

/** An item stamped exactly at a close belongs to the bar that closes then. */
function flowsOf({ times, closes, news }: Input): Flows {
  const returns = new Float64Array(closes.length);
  for (let i = 1; i < returns.length; i++) returns[i] = Math.log(closes[i] / closes[i - 1]);
  const flow = new Float64Array(times.length);
  let ignoredNews = 0;
  for (const { time, score, weight } of news) {
    const bar = firstAtOrAfter(times, time);
    if (bar === 0 || bar === times.length) ignoredNews += 1;
    else flow[bar] += weight * score;
  }
  return { returns, news: flow, ignoredNews };
}

function firstAtOrAfter(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] >= time) high = middle;
    else low = middle + 1;
  }
  return low;
}

type Pair = Omit<Flows, 'ignoredNews'>;

function eventAt(bar: number, flows: Pair, { window, horizonBars: k, alpha }: Params) {
  const fit = regress(bar, flows, { window, from: bar - k - window + 1 });
  const moved = total(flows.returns, bar - k + 1, bar + 1) - k * fit.returnMean;
  const newsMoved = total(flows.news, bar - k + 1, bar + 1) - k * fit.newsMean;
  const spread = k + (k * k) / window + (fit.sxx > 0 ? (newsMoved * newsMoved) / fit.sxx : 0);

  const abnormalReturn = moved - fit.slope * newsMoved;
  const divergence = abnormalReturn / Math.sqrt(fit.variance * spread);
  const pValue = 2 * studentTCdf(-Math.abs(divergence), fit.degreesOfFreedom);
  const newsZ = fit.sxx > 0 ? newsMoved / Math.sqrt((k * fit.sxx) / (window - 1)) : 0;
  const priceZ = moved / Math.sqrt((k * fit.syy) / (window - 1));
  return {
    divergence,
    pValue,
    abnormalReturn,
    newsBeta: fit.slope,
    newsZ,
    priceZ,
    newsBetaT: fit.sxx > 0 ? fit.slope / Math.sqrt(fit.variance / fit.sxx) : undefined,
    correlation: fit.sxx > 0 ? fit.sxy / Math.sqrt(fit.sxx * fit.syy) : undefined,
    degreesOfFreedom: fit.degreesOfFreedom,
    label: labelOf({ isAligned: pValue >= alpha, newsZ, priceZ, abnormalReturn }),
  };
}

/** Returns on news over the estimation bars; sums about the means, and what is rounding only counts as 0. */
function regress(bar: number, { returns, news }: Pair, { window, from }: Readonly<{ window: number; from: number }>) {
  const end = from + window;
  const returnMean = total(returns, from, end) / window;
  const newsMean = total(news, from, end) / window;
  let [sxx, sxy, syy] = [0, 0, 0];
  for (let i = from; i < end; i++) {
    const x = news[i] - newsMean;
    const y = returns[i] - returnMean;
    sxx += x * x;
    sxy += x * y;
    syy += y * y;
  }
  if (syy <= 1e-24 * (1 + returnMean ** 2) * window) refuseFlat(bar, 'the price did not move');
  if (sxx <= 1e-24 * (1 + newsMean ** 2) * window) {
    const degreesOfFreedom = window - 1;
    return { returnMean, newsMean, sxx: 0, sxy: 0, syy, slope: 0, degreesOfFreedom, variance: syy / degreesOfFreedom };
  }
  const slope = sxy / sxx;
  const rest = syy - slope * sxy;
  if (rest <= 1e-12 * syy) refuseFlat(bar, 'the news explain the price exactly');
  const degreesOfFreedom = window - 2;
  return { returnMean, newsMean, sxx, sxy, syy, slope, degreesOfFreedom, variance: rest / degreesOfFreedom };
}

function refuseFlat(bar: number, why: string): never {
  refuse(`input.closes[${bar}]`, `nothing to measure this bar by: ${why} in its estimation window`, 'prices that vary');
}

function total(values: Float64Array, from: number, end: number): number {
  let sum = 0;
  for (let i = from; i < end; i++) sum += values[i];
  return sum;
}

type Signs = Readonly<{ isAligned: boolean; newsZ: number; priceZ: number; abnormalReturn: number }>;

function labelOf({ isAligned, newsZ, priceZ, abnormalReturn }: Signs): Label {
  if (isAligned) return 'aligned';
  if (Math.abs(newsZ) < 1) return 'unexplainedMove';
  if (newsZ * priceZ < 0) return 'contradiction';
  return abnormalReturn * priceZ > 0 ? 'overreaction' : 'underreaction';
}
