import { z } from 'zod';
import { clip } from '../../core/math/clip.ts';
import { isConstant, largestSize } from '../../core/math/constant.ts';
import { mean } from '../../core/math/moments.ts';
import { studentTCdf } from '../../core/math/student-t.ts';
import { multipleTesting } from '../../core/validation/statistics/multiple-testing.ts';
import { defaultLags, longRunVariance } from '../../core/validation/statistics/newey-west.ts';
import { definePlugin } from '../define-plugin.ts';
import { fraction, openFraction, series } from '../fields.ts';
import { refuse, refuseUnlessAligned } from '../refuse.ts';

const leastRows = 20;

const test = z.strictObject({
  id: z.string().describe('unique'),
  y: series(leastRows).describe('strategy return or forward return, a period each'),
  x: z
    .array(z.number())
    .optional()
    .describe('the signal known before y: its slope is tested; without it the mean of y'),
  currentSignal: z
    .number()
    .min(-1)
    .max(1)
    .optional()
    .describe('signal of now, which is scaled by the quality of its test'),
});

const corrections = ['none', 'bonferroni', 'holm', 'bh', 'bhy'] as const;

const params = z.strictObject({
  alternative: z
    .enum(['twoSided', 'greater'])
    .default('twoSided')
    .describe('hypothesis against 0: the estimate differs, or is above'),
  lag: z
    .int()
    .min(0)
    .optional()
    .describe('of the Bartlett weights; floor(4 (n/100)^(2/9)), at least horizon - 1, without'),
  horizon: z.int().min(1).default(1).describe('periods that a forward return spans'),
  correction: z
    .enum(corrections)
    .default('holm')
    .describe('for many tests: none; family-wise bonferroni, holm; false-discovery rate bh, bhy (any dependence)'),
  priorTests: z.int().min(0).default(0).describe('tests tried before and not listed; each counts as p = 1'),
  alpha: openFraction().default(0.05).describe('largest adjusted p that passes'),
  hurdle: z.number().nonnegative().default(2).describe('least t that passes'),
  fullT: z.number().default(3).describe('t of full quality, above hurdle'),
});

const verdict = z.strictObject({
  id: z.string(),
  estimate: z.number().describe('slope of y on x, or mean of y'),
  standardError: z.number().positive().describe('heteroskedasticity and autocorrelation consistent'),
  lag: z.int().describe('used'),
  tStat: z.number(),
  degreesOfFreedom: z.int(),
  pValue: fraction(),
  adjustedPValue: fraction(),
  passed: z.boolean().describe('adjusted p within alpha, and t at or above the hurdle'),
  quality: fraction().describe('0 at the hurdle, 1 at fullT; of |t| when two-sided, so mind the sign of estimate'),
  filteredSignal: z.number().min(-1).max(1).optional().describe('currentSignal times quality'),
});

type Test = z.output<typeof test>;
type Params = z.output<typeof params>;

export const tStatThreshold = definePlugin({
  id: 'alpha_t_stat_threshold',
  category: 'alpha',
  kind: 'pure',
  summary:
    'Whether signals are real: t-statistics robust to autocorrelation, corrected for every test made, and each live signal scaled by its quality.',
  reference:
    'Newey & West (1987), Econometrica 55(3), eq. 5; Newey & West (1994), lag rule; Harvey, Liu & Zhu (2016), Review of Financial Studies 29(1), sec. 4',
  input: z.strictObject({ tests: z.array(test).min(1) }),
  params,
  output: z.strictObject({
    tests: z.array(verdict),
    family: z.int().describe('tests corrected for: those given and priorTests'),
  }),
  example: {
    input: {
      tests: [
        {
          id: 'carry',
          y: [
            -0.0009, -0.00097, 0.00256, -0.0064, 0.00675, -0.00387, 0.00774, 0.00908, 0.00303, 0.00672, 0.01928,
            0.00747, -0.01055, -0.00705, 0.00072, 0.00367, 0.00583, 0.00221, -0.00251, -0.00687, 0.00052, -0.00637,
            -0.00079, -0.00317, -0.00086, -0.00223, -0.00776, 0.0022, 0.00585, -0.00737,
          ],
          x: [
            -0.395, 0.264, 0.607, -0.972, 0.768, 0.255, 0.783, 0.272, 1.162, -0.938, 1.776, 1.202, -0.6, 0.66, 0.445,
            -1.746, 0.595, -0.585, -0.25, -0.602, -0.428, 0.072, 0.097, -1.559, -0.269, -1.345, -1.271, -0.347, 0.855,
            0.631,
          ],
          currentSignal: 0.8,
        },
        {
          id: 'breakout',
          y: [
            -0.00679, 0.00238, 0.00111, -0.00228, -0.00248, -0.00794, 0.01074, 0.01459, 0.01002, -0.00123, 0.00221,
            0.00276, -0.00438, -0.00105, 0.0037, -0.00203, -0.01006, -0.00711, 0.00203, -0.00152, -0.00129, 0.00864,
            0.00101, -0.0038, 0.00011, 0.01345, -0.00626, 0.01122, 0.00915, -0.00046,
          ],
          currentSignal: -0.5,
        },
      ],
    },
    params: {
      alternative: 'twoSided',
      correction: 'holm',
      priorTests: 8,
      alpha: 0.05,
      hurdle: 2,
      fullT: 3,
      horizon: 1,
    },
  },
  compute: ({ tests }, terms) => {
    const { alternative, correction, priorTests, alpha, hurdle, fullT } = terms;
    if (fullT <= hurdle) refuse('params.fullT', 'not above the hurdle', `more than ${hurdle}`, fullT);
    refuseSameIds(tests);

    const fits = tests.map((given, i) => fitOf(given, i, terms));
    const pValues = fits.map(({ tStat, degreesOfFreedom }) =>
      alternative === 'twoSided'
        ? Math.min(1, 2 * studentTCdf(-Math.abs(tStat), degreesOfFreedom))
        : studentTCdf(-tStat, degreesOfFreedom),
    );
    const adjusted = adjust(pValues, correction, priorTests);
    return {
      tests: fits.map((fit, i) => {
        const { id, currentSignal } = tests[i];
        const strength = alternative === 'twoSided' ? Math.abs(fit.tStat) : fit.tStat;
        const significant = adjusted[i] <= alpha;
        const quality = significant ? clip((strength - hurdle) / (fullT - hurdle), 0, 1) : 0;
        return {
          id,
          ...fit,
          pValue: pValues[i],
          adjustedPValue: adjusted[i],
          passed: significant && strength >= hurdle,
          quality,
          ...(currentSignal !== undefined && { filteredSignal: currentSignal * quality + 0 }), // + 0: no -0
        };
      }),
      family: tests.length + priorTests,
    };
  },
});

