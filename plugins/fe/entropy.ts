import { columnOf } from '../../core/math/copies.ts';
import { z } from 'zod';
import { spread } from '../../core/math/moments.ts';
import { definePlugin } from '../define-plugin.ts';
import { series } from '../fields.ts';
import { refuse } from '../refuse.ts';
import {
  approximateEntropy,
  encode,
  type Encoding,
  permutationEntropy,
  sampleEntropy,
  shannonEntropy,
} from './entropy-measures.ts';
import { lempelZivComplexity } from './lempel-ziv.ts';

export const measureNames = ['shannon', 'approximate', 'sample', 'permutation', 'lempelZiv'] as const;

const entropyParams = z.strictObject({
  measures: z
    .array(z.enum(measureNames))
    .min(1)
    .default([...measureNames])
    .describe('which are computed'),
  window: z.int().min(10).optional().describe('values: rolling instead of whole'),
  bins: z.int().min(2).max(200).default(10).describe('of shannon'),
  order: z.int().min(1).max(5).default(2).describe('values in a run (approximate, sample)'),
  toleranceFactor: z
    .number()
    .positive()
    .default(0.2)
    .describe('how close runs must stay, in standard deviations (ddof 0)'),
  tolerance: z.number().positive().optional().describe('the same in units of the series, instead'),
  permOrder: z.int().min(2).max(7).default(3).describe('values in an order pattern (permutation)'),
  permDelay: z.int().min(1).default(1).describe('bars between them'),
  encoding: z.enum(['median', 'sign', 'quantile']).default('median').describe('symbols of lempelZiv'),
  alphabet: z.int().min(2).max(10).optional().describe('symbols of encoding quantile, default 2'),
});

type Params = z.output<typeof entropyParams>;
type Measure = (typeof measureNames)[number];

const numbers = () => z.array(z.number());
const mostForPairs = 20_000;

/** Causal when rolling: each value is made of the window that ends there. */
export const entropy = definePlugin({
  id: 'fe_entropy',
  category: 'fe',
  kind: 'pure',
  summary: 'How random a series is: Shannon, approximate, sample and permutation entropy and Lempel-Ziv complexity.',
  reference:
    'Shannon (1948); Miller (1955); Pincus (1991), PNAS 88; Richman & Moorman (2000), Am. J. Physiology 278; Bandt & Pompe (2002), PRL 88; Lempel & Ziv (1976), IEEE Trans. Information Theory 22',
  input: z.strictObject({
    series: series(10)
      .describe('returns, not prices: a trend has little entropy whatever it is')
      .meta({ fromBars: 'returns' }),
  }),
  params: entropyParams,
  output: z.strictObject({
    shannon: z
      .strictObject({
        bits: z.number(),
        normalized: z.number().describe('share of the most there can be'),
        counts: z.array(z.int()),
        millerMadowBits: z.number().describe('corrected for the bias of a small sample'),
      })
      .optional(),
    approximate: z.number().optional().describe('nats'),
    sample: z
      .strictObject({ value: z.number().optional().describe('nats'), matchesM: z.int(), matchesM1: z.int() })
      .optional(),
    tolerance: z.number().optional().describe('as used'),
    permutation: z
      .strictObject({ bits: z.number(), normalized: z.number(), patterns: z.record(z.string(), z.int()) })
      .optional(),
    lempelZiv: z.strictObject({ complexity: z.int(), normalized: z.number(), sequence: z.string() }).optional(),
    rolling: z
      .strictObject({
        offset: z.int(),
        shannon: numbers().optional().describe('bits'),
        approximate: numbers().optional(),
        sample: z.strictObject({ index: z.array(z.int()), value: numbers() }).optional(),
        permutation: numbers().optional().describe('normalized'),
        lempelZiv: numbers().optional().describe('normalized'),
      })
      .optional()
      .describe('with window, instead of the above'),
  }),
  example: {
    input: {
      series: [
        0.012, -0.008, 0.003, 0.015, -0.021, 0.007, -0.004, 0.01, -0.013, 0.002, 0.018, -0.006, -0.011, 0.009, 0.001,
        -0.017, 0.014, -0.002, 0.005, -0.009,
      ],
    },
    params: { bins: 5, order: 2, toleranceFactor: 0.5, permOrder: 3, permDelay: 1, encoding: 'median' },
  },
  compute: (input, params) => {
    const x = columnOf(input.series);
    if (!Number.isFinite(spread(x))) refuse('input.series', 'too wide to compute with', 'a finite range', spread(x));
    refuseUnfit(x.length, params);
    const measured = { ...params, measures: new Set(params.measures) };
    return params.window === undefined ? whole(x, measured) : { rolling: rolling(x, params.window, measured) };
  },
});

type Asked = Omit<Params, 'measures'> & Readonly<{ measures: ReadonlySet<Measure> }>;

