import { z } from 'zod';
import { clip } from '../../core/math/clip.ts';
import { isConstant } from '../../core/math/constant.ts';
import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, series } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';
import { expectedByHar, expectedByTrailing, type VarianceForecast } from './variance-forecasts.ts';

const input = z.strictObject({
  iv: z.array(z.number().positive()).describe('implied volatility at daily closes, annualised fractions'),
  rv: z.array(z.number().nonnegative()).describe('realised variance of the same days, not annualised'),
});

const params = z.strictObject({
  method: z.enum(['har', 'trailing']).default('har').describe('how realised variance is expected'),
  horizon: z.int().min(1).default(30).describe('days over which variance is expected, as the index looks'),
  harLags: z
    .tuple([z.int().min(2), z.int().min(2)])
    .default([7, 30])
    .describe('days of the two longer means of HAR, rising'),
  annualisation: z.number().positive().default(365).describe('days of a year: 365, or 252 trading days'),
  lookback: z.int().min(20).default(365).describe('days that z is measured against'),
  zCap: z.number().positive().default(2).describe('z of the full signal'),
  logRatioCap: z.number().positive().default(Math.LN2).describe('log ratio of the full variance signal'),
});

type Input = z.output<typeof input>;
type Params = z.output<typeof params>;

/** HAR coefficients see all days given, so its series is not causal: a backtest calls it a day at a time. */
export const vrp = definePlugin({
  id: 'alpha_vrp',
  category: 'alpha',
  kind: 'source',
  summary:
    'The volatility risk premium, implied variance less the variance expected over the same days, as a signal for the underlying and for variance.',
  reference:
    'Carr & Wu (2009), Review of Financial Studies 22(3); Bollerslev, Tauchen & Zhou (2009), RFS 22(11); Corsi (2009), Journal of Financial Econometrics 7(2), section 2; Swanson & White (1997) for the filter',
  input,
  params,
  output: z.strictObject({
    vrp: z.number().describe('annualised variance'),
    vrpVol: z.number().describe('implied less expected volatility, annualised fraction'),
    impliedVariance: z.number().describe('annualised'),
    expectedVariance: z.number().describe('annualised'),
    logRatio: z.number().describe('ln(implied / expected variance)'),
    z: z.number().describe('of vrp in the lookback'),
    signal: z.number().min(-1).max(1).describe('for the underlying: above 0, the premium is high for it'),
    varianceSignal: z.number().min(-1).max(1).describe('for variance: below 0, sell it'),
    confidence: fraction(),
    series: z.strictObject({ offset: z.int(), vrp: series() }),
    har: z
      .strictObject({
        coefficients: z.array(z.number()).describe('constant, day, and the two longer means; daily variance'),
        rSquared: fraction(),
        observations: z.int(),
      })
      .optional(),
  }),
  example: {
    input: {
      iv: [
        0.4801, 0.484, 0.4489, 0.4413, 0.3668, 0.367, 0.3936, 0.4366, 0.4298, 0.4357, 0.4742, 0.4999, 0.4815, 0.4777,
        0.5182, 0.5461, 0.5076, 0.5117, 0.446, 0.4608, 0.4537, 0.4754, 0.482, 0.4917, 0.4583, 0.4962, 0.4557, 0.465,
        0.4926, 0.472, 0.4243, 0.4737, 0.4511, 0.4355, 0.4399, 0.4414, 0.4697, 0.4304, 0.4485, 0.4655,
      ],
      rv: [
        0.000594, 0.000615, 0.000333, 0.000155, 0.000186, 0.000176, 0.000332, 0.000307, 0.000617, 0.00029, 0.000634,
        0.000882, 0.00067, 0.001376, 0.001109, 0.00174, 0.000872, 0.00059, 0.00058, 0.000486, 0.000933, 0.000599,
        0.000544, 0.000423, 0.001099, 0.000679, 0.000676, 0.000554, 0.000564, 0.000435, 0.000696, 0.000613, 0.000644,
        0.000665, 0.000305, 0.000617, 0.000339, 0.00053, 0.00059, 0.000978,
      ],
    },
    params: {
      method: 'har',
      horizon: 5,
      harLags: [3, 8],
      annualisation: 365,
      lookback: 365,
      zCap: 2,
      logRatioCap: Math.LN2,
    },
  },
  compute: (given, terms) => {
    refuseBadDays(given, terms);
    const { iv, rv } = given;
    const { offset, daily, har } = terms.method === 'har' ? byHar(rv, terms) : expectedByTrailing(rv, terms.horizon);
    const expected = daily.map((variance) => variance * terms.annualisation);
    const premiums = Array.from(expected, (variance, i) => iv[offset + i] ** 2 - variance);
    const expectedVariance = expected[expected.length - 1];
    if (!(expectedVariance > 0)) refuse('input.rv', 'no variance', 'an expected variance above 0', expectedVariance);
    const window = premiums.slice(-terms.lookback);
    const last = premiums[premiums.length - 1];
    const implied = iv[iv.length - 1];
    const logRatio = Math.log(implied ** 2 / expectedVariance);
    const zNow = isConstant(window) ? 0 : (last - mean(window)) / sampleDeviation(window);
    return {
      vrp: last,
      vrpVol: implied - Math.sqrt(expectedVariance),
      impliedVariance: implied ** 2,
      expectedVariance,
      logRatio,
      z: zNow,
      signal: clip(zNow / terms.zCap, -1, 1),
      // Taken from 0, so that no ratio gives no negative zero.
      varianceSignal: 0 - clip(logRatio / terms.logRatioCap, -1, 1),
      confidence: Math.min(1, window.length / terms.lookback) * (har?.rSquared ?? 1),
      series: { offset, vrp: premiums },
      ...(har && { har }),
    };
  },
});

function refuseBadDays({ iv, rv }: Input, { method, horizon, harLags: [short, long] }: Params): void {
  refuseUnlessAligned('input.rv', rv, { path: 'input.iv', length: iv.length });
  if (long <= short) refuse('params.harLags', 'not rising', `more than ${short} after it`, long);
  const needed = method === 'har' ? Math.max(long + horizon + 13, long + 19) : horizon + 19;
  if (rv.length < needed) refuse('input.rv', 'too few days', `at least ${needed}`, rv.length);
  const percent = iv.findIndex((value) => value > 5);
  if (percent >= 0) refuse(`input.iv[${percent}]`, 'too high: a fraction, not percent', 'at most 5', iv[percent]);
}

function byHar(rv: readonly number[], { horizon, harLags }: Params): VarianceForecast {
  const found = expectedByHar(rv, { horizon, lags: harLags });
  if (found === undefined) {
    const expected = 'days whose variance and its two longer means are not functions of each other';
    refuse('input.rv', 'too alike for a regression', expected);
  }
  return found;
}
