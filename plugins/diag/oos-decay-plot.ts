import { z } from 'zod';
import { fitLine } from '../../core/math/fit-line.ts';
import { mean, sampleDeviation } from '../../core/math/moments.ts';
import { normalQuantile } from '../../core/math/normal.ts';
import { studentTCdf, studentTQuantile } from '../../core/math/student-t.ts';
import { moments } from '../../core/validation/statistics/moments.ts';
import { mertensError } from '../../core/validation/statistics/probabilistic-sharpe.ts';
import { chartOutputs, chartParams } from '../charts/fields.ts';
import { definePlugin } from '../define-plugin.ts';
import { openFraction } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { type AgeDecay, ageDecay } from './age-decay.ts';
import { decayChart } from './oos-decay-chart.ts';

const fold = z.strictObject({
  label: z.string().describe('of the fold, for the picture'),
  isReturns: z.array(z.number().gt(-1)).describe('at least 8 simple returns a bar in sample, net of costs'),
  oosReturns: z.array(z.number().gt(-1)).describe('at least 4, from right after the fit; no bar in two folds'),
});

const decayInput = z.strictObject({ folds: z.array(fold).min(1) });

const decayParams = z.strictObject({
  periodsPerYear: z.number().positive().default(365).describe('bars a year'),
  confidence: openFraction().default(0.95).describe('of the intervals'),
  ageBuckets: z.int().min(2).max(20).default(5).describe('groups of bars by the age of the fit'),
  ...chartParams,
});

type Fold = z.output<typeof fold>;
type Params = z.output<typeof decayParams>;

const interval = z.tuple([z.number(), z.number()]);
const point = z.strictObject({ age: z.number(), sharpe: z.number() });
const bounds = { lo: z.number(), hi: z.number() };

/** Published haircuts: McLean & Pontiff (2016), out of sample and after publication. */
const reference = { oosHaircut: 0.26, publicationHaircut: 0.58 };

