import { columnOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { ksAsymptoticTail, ksExactTail, type KsGap, ksGap } from '../../core/math/kolmogorov-smirnov.ts';
import { createPrng, type Prng } from '../../core/math/prng.ts';
import { multipleTesting } from '../../core/validation/statistics/multiple-testing.ts';
import { chartOutputs, chartParams } from '../charts/fields.ts';
import { definePlugin } from '../define-plugin.ts';
import { openFraction, seed, series } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { driftChart, type Severity } from './data-drift-chart.ts';
import { stabilityIndex, wasserstein } from './drift-measures.ts';

const driftInput = z.strictObject({
  features: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe('of the feature, once'),
        reference: series().describe('at least 10 values, in time order'),
        current: series().describe('at least 5 values, in time order'),
      }),
    )
    .min(1),
});

const driftParams = z.strictObject({
  psiBins: z
    .int()
    .min(2)
    .max(50)
    .default(10)
    .describe('quantile bins of the reference for the population stability index'),
  psiModerate: z
    .number()
    .default(0.1)
    .describe('of no effect: what has drifted and is not major is moderate, whatever its index'),
  psiMajor: z.number().default(0.25).describe('stability index from which a drift is major'),
  minEffect: z
    .number()
    .nonnegative()
    .default(0.1)
    .describe('normalised Wasserstein below which a difference is ignored'),
  fdr: openFraction().default(0.05).describe('false-discovery rate over the features'),
  pValue: z
    .enum(['auto', 'exact', 'asymptotic', 'blockBootstrap'])
    .default('auto')
    .describe('auto: exact up to 1e6 pairs; blockBootstrap for autocorrelated features'),
  blockLength: z.int().min(1).optional().describe('blockBootstrap only; cube root of the current length without'),
  replications: z.int().min(99).max(100_000).default(999).describe('blockBootstrap only'),
  seed: seed().optional().describe('required for blockBootstrap'),
  ...chartParams,
});

type Feature = z.output<typeof driftInput>['features'][number];
type Params = z.output<typeof driftParams>;

/** Pairs up to which `auto` counts paths, and beyond which nothing does. */
const autoExactPairs = 1e6;
const mostExactPairs = 1e8;
/** Normalised Wasserstein distance from which a drift is major. */
const majorDistance = 0.5;
const drawnPoints = 200;

const numbers = z.array(z.number());
const counts = z.array(z.int());
const methods = ['exact', 'asymptotic', 'blockBootstrap'] as const;
const severity = z.enum(['none', 'moderate', 'major']);

