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
  /** Filtered values at every bar, from `offset` on with a finite variance. */
  level: Float64Array;
  levelVar: Float64Array;
  slope: Float64Array;
  slopeVar: Float64Array;
  innovations: { index: number[]; value: number[]; variance: number[]; gain: number[] };
  logLik: number;
  nObserved: number;
  /** The prediction for the bar after the last. */
  next: Belief;
  /** The predicted belief of every bar, as a smoother needs them; empty unless asked for. */
  predicted: Float64Array;
}>;

const ln2Pi = Math.log(2 * Math.PI);

/** One forward pass. `failAt` is called with the bar whose innovation has no variance. */
export function filterPass(
  { series, observed }: Observations,
  noise: NoiseVariances,
  { start, keepsPredicted, failAt }: { start: Start; keepsPredicted: boolean; failAt: (bar: number) => never },
): Pass {
  const n = series.length;
  const belief = { ...start.belief };
  const told = { value: 0, variance: 0, gain: 0 };
  const [level, levelVar, slope, slopeVar] = Array.from({ length: 4 }, () => new Float64Array(n));
  const innovations: Pass['innovations'] = { index: [], value: [], variance: [], gain: [] };
  const predicted = new Float64Array(keepsPredicted ? n * fields.length : 0);
  let { logLik, nObserved } = start;
  let offset = n;

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
        innovations.index.push(t);
        innovations.value.push(told.value);
        innovations.variance.push(told.variance);
        innovations.gain.push(told.gain);
      }
      nObserved += 1;
    }
    if (offset === n && !isDiffuse(belief)) offset = t;
    level[t] = belief.level;
    levelVar[t] = belief.levelVar;
    slope[t] = belief.slope;
    slopeVar[t] = belief.slopeVar;
    predict(belief, noise);
  }
  return { offset, level, levelVar, slope, slopeVar, innovations, logLik, nObserved, next: belief, predicted };
}

function store(predicted: Float64Array, bar: number, belief: Belief): void {
  for (let k = 0; k < fields.length; k++) predicted[bar * fields.length + k] = belief[fields[k]];
}

/** The belief of a bar that `filterPass` kept, written into `belief`. */
export function readPredicted(predicted: Float64Array, bar: number, belief: Belief): void {
  for (let k = 0; k < fields.length; k++) belief[fields[k]] = predicted[bar * fields.length + k];
}
