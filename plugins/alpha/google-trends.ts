import { z } from 'zod';
import { clip } from '../../core/math/clip.ts';
import { isConstant } from '../../core/math/constant.ts';
import { sampleDeviation } from '../../core/math/moments.ts';
import { quantileSorted } from '../../core/math/quantile.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, timeMs } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { attentionSegments, stitch } from './attention-segments.ts';

const params = z.strictObject({
  mode: z.enum(['momentum', 'contrarian']).default('momentum').describe('momentum: more attention, higher returns'),
  medianWindow: z.int().min(4).default(8).describe('periods of the median that attention is measured against'),
  velocityWindow: z.int().min(3).default(4).describe('periods of the trend, at most medianWindow'),
  lookback: z.int().min(8).default(52).describe('periods that z is measured against'),
  minOverlap: z.int().min(1).default(4).describe('least common points of neighbouring segments'),
  floor: z.number().positive().default(0.5).describe('least value taken, as logs need one'),
  zCap: z.number().positive().default(3).describe('z of the full signal'),
});

/** Abnormal attention (ASVI): search interest against its recent median. Stamp the signal with when its data came. */
export const googleTrends = definePlugin({
  id: 'alpha_google_trends',
  category: 'alpha',
  kind: 'source',
  summary:
    'Turns search or page-view interest in a symbol into abnormal attention, its trend and acceleration, and a signal.',
  reference:
    'Da, Engelberg & Gao (2011), Journal of Finance 66(5), section I.B; Liu & Tsyvinski (2021), Review of Financial Studies 34(6); Preis, Moat & Stanley (2013), Scientific Reports 3:1684',
  input: z.strictObject({
    segments: attentionSegments,
    quantised: z.boolean().default(true).describe('values are whole numbers 0..100, as Google draws them'),
  }),
  params,
  output: z.strictObject({
    signal: z.number().min(-1).max(1),
    confidence: fraction().describe('falls with the rounding of the values and with a short history'),
    t: timeMs().describe('of the last full period'),
    level: z.number().positive().describe('interest then, on the scale of the newest segment'),
    asvi: z.number().describe('log points above the median of the periods before'),
    z: z.number().describe('robust, of asvi'),
    velocity: z.number().describe('log points a period'),
    acceleration: z.number().describe('log points a period, squared'),
    series: z.strictObject({ offset: z.int(), asvi: z.array(z.number()), velocity: z.array(z.number()) }),
  }),
  example: {
    input: {
      segments: [
        {
          points: [
            { t: 1750464000000, value: 20 },
            { t: 1751068800000, value: 22 },
            { t: 1751673600000, value: 21 },
            { t: 1752278400000, value: 25 },
            { t: 1752883200000, value: 24 },
            { t: 1753488000000, value: 23 },
            { t: 1754092800000, value: 26 },
            { t: 1754697600000, value: 25 },
            { t: 1755302400000, value: 27 },
            { t: 1755907200000, value: 26 },
            { t: 1756512000000, value: 24 },
            { t: 1757116800000, value: 28 },
          ],
        },
        {
          points: [
            { t: 1755302400000, value: 52 },
            { t: 1755907200000, value: 56 },
            { t: 1756512000000, value: 58 },
            { t: 1757116800000, value: 61 },
            { t: 1757721600000, value: 60 },
            { t: 1758326400000, value: 57 },
            { t: 1758931200000, value: 65 },
            { t: 1759536000000, value: 69 },
            { t: 1760140800000, value: 66 },
            { t: 1760745600000, value: 64 },
            { t: 1761350400000, value: 71 },
            { t: 1761955200000, value: 72 },
            { t: 1762560000000, value: 50, partial: true },
          ],
        },
      ],
      quantised: true,
    },
    params: { medianWindow: 8, velocityWindow: 4, lookback: 52, minOverlap: 4, mode: 'momentum', zCap: 3, floor: 0.5 },
  },
  compute: ({ segments, quantised }, terms) => {
    const { medianWindow: w, velocityWindow: q, zCap, lookback } = terms;
    if (q > w) refuse('params.velocityWindow', 'longer than medianWindow', `at most ${w}`, q);
    const points = stitch(segments, terms.minOverlap);
    const needed = w + 9;
    if (points.length < needed) refuse('input.segments', 'too few full periods', `at least ${needed}`, points.length);
    const values = points.map(({ value }) => Math.max(value, terms.floor));
    const medians = values.slice(w).map((_, i) => median(values.slice(i, i + w)));
    const asvi = medians.map((centre, i) => Math.log(values[i + w]) - Math.log(centre));
    const velocity = medians.map((_, i) => logSlope(values.slice(i + w - q + 1, i + w + 1)));
    const now = asvi.length - 1;
    const history = asvi.slice(Math.max(0, now - lookback), now);
    const { centre, scale } = robustScale(history);
    const zNow = scale === 0 ? 0 : (asvi[now] - centre) / scale;
    const direction = terms.mode === 'momentum' ? 1 : -1;
    return {
      // Adding 0 makes a negative zero positive: JSON has none.
      signal: direction * clip(zNow / zCap, -1, 1) + 0,
      confidence: reliability(scale, quantised ? medians[now] : Infinity) * Math.min(1, history.length / lookback),
      t: points[points.length - 1].t,
      level: values[values.length - 1],
      asvi: asvi[now],
      z: zNow,
      velocity: velocity[now],
      acceleration: velocity[now] - velocity[now - 1],
      series: { offset: w, asvi, velocity },
    };
  },
});

function median(values: readonly number[]): number {
  return quantileSorted(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Slope of ln(value) a period, by least squares. */
function logSlope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  let [cross, squares] = [0, 0];
  values.forEach((value, k) => {
    cross += (k - middle) * Math.log(value);
    squares += (k - middle) ** 2;
  });
  return cross / squares;
}

/** Median and 1.4826 MAD; the deviation where more than half of the values are one, and 0 where all are. */
function robustScale(values: readonly number[]): Readonly<{ centre: number; scale: number }> {
  const centre = median(values);
  const mad = 1.4826 * median(values.map((value) => Math.abs(value - centre)));
  if (mad > 0) return { centre, scale: mad };
  return { centre, scale: isConstant(values) ? 0 : sampleDeviation(values) };
}

/** Share of the scale that is not the rounding of whole numbers about `centre` (delta method). */
function reliability(scale: number, centre: number): number {
  if (scale === 0) return 0;
  const rounding = 1 / Math.sqrt(12) / centre;
  return 1 / (1 + (rounding / scale) ** 2);
}
