import { Matrix, SingularValueDecomposition } from 'ml-matrix';
import { z } from 'zod';
import { definePlugin } from '../define-plugin.ts';
import { matrix, series } from '../fields.ts';
import { refuse, refuseUnlessAligned, refuseUnlessRectangular } from '../refuse.ts';

const divisors = () => z.array(z.number().positive()).min(1);

const carriedState = z.strictObject({
  v: z.literal(1),
  nComponents: z.int().min(1).describe('components kept'),
  effectiveCount: z.number().positive().describe('rows seen, each times its weight'),
  mean: series().describe('of the scaled columns'),
  sumSq: z.array(z.number().nonnegative()).min(1).describe('weighted squared deviations of each column'),
  components: matrix().describe('one row each, of length 1'),
  singularValues: z.array(z.number().nonnegative()).min(1).describe('of the centred rows, one a component, falling'),
  scale: divisors().optional().describe('divisor of each column'),
});

const pcaInput = z.strictObject({
  rows: matrix().describe('one row a bar, one column a feature, in comparable units or with scale'),
  state: carriedState.optional(),
});

const pcaParams = z.strictObject({
  nComponents: z.int().min(1).describe('components kept; at most the columns, and one less than the first rows'),
  forget: z.number().gt(0).max(1).default(1).describe('weight of all earlier rows at each batch'),
  signs: z
    .enum(['continuity', 'maxAbs'])
    .default('continuity')
    .describe('keep the direction of the last components, or make the largest entry positive'),
  whiten: z.boolean().default(false).describe('scores in units of their standard deviation'),
  scale: divisors().optional().describe('divisor of each column, kept in the state'),
});

type Input = z.output<typeof pcaInput>;
type Params = z.output<typeof pcaParams>;
type State = z.output<typeof carriedState>;

/** Components and singular values, by the rows seen, with their mean. */
type Model = Readonly<Pick<State, 'effectiveCount' | 'mean' | 'components' | 'singularValues'>>;

/**
 * `priorScores` use the model before the batch: they are what a live feature must use; `scores` have seen their own
 * rows. With all components kept, batches in any cut give the PCA of all rows, weighted forget^age; below that the cut
 * matters, as what a batch leaves out is gone. Forgetting multiplies the scatter by `forget` as it does the count, so
 * mean and scatter weigh rows alike (Ross et al. multiply singular values by it, so the scatter forgets twice as fast).
 */
export const miniPca = definePlugin({
  id: 'fe_mini_pca',
  category: 'fe',
  kind: 'stateful',
  summary: 'Orthogonal factors of a stream of feature rows, updated batch by batch, with mean update and forgetting.',
  reference:
    'Ross, Lim, Lin & Yang (2008), International Journal of Computer Vision 77, sec. 3.1-3.3; Levy & Lindenbaum (2000); Tipping & Bishop (1999), JRSS B 61, eq. 8',
  input: pcaInput,
  params: pcaParams,
  output: z.strictObject({
    scores: z.array(z.array(z.number())).describe('the rows in the updated components'),
    priorScores: z.array(z.array(z.number())).optional().describe('the rows in the components before them'),
    components: z.array(z.array(z.number())).describe('one row each, of length 1'),
    explainedVariance: z.array(z.number()).describe('ddof 1'),
    explainedVarianceRatio: z.array(z.number()),
    noiseVariance: z.number().describe('mean variance of the directions left out'),
    mean: z.array(z.number()).describe('of the scaled columns'),
    state: carriedState,
  }),
  example: {
    input: {
      rows: [
        [1.0, 2.1, 0.3],
        [0.4, 1.2, -0.5],
        [-0.8, -1.1, 0.2],
        [1.5, 2.7, 0.9],
        [-0.6, -1.4, -0.1],
      ],
    },
    params: { nComponents: 2, forget: 1, signs: 'maxAbs' },
  },
  compute: (input, params) => {
    const scale = scaleOf(input, params);
    refuseBadShapes(input, params, scale);
    const rows = input.rows.map((row) => row.map((value, j) => (scale === undefined ? value : value / scale[j])));
    const { state } = input;
    const model = state === undefined ? firstModel(rows, params) : nextModel(rows, state, params);

    const { effectiveCount, sumSq, components, singularValues } = model;
    const spread = sumSq.reduce((sum, value) => sum + value, 0);
    const explainedVariance = singularValues.map((s) => (s * s) / (effectiveCount - 1));
    const left = spread / (effectiveCount - 1) - explainedVariance.reduce((sum, value) => sum + value, 0);
    const directions = model.mean.length - components.length;
    return {
      scores: scoresOf(rows, model, params.whiten),
      ...(state !== undefined && { priorScores: scoresOf(rows, state, params.whiten) }),
      components,
      explainedVariance,
      explainedVarianceRatio: singularValues.map((s) => (spread === 0 ? 0 : (s * s) / spread)),
      noiseVariance: directions === 0 ? 0 : Math.max(0, left / directions),
      mean: model.mean,
      state: {
        v: 1 as const,
        nComponents: params.nComponents,
        ...model,
        ...(scale !== undefined && { scale: [...scale] }),
      },
    };
  },
});

/** The divisors in use: those of the state, where there is one. */
function scaleOf({ state }: Input, { scale }: Params): readonly number[] | undefined {
  if (state === undefined) return scale;
  if (scale !== undefined && JSON.stringify(scale) !== JSON.stringify(state.scale))
    refuse('params.scale', 'not that of the state', JSON.stringify(state.scale) ?? 'none', scale);
  return state.scale;
}