export const oosDecayPlot = definePlugin({
  id: 'diag_oos_decay_plot',
  category: 'diag',
  kind: 'pure',
  summary:
    'How much of the in-sample Sharpe ratio survives out of sample, fold by fold, and whether it fades with the age of the fit.',
  reference:
    'McLean & Pontiff (2016), Journal of Finance 71; Suhonen, Lennkh & Perez (2017), Journal of Portfolio Management 43; Mertens (2002); Newey & West (1987); Pardo (2008), walk-forward efficiency',
  input: decayInput,
  params: decayParams,
  output: z.strictObject({
    folds: z
      .array(
        z.strictObject({
          label: z.string(),
          sharpeIs: z.number(),
          sharpeOos: z.number(),
          intervalIs: interval,
          intervalOos: interval,
          haircut: z.number().optional().describe('1 - sharpeOos / sharpeIs, where sharpeIs exceeds its error'),
        }),
      )
      .describe('Sharpe ratios annualised'),
    summary: z.strictObject({
      meanSharpeIs: z.number(),
      meanSharpeOos: z.number(),
      haircut: z.number().optional().describe('of the means'),
      shareOosPositive: z.number(),
      meanDifference: z.number().optional().describe('out of sample - in sample, from 3 folds on'),
      differenceInterval: interval.optional(),
      differenceT: z.number().optional(),
      differenceP: z.number().optional().describe('two-sided paired t test'),
    }),
    stitchedOos: z.strictObject({ n: z.int(), sharpe: z.number(), interval }).describe('all out-of-sample returns'),
    degradation: z
      .strictObject({ slope: z.number(), intercept: z.number(), r2: z.number() })
      .optional()
      .describe('sharpeOos on sharpeIs over the folds'),
    ageDecay: z
      .strictObject({
        interceptPerBar: z.number(),
        slopePerBar: z.number(),
        slopeStdError: z.number(),
        hacLag: z.int(),
        t: z.number(),
        pValue: z.number(),
        halfLifeBars: z.number().optional().describe('bars after age 1 at which the mean is half of that at age 1'),
        zeroAge: z.number().optional().describe('age at which the mean is 0'),
      })
      .optional()
      .describe('mean return as a line in the age of the fit'),
    buckets: z.array(
      z.strictObject({
        fromAge: z.int(),
        toAge: z.int(),
        n: z.int(),
        meanReturn: z.number(),
        sharpe: z.number(),
        interval,
      }),
    ),
    notes: z.array(z.string()),
    plot: z.strictObject({
      folds: z.array(z.strictObject({ label: z.string(), side: z.string(), sharpe: z.number(), ...bounds })),
      buckets: z.array(point.extend(bounds)),
      fitted: z.array(point).describe('the line of ageDecay as a Sharpe ratio'),
      reference: z.strictObject({ oosHaircut: z.number(), publicationHaircut: z.number() }),
    }),
    ...chartOutputs,
  }),
  example: {
    input: {
      folds: [
        {
          label: '2025Q1',
          isReturns: [0.01, -0.004, 0.008, 0.012, -0.003, 0.006, 0.009, -0.002],
          oosReturns: [0.006, -0.003, 0.004, -0.005, 0.002, -0.004],
        },
        {
          label: '2025Q2',
          isReturns: [0.007, -0.002, 0.011, 0.005, -0.006, 0.009, 0.004, 0.003],
          oosReturns: [0.008, -0.002, 0.001, -0.001, -0.006, 0.003],
        },
        {
          label: '2025Q3',
          isReturns: [-0.001, 0.006, 0.009, -0.004, 0.008, 0.007, -0.002, 0.01],
          oosReturns: [0.003, 0.005, -0.004, 0.002, -0.003, -0.002],
        },
        {
          label: '2025Q4',
          isReturns: [0.004, 0.009, -0.003, 0.011, 0.002, -0.005, 0.008, 0.006],
          oosReturns: [0.007, -0.001, 0.004, -0.002, 0.001, -0.005],
        },
      ],
    },
    params: { periodsPerYear: 365, confidence: 0.95, ageBuckets: 3 },
  },
  compute: ({ folds }, params) => {
    refuseBadFolds(folds);
    const sides = folds.map(({ label, isReturns, oosReturns }) => ({
      label,
      inside: measure(isReturns, params),
      outside: measure(oosReturns, params),
    }));
    const all = Float64Array.from(folds.flatMap(({ oosReturns }) => oosReturns));
    const ages = Float64Array.from(folds.flatMap(({ oosReturns }) => oosReturns.map((_, i) => i + 1)));
    const sharpeIs = sides.map(({ inside }) => inside.sharpe);
    const sharpeOos = sides.map(({ outside }) => outside.sharpe);
    const summary = summarise(sharpeIs, sharpeOos, params.confidence);
    const stitched = measure(all, params);
    const degradation = folds.length >= 3 ? fitLine(sharpeIs, sharpeOos) : undefined;
    const decay = ageDecay(ages, all, params.confidence);
    const buckets = bucketsOf(ages, all, params);
    const plot = {
      folds: sides.flatMap(({ label, inside, outside }) => [
        { label, side: 'in sample', ...barOf(inside) },
        { label, side: 'out of sample', ...barOf(outside) },
      ]),
      buckets: buckets.map((bucket) => ({ age: (bucket.fromAge + bucket.toAge) / 2, ...barOf(bucket) })),
      fitted: fittedLine(decay, { ages, deviation: sampleDeviation(all), ...params }),
      reference,
    };
    return {
      folds: sides.map(({ label, inside, outside }) => ({
        label,
        sharpeIs: inside.sharpe,
        sharpeOos: outside.sharpe,
        intervalIs: inside.interval,
        intervalOos: outside.interval,
        ...(inside.sharpe > inside.error && { haircut: 1 - outside.sharpe / inside.sharpe }),
      })),
      summary,
      stitchedOos: { n: all.length, sharpe: stitched.sharpe, interval: stitched.interval },
      ...(degradation && { degradation }),
      ...(decay && { ageDecay: decay }),
      buckets,
      notes: notesOn(folds.length, decay),
      plot,
      vegaLite: decayChart(plot, {
        meanIs: summary.meanSharpeIs,
        meanOos: summary.meanSharpeOos,
        stitched,
        theme: params.theme,
      }),
    };
  },
});

function refuseBadFolds(folds: readonly Fold[]): void {
  const seen = new Set<string>();
  folds.forEach(({ label, isReturns, oosReturns }, index) => {
    const path = `input.folds[${index}]`;
    if (seen.has(label)) refuse(`${path}.label`, 'twice', 'labels that differ', label);
    seen.add(label);
    for (const [side, values, least] of [
      ['isReturns', isReturns, 8] as const,
      ['oosReturns', oosReturns, 4] as const,
    ]) {
      if (values.length < least) {
        refuse(`${path}.${side}`, `too short in fold ${label}`, `at least ${least} returns`, `${values.length}`);
      }
      if (values.every((value) => value === values[0])) {
        refuse(`${path}.${side}`, `zero standard deviation in fold ${label}`, 'returns that differ', values[0]);
      }
    }
  });
}