/** Refuses settings that do not go together, or not with so many values. */
export function refuseUnfit(length: number, params: Params): void {
  const { window, permOrder, permDelay, alphabet, encoding } = params;
  const asks = (measure: Measure) => params.measures.includes(measure);
  if (alphabet !== undefined && encoding !== 'quantile')
    refuse('params.alphabet', `of no use with encoding ${encoding}`, "encoding 'quantile'", alphabet);
  if (window !== undefined && window > length)
    refuse('params.window', 'longer than the series', `at most ${length}`, window);
  const used = window ?? length;
  const needed = (permOrder - 1) * permDelay + 2;
  if (asks('permutation') && used < needed)
    refuse('params.permDelay', `patterns span too much of ${used} values`, `at least ${needed} values`, permDelay);
  if (used > mostForPairs && (asks('approximate') || asks('sample'))) {
    const path = window === undefined ? 'input.series' : 'params.window';
    refuse(path, 'too long for approximate and sample entropy', `at most ${mostForPairs} values`, used);
  }
}

function whole(x: Float64Array, params: Asked) {
  const { measures } = params;
  const matches = measures.has('approximate') || measures.has('sample');
  const tolerance = matches ? toleranceOf(x, params, 'input.series') : 0;
  const matching = { order: params.order, tolerance };
  return {
    ...(measures.has('shannon') && { shannon: shannonEntropy(x, params.bins) }),
    ...(measures.has('approximate') && { approximate: approximateEntropy(x, matching) }),
    ...(measures.has('sample') && { sample: sampleEntropy(x, matching) }),
    ...(matches && { tolerance }),
    ...(measures.has('permutation') && { permutation: permutationEntropy(x, params) }),
    ...(measures.has('lempelZiv') && { lempelZiv: lempelZiv(x, encodingOf(params)) }),
  };
}

const encodingOf = ({ encoding, alphabet = 2 }: Pick<Params, 'encoding' | 'alphabet'>): Encoding => ({
  encoding,
  alphabet,
});

/** The tolerance in units of the series; a constant one, named by `path`, has none. */
function toleranceOf(x: Float64Array, { tolerance, toleranceFactor }: Asked, path: string): number {
  if (tolerance !== undefined) return tolerance;
  const used = toleranceBySpread(x, toleranceFactor);
  if (spread(x) === 0)
    refuse(path, 'constant: no spread to take the tolerance from', 'values that vary, or params.tolerance');
  if (!(used > 0)) refuse(path, 'too little spread to take the tolerance from', 'params.tolerance', used);
  return used;
}

/** The tolerance as a share of the standard deviation (ddof 0); 0 where all values are equal. */
export function toleranceBySpread(x: Float64Array, toleranceFactor: number): number {
  if (spread(x) === 0) return 0;
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  return toleranceFactor * Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length);
}

function lempelZiv(x: Float64Array, encoding: Encoding) {
  const symbols = encode(x, encoding);
  const complexity = lempelZivComplexity(symbols);
  const base = Math.max(2, new Set(symbols).size);
  const normalized = (complexity * Math.log(x.length)) / Math.log(base) / x.length;
  return { complexity, normalized, sequence: symbols.join('') };
}

/** What a rolling measure says of one window, by its tolerance where it needs one; NaN where it is undefined. */
export const windowMeasures: Readonly<
  Record<Measure, (x: Float64Array, params: Omit<Params, 'measures'>, tolerance: number) => number>
> = {
  shannon: (x, { bins }) => shannonEntropy(x, bins).bits,
  approximate: (x, { order }, tolerance) => (tolerance > 0 ? approximateEntropy(x, { order, tolerance }) : NaN),
  sample: (x, { order }, tolerance) => (tolerance > 0 ? (sampleEntropy(x, { order, tolerance }).value ?? NaN) : NaN),
  permutation: (x, params) => permutationEntropy(x, params).normalized,
  lempelZiv: (x, params) => lempelZiv(x, encodingOf(params)).normalized,
};

function rolling(x: Float64Array, window: number, params: Asked) {
  const { measures } = params;
  const last = x.length - window;
  const over = (measure: Measure): number[] =>
    Array.from({ length: last + 1 }, (_, i) => {
      const values = x.subarray(i, i + window);
      const matches = measure === 'approximate' || measure === 'sample';
      const tolerance = matches ? toleranceOf(values, params, `input.series[${i + window - 1}]`) : 0;
      return windowMeasures[measure](values, params, tolerance);
    });
  return {
    offset: window - 1,
    ...(measures.has('shannon') && { shannon: over('shannon') }),
    ...(measures.has('approximate') && { approximate: over('approximate') }),
    ...(measures.has('sample') && { sample: rollingSample() }),
    ...(measures.has('permutation') && { permutation: over('permutation') }),
    ...(measures.has('lempelZiv') && { lempelZiv: over('lempelZiv') }),
  };

  function rollingSample() {
    const all = over('sample').map((value, i) => ({ index: i + window - 1, value }));
    const defined = all.filter(({ value }) => !Number.isNaN(value));
    return { index: defined.map(({ index }) => index), value: defined.map(({ value }) => value) };
  }
}
