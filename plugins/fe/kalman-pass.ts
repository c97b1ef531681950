import { numberList } from '../../core/math/copies.ts';
import { type Belief, isDiffuse, type NoiseVariances, predict, update, updateDiffuse } from './kalman-filter.ts';

/** A series with gaps (observed[i] false: the value there is ignored). */
export type Observations = Readonly<{ series: readonly number[]; observed: readonly boolean[] | undefined }>;

export type Start = Readonly<{ belief: Belief; nObserved: number; logLik: number; hasSlope: boolean }>;

/** Fields of a belief, in the order in which `predicted` of a pass holds them. */
const fields = [
  'level',
  'slope',
  'levelVar',
  'cross',
  'slopeVar',
  'diffuseLevel',
  'diffuseCross',
  'diffuseSlope',
] as const satisfies readonly (keyof Belief)[];

export type Pass = Readonly<{
  /** First bar after which nothing is diffuse any more; the length of the series if there is none. */
  offset: number;
  /** Filtered values from `offset` on, where every variance is finite. */
  level: number[];
  levelVar: number[];
  slope: number[];
  slopeVar: number[];
  /** Errors of the one-bar forecast, and what the level took of them, at the observed bars `index`. */
  innovations: { index: number[]; value: number[]; variance: number[]; standardized: number[] };
  gain: number[];
  logLik: number;
  nObserved: number;
  /** The prediction for the bar after the last. */
  next: Belief;
  /** The predicted belief of every bar, as a smoother needs them; empty unless asked for. */
  predicted: Float64Array;
}>;

const ln2Pi = Math.log(2 * Math.PI);

type Rule = Readonly<{ start: Start; keepsPredicted: boolean; failAt: (bar: number) => never }>;

/**
 * One forward pass. `failAt` is called with the bar whose innovation has no variance. Writes plain lists, of their final
 * length from the start: copying typed arrays took longer than the recursion.
 */
export function filterPass({ series, observed }: Observations, noise: NoiseVariances, rule: Rule): Pass {
  const { start, keepsPredicted, failAt } = rule;
  const n = series.length;
  const belief = { ...start.belief };
  const told = { value: 0, variance: 0, gain: 0 };
  const [level, levelVar] = [numberList(n), numberList(n)];
  const [slope, slopeVar] = start.hasSlope ? [numberList(n), numberList(n)] : [[], []];
  const [index, value, variance] = [Array<number>(n), numberList(n), numberList(n)];
  const [standardized, gain] = [numberList(n), numberList(n)];
  const predicted = new Float64Array(keepsPredicted ? n * fields.length : 0);
  let { logLik, nObserved } = start;
  let offset = n;
  let innovations = 0;

  for (let t = 0; t < n; t++) {
    if (keepsPredicted) store(predicted, t, belief);
    if (observed === undefined || observed[t]) {
      if (isDiffuse(belief)) {
        const leavesSlope = start.hasSlope && nObserved === 0;
        const fi = updateDiffuse(belief, series[t], { epsilonVar: noise.epsilonVar, leavesSlope });
        logLik -= 0.5 * (ln2Pi + Math.log(fi));
      } else {
        update(belief, series[t], noise.epsilonVar, told);
        if (!(told.variance > 0)) failAt(t);
        logLik -= 0.5 * (ln2Pi + Math.log(told.variance) + (told.value * told.value) / told.variance);
        index[innovations] = t;
        value[innovations] = told.value;
        variance[innovations] = told.variance;
        standardized[innovations] = told.value / Math.sqrt(told.variance);
        gain[innovations] = told.gain;
        innovations += 1;
      }
      nObserved += 1;
    }
    if (offset === n && !isDiffuse(belief)) offset = t;
    if (offset < n) {
      level[t - offset] = belief.level;
      levelVar[t - offset] = belief.levelVar;
      if (start.hasSlope) {
        slope[t - offset] = belief.slope;
        slopeVar[t - offset] = belief.slopeVar;
      }
    }
    predict(belief, noise);
  }
  cut([level, levelVar, ...(start.hasSlope ? [slope, slopeVar] : [])], n - offset);
  cut([index, value, variance, standardized, gain], innovations);
  return {
    offset,
    level,
    levelVar,
    slope,
    slopeVar,
    innovations: { index, value, variance, standardized },
    gain,
    logLik,
    nObserved,
    next: belief,
    predicted,
  };
}

function cut(lists: readonly number[][], length: number): void {
  for (const list of lists) if (list.length !== length) list.length = length;
}

function store(predicted: Float64Array, bar: number, belief: Belief): void {
  for (let k = 0; k < fields.length; k++) predicted[bar * fields.length + k] = belief[fields[k]];
}

/** The belief of a bar that `filterPass` kept, written into `belief`. */
export function readPredicted(predicted: Float64Array, bar: number, belief: Belief): void {
  for (let k = 0; k < fields.length; k++) belief[fields[k]] = predicted[bar * fields.length + k];
}
