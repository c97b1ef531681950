import { columnOf, listOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { definePlugin } from '../define-plugin.ts';
import { series } from '../fields.ts';
import { refuse } from '../refuse.ts';
import { denoisedEnds } from './wavelet-ends.ts';
import { denoise } from './wavelet-threshold.ts';
import { decompose, largestLevel, reconstruct, roomFor, type Wavelet, wavelets } from './wavelet-transform.ts';

const waveletParams = z.strictObject({
  mode: z
    .enum(['causal', 'smooth'])
    .default('causal')
    .describe('smooth uses future values: for pictures, never for a signal or backtest'),
  window: z.int().min(2).default(256).describe('values each causal one is made of; at least 14 for db4'),
  wavelet: z
    .enum(['db4', 'haar'])
    .default('db4')
    .describe('Daubechies with 4 vanishing moments (8 taps), or Haar (2 taps)'),
  level: z.int().min(1).optional().describe('steps of the transform, default the most that the length allows'),
  threshold: z
    .union([z.literal('universal'), z.number().nonnegative()])
    .default('universal')
    .describe('in units of the series; universal: sigma sqrt(2 ln n)'),
  rule: z.enum(['soft', 'hard']).default('soft').describe('shrink what is above the threshold, or keep it'),
});

type Params = z.output<typeof waveletParams>;

/** Fewer windows are done sooner one by one. */
const fewWindows = 8;

/**
 * In mode causal each value is the last one of its own window, so it is causal; that end of a mirrored transform is its
 * least certain one, and less noise goes than mode smooth shows. The difference is what looking ahead would trade on.
 */
export const wavelet = definePlugin({
  id: 'fe_wavelet',
  category: 'fe',
  kind: 'pure',
  summary: 'A series without its noise, by thresholded wavelet details; in mode causal from past values only.',
  reference:
    'Donoho & Johnstone (1994), Biometrika 81, eq. 4; Donoho (1995), IEEE Trans. Information Theory 41; Daubechies (1992), Ten Lectures on Wavelets, table 6.1; borders as PyWavelets',
  input: z.strictObject({ series: series().describe('any unit: a log price or a signal') }),
  params: waveletParams,
  output: z.strictObject({
    values: z.array(z.number()),
    offset: z.int().describe('first value: window - 1, or 0 in mode smooth'),
    lookAhead: z.boolean(),
    level: z.int(),
    sigma: z.number().optional().describe('noise estimate, mode smooth only, as what follows'),
    threshold: z.number().optional(),
    detailCounts: z.array(z.int()).optional().describe('coefficients by level, the finest first'),
    keptFraction: z.number().optional().describe('share of details above the threshold'),
  }),
  example: {
    input: { series: [10, 10.4, 9.9, 10.8, 11.5, 11.1, 12, 17.9, 12.8, 13.5, 14.9, 14.2, 15.1, 15.9, 15.2, 16.4] },
    params: { mode: 'smooth', wavelet: 'db4', threshold: 'universal', rule: 'soft' },
  },
  compute: (input, params) => {
    const x = columnOf(input.series);
    const { window } = params;
    const filters = wavelets[params.wavelet];
    refuseShort(x.length, params, filters);
    if (params.mode === 'smooth') {
      const level = levelOf(x.length, params, filters);
      return { ...smoothed(x, level, params), offset: 0, lookAhead: true, level };
    }
    const { level, denoise: denoised } = causalDenoiser(params);
    const windows = x.length - window + 1;
    const values =
      windows < fewWindows
        ? Array.from({ length: windows }, (_, start) => denoised(x.subarray(start, start + window)))
        : listOf(denoisedEnds(x, filters, { ...params, level }));
    return { values, offset: window - 1, lookAhead: false, level };
  },
});

type CausalDenoiser = Readonly<{ level: number; denoise: (seen: Float64Array) => number }>;

/** The last value of a window without its noise, as mode causal has it; the level that the transform goes to. */
export function causalDenoiser(params: Params): CausalDenoiser {
  const { window } = params;
  const filters = wavelets[params.wavelet];
  refuseShort(window, params, filters);
  const level = levelOf(window, params, filters);
  const room = roomFor(window, filters, level);
  return {
    level,
    denoise(seen) {
      decompose(seen, filters, { room, from: window - 1 });
      denoise(room, seen, { ...params, from: window - 1 });
      return reconstruct(room, filters, { from: window - 1, end: window })[0];
    },
  };
}

/** Refuses a series or window that not even one step of the transform fits into. */
function refuseShort(length: number, { mode, window, wavelet: name }: Params, filters: Wavelet): void {
  const least = 2 * (filters.low.length - 1);
  if (mode === 'causal' && window < least)
    refuse('params.window', `too short for ${name}`, `at least ${least}`, window);
  const needed = mode === 'causal' ? window : least;
  if (length < needed) {
    const why = mode === 'causal' ? 'params.window' : `a step of ${name}`;
    refuse('input.series', 'too short', `at least ${needed} values (${why})`, length);
  }
}

function levelOf(length: number, { level }: Params, filters: Wavelet): number {
  const largest = largestLevel(length, filters);
  if (level !== undefined && level > largest)
    refuse('params.level', `too many for ${length} values`, `at most ${largest}`, level);
  return level ?? largest;
}

function smoothed(x: Float64Array, level: number, params: Params) {
  const filters = wavelets[params.wavelet];
  const room = roomFor(x.length, filters, level);
  const { details } = room;
  decompose(x, filters, { room, from: 0 });
  const { sigma, threshold, kept } = denoise(room, x, { ...params, from: 0 });
  const count = details.reduce((sum, detail) => sum + detail.length, 0);
  return {
    values: listOf(reconstruct(room, filters, { from: 0, end: x.length })),
    sigma,
    threshold,
    detailCounts: details.map((detail) => detail.length),
    keptFraction: kept / count,
  };
}