type Measured = Readonly<{ sharpe: number; error: number; interval: [number, number] }>;

/** Annualised Sharpe ratio with its Mertens error and interval. */
function measure(values: ArrayLike<number>, { periodsPerYear, confidence }: Params): Measured {
  const sample = moments(values);
  const annual = Math.sqrt(periodsPerYear);
  const sharpe = (sample.mean / sample.deviation) * annual;
  const error = mertensError(sample, values.length) * annual;
  const reach = normalQuantile(1 - (1 - confidence) / 2) * error;
  return { sharpe, error, interval: [sharpe - reach, sharpe + reach] };
}

const barOf = ({ sharpe, interval: [lo, hi] }: Readonly<{ sharpe: number; interval: readonly [number, number] }>) => ({
  sharpe,
  lo,
  hi,
});

function summarise(sharpeIs: readonly number[], sharpeOos: readonly number[], confidence: number) {
  const meanSharpeIs = mean(sharpeIs);
  const meanSharpeOos = mean(sharpeOos);
  return {
    meanSharpeIs,
    meanSharpeOos,
    ...(meanSharpeIs > 0 && { haircut: 1 - meanSharpeOos / meanSharpeIs }),
    shareOosPositive: sharpeOos.filter((sharpe) => sharpe > 0).length / sharpeOos.length,
    ...pairedTest(
      sharpeOos.map((sharpe, f) => sharpe - sharpeIs[f]),
      confidence,
    ),
  };
}

/** Student's paired test of the differences, from three folds on; without t where they are all the same. */
function pairedTest(differences: readonly number[], confidence: number) {
  const count = differences.length;
  if (count < 3) return {};
  const meanDifference = mean(differences);
  const error = sampleDeviation(differences) / Math.sqrt(count);
  if (!(error > 1e-13 * Math.max(...differences.map(Math.abs)))) return { meanDifference };
  const reach = studentTQuantile(1 - (1 - confidence) / 2, count - 1) * error;
  const differenceInterval: [number, number] = [meanDifference - reach, meanDifference + reach];
  const differenceT = meanDifference / error;
  const differenceP = 2 * studentTCdf(-Math.abs(differenceT), count - 1);
  return { meanDifference, differenceInterval, differenceT, differenceP };
}

function bucketsOf(ages: Float64Array, returns: Float64Array, params: Params) {
  const oldest = ages.reduce((high, age) => Math.max(high, age), 0);
  const count = Math.min(params.ageBuckets, oldest);
  return Array.from({ length: count }, (_, k) => {
    const fromAge = Math.floor((k * oldest) / count) + 1;
    const toAge = Math.floor(((k + 1) * oldest) / count);
    const values = returns.filter((_unused, i) => ages[i] >= fromAge && ages[i] <= toAge);
    if (values.length < 4 || values.every((value) => value === values[0])) return [];
    const { sharpe, interval: around } = measure(values, params);
    return [{ fromAge, toAge, n: values.length, meanReturn: mean(values), sharpe, interval: around }];
  }).flat();
}

type Scale = Readonly<{ ages: Float64Array; deviation: number; periodsPerYear: number }>;

function fittedLine(decay: AgeDecay | undefined, { ages, deviation, periodsPerYear }: Scale) {
  if (decay === undefined) return [];
  const oldest = ages.reduce((high, age) => Math.max(high, age), 0);
  const scale = Math.sqrt(periodsPerYear) / deviation;
  return [1, oldest].map((age) => ({ age, sharpe: (decay.interceptPerBar + decay.slopePerBar * age) * scale }));
}

function notesOn(folds: number, decay: AgeDecay | undefined): string[] {
  const notes = [
    folds >= 3
      ? 'The paired test treats the folds as exchangeable; where training windows overlap it is approximate.'
      : 'Fewer than 3 folds: no paired test and no line of out-of-sample on in-sample Sharpe ratios.',
  ];
  if (decay !== undefined && decay.halfLifeBars === undefined) {
    notes.push('The mean return does not fall significantly with the age of the fit: no half-life is claimed.');
  }
  return notes;
}
