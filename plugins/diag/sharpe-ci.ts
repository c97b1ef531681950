import { columnOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { normalQuantile } from '../../core/math/normal.ts';
import { quantileSorted } from '../../core/math/quantile.ts';
import { blockLength as automaticBlockLength } from '../../core/validation/statistics/block-length.ts';
import { autocorrelations, loFactor } from '../../core/validation/statistics/lo-sharpe.ts';
import { minTrackRecord } from '../../core/validation/statistics/min-track-record.ts';
import { type Moments, moments } from '../../core/validation/statistics/moments.ts';
import { defaultLags, longRunVariance } from '../../core/validation/statistics/newey-west.ts';
import {
  mertensError,
  probabilisticSharpe,
  sharpeSpread,
} from '../../core/validation/statistics/probabilistic-sharpe.ts';
import { sharpeInfluence } from '../../core/validation/statistics/sharpe-influence.ts';
import { chartOutputs, chartParams } from '../charts/fields.ts';
import { definePlugin } from '../define-plugin.ts';
import { openFraction, seed } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { bootstrapSharpe, kernelDensity, type SharpeBootstrap } from './sharpe-bootstrap.ts';
import { sharpeChart, type SharpeInterval } from './sharpe-chart.ts';

const sharpeParams = z.strictObject({
  periodsPerYear: z.number().gte(1).default(365).describe('bars a year'),
  confidence: openFraction().default(0.95).describe('of the intervals'),
  riskFreePerPeriod: z.number().default(0).describe('fraction a bar, subtracted from every return'),
  benchmarkSharpeAnnual: z.number().default(0).describe('Sharpe ratio that psr compares with, annualised'),
  hacLag: z.int().min(0).optional().describe('bars; floor(4 (n/100)^(2/9)) without'),
  acfLags: z.int().min(0).optional().describe('autocorrelations that Lo’s factor counts, hacLag without'),
  bootstrap: z.strictObject({
    replications: z.int().min(0).max(100_000).default(2_000).describe('resampled paths; 0: no bootstrap'),
    seed: seed().optional().describe('required when replications > 0'),
    blockLength: z.number().gte(1).optional().describe('mean block length in bars, Politis & White without'),
  }),
  ...chartParams,
});

type Params = z.output<typeof sharpeParams>;

const interval = z.tuple([z.number(), z.number()]);
const point = z.strictObject({ method: z.string(), lo: z.number(), point: z.number(), hi: z.number() });

/** Negative autocorrelations blow Lo’s factor up: gates take the smaller of sharpeAnnual and sharpeAnnualLo. */
export const sharpeCi = definePlugin({
  id: 'diag_sharpe_ci',
  category: 'diag',
  kind: 'pure',
  summary:
    'How sure we are of a Sharpe ratio: errors for iid, non-normal and autocorrelated returns, Lo’s annualisation, probabilistic Sharpe, minimum track record, bootstrap intervals.',
  reference:
    'Lo (2002), Financial Analysts Journal 58(4); Mertens (2002); Bailey & Lopez de Prado (2012), Journal of Risk 15(2); Newey & West (1987, 1994); Politis & Romano (1994), JASA 89; Ledoit & Wolf (2008), Journal of Empirical Finance 15',
  input: z.strictObject({
    returns: z.array(z.number().gt(-1)).min(20).describe('simple returns a bar, net of costs, fractions > -1'),
  }),
  params: sharpeParams,
  output: z.strictObject({
    n: z.int(),
    mean: z.number().describe('a bar, after the risk-free rate'),
    sd: z.number().describe('ddof 1'),
    skewness: z.number().describe('ddof 0 moments'),
    kurtosis: z.number().describe('ddof 0 moments, not in excess (normal = 3)'),
    sharpePerPeriod: z.number().describe('mean / sd'),
    sharpeAnnual: z.number().describe('sharpePerPeriod sqrt(periodsPerYear)'),
    annualFactorIid: z.number(),
    annualFactorLo: z.number().optional().describe('Lo’s eta; left out where it is not defined'),
    sharpeAnnualLo: z.number().optional().describe('sharpePerPeriod times annualFactorLo'),
    autocorrelations: z.array(z.number()),
    hacLag: z.int(),
    standardErrors: z.strictObject({ iid: z.number(), mertens: z.number(), hac: z.number() }).describe('a bar'),
    intervals: z
      .strictObject({
        iid: interval,
        mertens: interval,
        hac: interval,
        hacLo: interval.optional(),
        bootstrapPercentile: interval.optional(),
        bootstrapStudentized: interval.optional(),
      })
      .describe('annualised [lo, hi]'),
    psr: z.number().describe('probability that the true Sharpe ratio exceeds the benchmark'),
    minTrackRecordLength: z.number().optional().describe('bars that psr = confidence needs'),
    bootstrap: z.strictObject({ blockLength: z.number(), replications: z.int(), rejected: z.int() }).optional(),
    plot: z.strictObject({
      intervals: z.array(point),
      density: z.strictObject({ x: z.array(z.number()), y: z.array(z.number()) }).optional(),
    }),
    ...chartOutputs,
  }),
  example: {
    input: {
      returns: [
        0.012, -0.008, 0.006, 0.015, -0.011, 0.004, 0.009, -0.003, 0.018, -0.014, 0.007, 0.002, 0.011, -0.006, 0.013,
        -0.009, 0.005, 0.016, -0.002, 0.008, -0.012, 0.01, 0.003, 0.014,
      ],
    },
    params: {
      periodsPerYear: 365,
      confidence: 0.95,
      riskFreePerPeriod: 0,
      benchmarkSharpeAnnual: 0,
      bootstrap: { replications: 200, seed: 7 },
    },
  },
  compute: ({ returns }, params) => {
    const values = returns.map((value) => value - params.riskFreePerPeriod);
    const { hacLag, acfLags } = checkedLags(values, params);
    const annual = Math.sqrt(params.periodsPerYear);
    const sample = sampleOf(values);
    const sharpe = sample.mean / sample.deviation;
    const errors = standardErrors(values, sample, hacLag);
    const rho = autocorrelations(values, acfLags);
    const eta = loFactor(rho, Math.round(params.periodsPerYear));
    const drawn = drawBootstrap(values, hacLag, params);

    const width = normalQuantile(1 - (1 - params.confidence) / 2);
    const around = (error: number, factor: number): [number, number] => [
      (sharpe - width * error) * factor,
      (sharpe + width * error) * factor,
    ];
    const intervals = {
      iid: around(errors.iid, annual),
      mertens: around(errors.mertens, annual),
      hac: around(errors.hac, annual),
      ...(eta !== undefined && { hacLo: around(errors.hac, eta) }),
      ...(drawn && bootstrapIntervals(drawn.samples, { sharpe, error: errors.hac, annual, ...params })),
    };
    const benchmark = params.benchmarkSharpeAnnual / annual;
    const { psr } = probabilisticSharpe({ returns: values, benchmarkSharpe: benchmark });
    const sharpeAnnual = sharpe * annual;
    const sharpeAnnualLo = eta === undefined ? undefined : sharpe * eta;
    const plot = {
      intervals: Object.entries(intervals).map(([method, [lo, hi]]): SharpeInterval => ({
        method,
        lo,
        point: method === 'hacLo' ? (sharpeAnnualLo ?? sharpeAnnual) : sharpeAnnual,
        hi,
      })),
      ...(drawn && { density: kernelDensity(drawn.samples.sharpes.map((value) => value * annual)) }),
    };
    return {
      n: values.length,
      mean: sample.mean,
      sd: sample.deviation,
      skewness: sample.skew,
      kurtosis: sample.kurtosis,
      sharpePerPeriod: sharpe,
      sharpeAnnual,
      annualFactorIid: annual,
      ...(eta !== undefined && { annualFactorLo: eta, sharpeAnnualLo: sharpe * eta }),
      autocorrelations: rho,
      hacLag,
      standardErrors: errors,
      intervals,
      psr,
      ...(sharpe > benchmark && {
        minTrackRecordLength: minTrackRecord({ ...params, returns: values, benchmarkSharpe: benchmark }).observations,
      }),
      ...(drawn && { bootstrap: drawn.facts }),
      plot,
      vegaLite: sharpeChart(plot, {
        sharpeAnnual,
        benchmark: params.benchmarkSharpeAnnual,
        confidence: params.confidence,
        psr,
        theme: params.theme,
      }),
    };
  },
});

function checkedLags(values: readonly number[], { hacLag, acfLags, bootstrap }: Params) {
  const n = values.length;
  if (values.every((value) => value === values[0])) {
    refuse('input.returns', 'zero standard deviation', 'returns that differ', `${n} times ${values[0]}`);
  }
  if (hacLag !== undefined && hacLag >= n / 2) refuse('params.hacLag', 'too large', `less than ${n / 2}`, hacLag);
  if (acfLags !== undefined && acfLags >= n) refuse('params.acfLags', 'too large', `less than ${n}`, acfLags);
  if (bootstrap.replications > 0 && bootstrap.seed === undefined) {
    refuse('params.bootstrap.seed', 'missing', 'a seed, or replications 0', undefined);
  }
  if (bootstrap.blockLength !== undefined && bootstrap.blockLength > n) {
    refuse('params.bootstrap.blockLength', 'longer than the returns', `at most ${n}`, bootstrap.blockLength);
  }
  const lag = hacLag ?? defaultLags(n);
  return { hacLag: lag, acfLags: acfLags ?? lag };
}

function sampleOf(values: readonly number[]): Moments {
  const sample = moments(values);
  const sharpe = sample.mean / sample.deviation;
  // Zero for two-valued returns at one Sharpe ratio; what is left of it then is rounding.
  if (!(sharpeSpread(sample) > 1e-12 * (1 + sample.kurtosis * sharpe * sharpe))) {
    const found = `skewness ${sample.skew}, kurtosis ${sample.kurtosis}, Sharpe ${sharpe}`;
    refuse('input.returns', 'no error of the Sharpe ratio', '1 - g3 S + (g4 - 1)/4 S^2 above 0', found);
  }
  return sample;
}

/** Of the Sharpe ratio a bar; inside them it is taken with ddof 0. */
function standardErrors(values: readonly number[], sample: Moments, hacLag: number) {
  const n = values.length;
  const inner = sample.mean / sample.populationDeviation;
  const { influence } = sharpeInfluence(columnOf(values));
  return {
    iid: Math.sqrt((1 + inner ** 2 / 2) / n),
    // The skewed and fat-tailed term of Mertens; equal to hac without lags.
    mertens: mertensError(sample, n),
    hac: Math.sqrt(Math.max(0, longRunVariance(influence, influence, hacLag)) / n),
  };
}

function drawBootstrap(values: readonly number[], hacLag: number, { bootstrap }: Params) {
  const { replications, seed: start } = bootstrap;
  if (replications === 0 || start === undefined) return undefined;
  const blockLength = bootstrap.blockLength ?? Math.max(1, automaticBlockLength({ returns: values }).stationary);
  const samples = bootstrapSharpe(columnOf(values), { replications, blockLength, seed: start, hacLag });
  return { samples, facts: { blockLength, replications, rejected: samples.rejected } };
}

type Scale = Readonly<{ sharpe: number; error: number; annual: number; confidence: number }>;

function bootstrapIntervals({ sharpes, studentized }: SharpeBootstrap, { sharpe, error, annual, confidence }: Scale) {
  const low = (1 - confidence) / 2;
  const percentile: [number, number] = [
    quantileSorted(sharpes, low) * annual,
    quantileSorted(sharpes, 1 - low) * annual,
  ];
  const student: [number, number] = [
    (sharpe - quantileSorted(studentized, 1 - low) * error) * annual,
    (sharpe - quantileSorted(studentized, low) * error) * annual,
  ];
  return { bootstrapPercentile: percentile, bootstrapStudentized: student };
}