function refuseBadShapes({ rows, state }: Input, { nComponents }: Params, scale?: readonly number[]): void {
  refuseUnlessRectangular('input.rows', rows);
  const width = rows[0].length;
  const columns = { path: 'the columns of input.rows', length: width };
  if (state === undefined) {
    if (rows.length < nComponents + 1 || width < nComponents) {
      const found = `${rows.length} rows of ${width} columns`;
      refuse(
        'params.nComponents',
        'too many for the first rows',
        `rows - 1 and columns at least that; ${found}`,
        nComponents,
      );
    }
    if (scale !== undefined) refuseUnlessAligned('params.scale', scale, columns);
    return;
  }
  if (state.nComponents !== nComponents)
    refuse('input.state.nComponents', 'not that of the params', `${nComponents}`, state.nComponents);
  const components = { path: 'params.nComponents', length: nComponents };
  refuseUnlessAligned('input.state.mean', state.mean, columns);
  refuseUnlessAligned('input.state.sumSq', state.sumSq, columns);
  refuseUnlessAligned('input.state.components', state.components, components);
  state.components.forEach((row, i) => refuseUnlessAligned(`input.state.components[${i}]`, row, columns));
  refuseUnlessAligned('input.state.singularValues', state.singularValues, components);
  if (scale !== undefined) refuseUnlessAligned('input.state.scale', scale, columns);
}

type Rows = readonly (readonly number[])[];

function firstModel(rows: Rows, { nComponents }: Params): Model & Pick<State, 'sumSq'> {
  const { mean, sumSq, centred } = columnsOf(rows);
  return { effectiveCount: rows.length, mean, sumSq, ...decompose(centred, nComponents) };
}

/** Chan, Golub & LeVeque's pooled mean and deviations; the shift of the mean is one more row of the decomposition. */
function nextModel(rows: Rows, state: State, params: Params): Model & Pick<State, 'sumSq'> {
  const batch = columnsOf(rows);
  const before = params.forget * state.effectiveCount;
  const effectiveCount = before + rows.length;
  if (!(effectiveCount > 1)) refuse('params.forget', 'too little is left', 'more than one row in all', effectiveCount);
  const pull = (before * rows.length) / effectiveCount;
  const shift = state.mean.map((old, j) => old - batch.mean[j]);

  const stacked = [
    ...state.components.map((row, i) => row.map((c) => Math.sqrt(params.forget) * state.singularValues[i] * c)),
    ...batch.centred,
    shift.map((s) => Math.sqrt(pull) * s),
  ];
  const { components, singularValues } = decompose(stacked, params.nComponents);
  return {
    effectiveCount,
    mean: state.mean.map((old, j) => (before * old + rows.length * batch.mean[j]) / effectiveCount),
    sumSq: state.sumSq.map((old, j) => params.forget * old + batch.sumSq[j] + pull * shift[j] ** 2),
    components: params.signs === 'maxAbs' ? components : components.map((row, i) => along(row, state.components[i])),
    singularValues,
  };
}

function columnsOf(rows: Rows) {
  const width = rows[0].length;
  const mean = Array.from({ length: width }, (_, j) => rows.reduce((sum, row) => sum + row[j], 0) / rows.length);
  const centred = rows.map((row) => row.map((value, j) => value - mean[j]));
  const sumSq = mean.map((_, j) => centred.reduce((sum, row) => sum + row[j] ** 2, 0));
  return { mean, centred, sumSq };
}

/** The first right singular vectors, their largest entry (the first on ties) positive, and singular values. */
function decompose(rows: number[][], count: number): Pick<Model, 'components' | 'singularValues'> {
  const largest = rows.reduce((most, row) => row.reduce((max, value) => Math.max(max, Math.abs(value)), most), 0);
  // Whatever is not finite would keep the iteration from ever ending, and so might what underflows: entries are scaled
  // to at most 1, and what is far below rounding there counts as 0.
  if (!Number.isFinite(largest)) refuse('input.rows', 'too large to compute with', 'numbers whose sums are finite');
  const unit = largest === 0 ? 1 : largest;
  const scaled = rows.map((row) => row.map((value) => (Math.abs(value / unit) < 1e-100 ? 0 : value / unit)));
  const { rightSingularVectors, diagonal } = new SingularValueDecomposition(new Matrix(scaled), {
    computeLeftSingularVectors: false,
    autoTranspose: true,
  });
  const columns = rightSingularVectors.transpose().to2DArray().slice(0, count);
  if (columns.length < count || diagonal.length < count)
    refuse('input.rows', 'too few singular values', `${count}`, diagonal.length);
  return {
    components: columns.map(withLargestPositive),
    singularValues: diagonal.slice(0, count).map((value) => value * unit),
  };
}

function withLargestPositive(row: number[]): number[] {
  const largest = row.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return signed(row, largest < 0);
}

function along(row: number[], old: readonly number[]): number[] {
  return signed(row, row.reduce((sum, value, j) => sum + value * old[j], 0) < 0);
}

// Adding 0 turns -0, which JSON does not keep, into 0.
const signed = (row: number[], flips: boolean) => row.map((value) => (flips ? -value : value) + 0);

function scoresOf(
  rows: Rows,
  { mean, components, singularValues, effectiveCount }: Model,
  whiten: boolean,
): number[][] {
  const variances = singularValues.map((s) => (s * s) / (effectiveCount - 1));
  const negligible = 1e-24 * Math.max(...variances);
  return rows.map((row) =>
    components.map((component, i) => {
      const score = component.reduce((sum, c, j) => sum + c * (row[j] - mean[j]), 0);
      if (!whiten) return score;
      return variances[i] <= negligible ? 0 : score / Math.sqrt(variances[i]);
    }),
  );
}