function refuseSameIds(tests: readonly Test[]): void {
  const places = new Map<string, number>();
  tests.forEach(({ id }, i) => {
    const same = places.get(id);
    if (same !== undefined) refuse(`input.tests[${i}].id`, `also the id of tests[${same}]`, 'unique ids', id);
    places.set(id, i);
  });
}

const methods = { bonferroni: 'bonferroni', holm: 'holm', bh: 'bh', bhy: 'by' } as const;

function adjust(p: readonly number[], correction: Params['correction'], unlisted: number): readonly number[] {
  return correction === 'none' ? p : multipleTesting({ p, method: methods[correction], unlisted }).adjusted;
}

/**
 * Mean of y, or slope of y on x, and its t. The sandwich's last diagonal is the long-run variance of what each row adds
 * to the estimate: u_t / n, or u_t (x_t - mean x) / sum of (x - mean x)^2; times n / (n - columns).
 */
function fitOf({ y, x }: Test, index: number, { lag, horizon }: Pick<Params, 'lag' | 'horizon'>) {
  const path = `input.tests[${index}]`;
  const count = y.length;
  const weights = x === undefined ? new Float64Array(count).fill(1 / count) : slopeWeights(x, { path, rows: count });
  const [centreY, centreX] = [mean(y), x === undefined ? 0 : mean(x)];
  let estimate = 0;
  for (let t = 0; t < count; t++) estimate += weights[t] * (x === undefined ? y[t] : y[t] - centreY);
  const slope = x === undefined ? 0 : estimate;
  const residuals = new Float64Array(y).map((value, t) => value - centreY - slope * ((x?.[t] ?? 0) - centreX));

  const degreesOfFreedom = count - (x === undefined ? 1 : 2);
  const used = Math.min(lag ?? Math.max(defaultLags(count), horizon - 1), count - 1);
  const added = residuals.map((residual, t) => weights[t] * residual);
  const standardError = count * Math.sqrt(longRunVariance(added, added, used) / degreesOfFreedom);
  if (!(standardError > 0) || largestSize(residuals) <= 1e-12 * largestSize(y))
    refuse(`${path}.y`, 'no variation', x === undefined ? 'returns that differ' : 'returns that x does not explain');
  const tStat = estimate / standardError;
  if (!Number.isFinite(standardError) || !Number.isFinite(tStat))
    refuse(`${path}.y`, 'no finite t-statistic: too large or too small to compute with');
  return { estimate, standardError, lag: used, tStat, degreesOfFreedom };
}

/** What each row's y weighs in the slope: (x - mean x) over its sum of squares. */
function slopeWeights(x: readonly number[], { path, rows }: Readonly<{ path: string; rows: number }>): Float64Array {
  refuseUnlessAligned(`${path}.x`, x, { path: `${path}.y`, length: rows });
  if (isConstant(x)) refuse(`${path}.x`, 'constant', 'values that differ', `${rows} times ${x[0]}`);
  const centre = mean(x);
  const squares = x.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return new Float64Array(x).map((value) => (value - centre) / squares);
}