export const dataDrift = definePlugin({
  id: 'diag_data_drift',
  category: 'diag',
  kind: 'pure',
  summary:
    'Which input features no longer look like the training data: exact Kolmogorov-Smirnov, stability index and Wasserstein distance, with false-discovery control and a block bootstrap.',
  reference:
    'Hodges (1958); Stephens (1970), JRSS-B 32; Siddiqi (2006), Credit Risk Scorecards; Yurdakul (2018); Vallender (1974); Benjamini & Hochberg (1995); Politis & Romano (1992)',
  input: driftInput,
  params: driftParams,
  output: z.strictObject({
    features: z.array(
      z.strictObject({
        name: z.string(),
        nReference: z.int(),
        nCurrent: z.int(),
        ks: z.strictObject({
          statistic: z.number().describe('largest gap between the distributions'),
          location: z.number().describe('smallest value where it is reached'),
          sign: z.int().describe('1: current values are larger, -1: smaller'),
          pValue: z.number(),
          method: z.enum(methods),
        }),
        psi: z.strictObject({
          value: z.number(),
          edges: numbers,
          referenceCounts: counts,
          currentCounts: counts,
          contributions: numbers,
          degreesOfFreedom: z.int(),
          pValue: z.number(),
          criticalValue: z.number().optional().describe('exceeded in 5 % of samples of this size without drift'),
        }),
        wasserstein: z.strictObject({
          value: z.number(),
          normalized: z.number().optional().describe('in deviations of the reference'),
          meanShift: z.number(),
        }),
        qValue: z.number().describe('Benjamini-Hochberg over the features'),
        drifted: z.boolean(),
        severity,
      }),
    ),
    drifted: z.array(z.string()).describe('names, the largest distance first'),
    plot: z.strictObject({
      features: z.array(
        z.strictObject({
          name: z.string(),
          qValue: z.number(),
          psi: z.number(),
          wassersteinNormalized: z.number().optional(),
          severity,
        }),
      ),
      ecdf: z
        .strictObject({ name: z.string(), x: numbers, reference: numbers, current: numbers })
        .describe('of the worst feature, at most 200 points'),
    }),
    ...chartOutputs,
  }),
  example: {
    input: {
      features: [
        {
          name: 'spread_z',
          reference: [
            0.2, -0.5, 1.1, 0.4, -1.3, 0.7, 0, -0.2, 1.6, -0.8, 0.3, 0.9, -0.4, 0.6, -1, 0.1, -0.6, 1.2, 0.5, -0.1,
          ],
          current: [1.4, 0.8, 2.1, 0.6, 1.9, -0.3, 1, 2.4, 0.7, 1.5, 0.2, 1.3],
        },
      ],
    },
    params: { psiBins: 5, fdr: 0.05, psiModerate: 0.1, psiMajor: 0.25, pValue: 'auto' },
  },
  compute: ({ features }, params) => {
    refuseBadFeatures(features, params);
    const random = params.seed === undefined ? undefined : createPrng(params.seed);
    const measured = features.map((feature) => measure(feature, params, random));
    const { adjusted } = multipleTesting({ p: measured.map(({ ks }) => ks.pValue), method: 'bh' });
    const judged = measured.map((row, index) => ({ ...row, ...judge(row, adjusted[index], params) }));

    const worstFirst = judged
      .map((row, index) => ({ row, index, distance: row.wasserstein.normalized ?? Infinity }))
      .toSorted((a, b) => (a.distance === b.distance ? a.index - b.index : b.distance - a.distance));
    const drifted = worstFirst.filter(({ row }) => row.drifted).map(({ row }) => row.name);
    // What drifted stands first in the picture, then the rest.
    const shown = [...worstFirst.filter(({ row }) => row.drifted), ...worstFirst.filter(({ row }) => !row.drifted)];
    const [{ row: worst, index: worstIndex }] = shown;
    const plot = {
      features: shown.map(({ row }) => ({
        name: row.name,
        qValue: row.qValue,
        psi: row.psi.value,
        ...(row.wasserstein.normalized !== undefined && { wassersteinNormalized: row.wasserstein.normalized }),
        severity: row.severity,
      })),
      ecdf: ecdfOf(features[worstIndex]),
    };
    return {
      features: judged,
      drifted,
      plot,
      vegaLite: driftChart(plot, {
        drifted,
        minEffect: params.minEffect,
        gapAt: worst.ks.location,
        theme: params.theme,
      }),
    };
  },
});

function refuseBadFeatures(features: readonly Feature[], { pValue, blockLength, seed: start }: Params): void {
  if (pValue === 'blockBootstrap' && start === undefined) {
    refuse('params.seed', 'missing', 'a seed for blockBootstrap', undefined);
  }
  const seen = new Set<string>();
  features.forEach(({ name, reference, current }, index) => {
    const path = `input.features[${index}]`;
    const lengths = `${reference.length} and ${current.length}`;
    if (seen.has(name)) refuse(`${path}.name`, 'twice', 'names that differ', name);
    seen.add(name);
    if (reference.length < 10) refuse(`${path}.reference`, `too short in ${name}`, 'at least 10 values', lengths);
    if (current.length < 5) refuse(`${path}.current`, `too short in ${name}`, 'at least 5 values', lengths);
    if (pValue === 'exact' && reference.length * current.length > mostExactPairs) {
      refuse('params.pValue', `exact takes too long in ${name}`, `at most ${mostExactPairs} pairs`, lengths);
    }
    if (pValue === 'blockBootstrap' && blockLength !== undefined && blockLength > current.length) {
      refuse(
        'params.blockLength',
        `longer than the current values of ${name}`,
        `at most ${current.length}`,
        blockLength,
      );
    }
  });
}

