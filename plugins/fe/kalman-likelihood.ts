import { nelderMead } from '../../core/math/nelder-mead.ts';
import { diffuseBelief, isDiffuse, type NoiseVariances, predict, update, updateDiffuse } from './kalman-filter.ts';
import type { Observations } from './kalman-pass.ts';

export type VarianceName = keyof NoiseVariances;

/** Variances by name, those that are not zero, and the concentrated log likelihood there. */
export type Estimate = Readonly<{ noise: NoiseVariances; active: readonly VarianceName[]; logLik: number }>;

const gridStep = 4;
const gridEdge = 16;
const farthest = 40;
const smallestVariance = 1e-300;

/**
 * Maximum likelihood variances by the concentrated diffuse likelihood (Durbin & Koopman 2012, sec. 2.10, 7.2): every
 * set of variances that may be positive is tried, its ratios to the first of them searched from a grid, and the
 * smallest set within 1e-6 of the best log likelihood is taken, so that a variance at its bound is exactly 0.
 * Undefined where the series does not vary.
 */
export function estimateNoise(observations: Observations, names: readonly VarianceName[]): Estimate | undefined {
  const estimates = subsetsOf(names).flatMap((active) => estimateSubset(observations, active, names) ?? []);
  if (estimates.length === 0) return undefined;
  const best = Math.max(...estimates.map(({ logLik }) => logLik));
  const good = estimates.filter(({ logLik }) => logLik >= best - 1e-6);
  good.sort((a, b) => a.active.length - b.active.length || b.logLik - a.logLik);
  return good[0];
}

/** Every non-empty subset, in the order of the names. */
function subsetsOf<T>(names: readonly T[]): T[][] {
  return Array.from({ length: 2 ** names.length - 1 }, (_, index) =>
    names.filter((_name, bit) => ((index + 1) >> bit) & 1),
  );
}

function estimateSubset(
  observations: Observations,
  active: readonly VarianceName[],
  names: readonly VarianceName[],
): Estimate | undefined {
  const hasSlope = names.includes('slopeVar');
  const ratiosAt = (x: ArrayLike<number>): NoiseVariances => {
    const noise = { epsilonVar: 0, levelVar: 0, slopeVar: 0 };
    active.forEach((name, k) => (noise[name] = k === 0 ? 1 : Math.exp(clip(x[k - 1]))));
    return noise;
  };
  const likelihoodAt = (x: ArrayLike<number>) => concentrated(observations, ratiosAt(x), hasSlope);
  const cost = (x: ArrayLike<number>) => -(likelihoodAt(x)?.logLik ?? -Infinity);

  const starts = gridOf(active.length - 1)
    .map((point) => ({ point, value: cost(point) }))
    .toSorted((a, b) => a.value - b.value)
    .slice(0, 3);
  const search = { step: 1, pointTolerance: 1e-9, valueTolerance: 1e-12, maxEvaluations: 1_000 };
  const ends = active.length === 1 ? starts : starts.map(({ point }) => nelderMead(cost, point, search));
  const { point } = ends.reduce((best, end) => (end.value < best.value ? end : best));
  const found = likelihoodAt(point);
  if (found === undefined) return undefined;
  const { epsilonVar, levelVar, slopeVar } = ratiosAt(point);
  const { scale } = found;
  return {
    noise: { epsilonVar: scale * epsilonVar, levelVar: scale * levelVar, slopeVar: scale * slopeVar },
    active,
    logLik: found.logLik,
  };
}

/** {-16, -12, …, 16} in every coordinate. */
function gridOf(dimensions: number): number[][] {
  const axis = Array.from({ length: (2 * gridEdge) / gridStep + 1 }, (_, i) => i * gridStep - gridEdge);
  let points: number[][] = [[]];
  for (let d = 0; d < dimensions; d++) points = points.flatMap((point) => axis.map((x) => [...point, x]));
  return points;
}

const clip = (x: number) => Math.min(farthest, Math.max(-farthest, x));

/** Log likelihood with the scale of all variances at its maximum; undefined where that is 0, or an innovation has none. */
function concentrated({ series, observed }: Observations, ratios: NoiseVariances, hasSlope: boolean) {
  const belief = diffuseBelief(hasSlope);
  const told = { value: 0, variance: 0, gain: 0 };
  let [count, squares, logs, diffuseLogs, nObserved] = [0, 0, 0, 0, 0];
  for (let t = 0; t < series.length; t++) {
    if (observed === undefined || observed[t]) {
      if (isDiffuse(belief)) {
        const rule = { epsilonVar: ratios.epsilonVar, leavesSlope: hasSlope && nObserved === 0 };
        diffuseLogs += Math.log(2 * Math.PI) + Math.log(updateDiffuse(belief, series[t], rule));
      } else {
        update(belief, series[t], ratios.epsilonVar, told);
        if (!(told.variance > 0)) return undefined;
        squares += (told.value * told.value) / told.variance;
        logs += Math.log(told.variance);
        count += 1;
      }
      nObserved += 1;
    }
    predict(belief, ratios);
  }
  const scale = squares / count;
  if (!(scale > smallestVariance)) return undefined;
  const logLik = -(count / 2) * (Math.log(2 * Math.PI) + 1 + Math.log(scale)) - 0.5 * (logs + diffuseLogs);
  return { scale, logLik };
}