function measure({ name, reference, current }: Feature, params: Params, random: Prng | undefined) {
  const before = columnOf(reference).toSorted();
  const now = columnOf(current).toSorted();
  const gap = ksGap(before, now);
  const tested = pValueOf({ reference, current }, gap, { ...params, random });
  return {
    name,
    nReference: reference.length,
    nCurrent: current.length,
    ks: {
      statistic: gap.steps / (reference.length * current.length),
      location: gap.location,
      sign: gap.sign,
      ...tested,
    },
    psi: stabilityIndex(before, now, params.psiBins),
    wasserstein: wasserstein(before, now),
  };
}

type Samples = Readonly<{ reference: readonly number[]; current: readonly number[] }>;
type TestSettings = Params & Readonly<{ random: Prng | undefined }>;

function pValueOf(samples: Samples, { steps }: KsGap, settings: TestSettings) {
  const m = samples.reference.length;
  const n = samples.current.length;
  const { pValue: asked, random } = settings;
  if (asked === 'blockBootstrap' && random !== undefined) {
    return { pValue: blockTail(samples, steps, { ...settings, random }), method: 'blockBootstrap' as const };
  }
  const exact = asked === 'exact' || (asked === 'auto' && m * n <= autoExactPairs);
  return exact
    ? { pValue: ksExactTail(steps, m, n), method: 'exact' as const }
    : { pValue: ksAsymptoticTail(steps / (m * n), m, n), method: 'asymptotic' as const };
}

/**
 * Share of pseudo samples, cut in circular blocks from both samples joined, whose gap is at least as large: one
 * stationary process made both. Politis & Romano (1992).
 */
function blockTail({ reference, current }: Samples, steps: number, settings: Params & { random: Prng }): number {
  const { random, replications } = settings;
  const block = settings.blockLength ?? Math.max(1, Math.round(Math.cbrt(current.length)));
  const pooled = Float64Array.from([...reference, ...current]);
  const before = new Float64Array(reference.length);
  const now = new Float64Array(current.length);
  let atLeast = 0;
  for (let replicate = 0; replicate < replications; replicate++) {
    fillByBlocks(before, pooled, { block, random });
    fillByBlocks(now, pooled, { block, random });
    if (ksGap(before.toSorted(), now.toSorted()).steps >= steps) atLeast++;
  }
  return (1 + atLeast) / (replications + 1);
}

function fillByBlocks(into: Float64Array, pooled: Float64Array, { block, random }: { block: number; random: Prng }) {
  for (let at = 0; at < into.length; at += block) {
    const start = random.nextBelow(pooled.length);
    const end = Math.min(into.length, at + block);
    for (let i = at; i < end; i++) into[i] = pooled[(start + i - at) % pooled.length];
  }
}

/** The index alone raises no alarm: in small samples chance exceeds the usual 0.25 many times over. */
function judge({ psi, wasserstein: { normalized } }: ReturnType<typeof measure>, qValue: number, params: Params) {
  const drifted = qValue <= params.fdr && (normalized === undefined || normalized >= params.minEffect);
  const major = psi.value >= params.psiMajor || (normalized !== undefined && normalized >= majorDistance);
  const level: Severity = !drifted ? 'none' : major ? 'major' : 'moderate';
  return { qValue, drifted, severity: level };
}

function ecdfOf({ name, reference, current }: Feature) {
  const before = columnOf(reference).toSorted();
  const now = columnOf(current).toSorted();
  const values = [...new Set([...before, ...now])].toSorted((a, b) => a - b);
  const points = Math.min(drawnPoints, values.length);
  const x = Array.from(
    { length: points },
    (_, i) => values[Math.round((i * (values.length - 1)) / Math.max(1, points - 1))],
  );
  return { name, x, reference: sharesAt(before, x), current: sharesAt(now, x) };
}

function sharesAt(sorted: Float64Array, x: readonly number[]): number[] {
  let index = 0;
  return x.map((value) => {
    while (index < sorted.length && sorted[index] <= value) index++;
    return index / sorted.length;
  });
}
