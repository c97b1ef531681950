import { type Belief, diffuseBelief, isDiffuse } from './kalman-filter.ts';
import { type Observations, type Pass, readPredicted } from './kalman-pass.ts';

export type Smoothed = Readonly<Record<'level' | 'levelVar' | 'slope' | 'slopeVar', number[]>>;

/** A 2 x 2 matrix by rows, and a 2-vector. */
type Matrix = readonly [number, number, number, number];
type Vector = readonly [number, number];

/** What the bars after t say about the state at t: scores r and their variances N, by order of the diffuse expansion. */
type Backward = { r0: Vector; r1: Vector; n0: Matrix; n1: Matrix; n2: Matrix };

const none: Matrix = [0, 0, 0, 0];
const transition: Matrix = [1, 1, 0, 1];

/**
 * The fixed-interval smoother: level and slope at each bar given the whole series. De Jong's backward form (Durbin &
 * Koopman 2012, sec. 4.4, diffuse steps 5.3): it equals Rauch, Tung & Striebel (1965) where that exists, and needs no
 * inverse of P, so variances of 0 are fine.
 */
export function smooth(observations: Observations, epsilonVar: number, { predicted }: Pass): Smoothed {
  const n = observations.series.length;
  const out = { level: Array(n), levelVar: Array(n), slope: Array(n), slopeVar: Array(n) } as Record<
    keyof Smoothed,
    number[]
  >;
  const belief = diffuseBelief(true);
  const later: Backward = { r0: [0, 0], r1: [0, 0], n0: none, n1: none, n2: none };

  for (let t = n - 1; t >= 0; t--) {
    readPredicted(predicted, t, belief);
    stepBack(later);
    if (observations.observed?.[t] ?? true) {
      if (isDiffuse(belief)) learnDiffuse(later, belief, observations.series[t], epsilonVar);
      else learn(later, belief, observations.series[t], epsilonVar);
    }
    write(out, t, belief, later);
  }
  return out;
}

/** r = T'r, N = T'N T. */
function stepBack(later: Backward): void {
  later.r0 = [later.r0[0], later.r0[0] + later.r0[1]];
  later.n0 = congruent(transition, later.n0);
  if (later.n1 === none && later.n2 === none) return;
  later.r1 = [later.r1[0], later.r1[0] + later.r1[1]];
  later.n1 = congruent(transition, later.n1);
  later.n2 = congruent(transition, later.n2);
}

function learn(later: Backward, { level, levelVar, cross }: Belief, y: number, epsilonVar: number): void {
  const fs = levelVar + epsilonVar;
  const l: Matrix = [1 - levelVar / fs, 0, -cross / fs, 1];
  later.r0 = add(timesTransposed(l, later.r0), [(y - level) / fs, 0]);
  later.n0 = sum(congruent(l, later.n0), [1 / fs, 0, 0, 0]);
}

function learnDiffuse(later: Backward, belief: Belief, y: number, epsilonVar: number): void {
  const { level, levelVar, cross, diffuseLevel: fi, diffuseCross } = belief;
  const { r0, r1, n0, n1, n2 } = later;
  const fs = levelVar + epsilonVar;
  const slopeRatio = diffuseCross / fi;
  const l0: Matrix = [0, 0, -slopeRatio, 1];
  const l1: Matrix = [(fs - levelVar) / fi, 0, (slopeRatio * fs - cross) / fi, 0];
  const mixed = product(transposed(l0), product(n1, l1));
  later.r1 = add(add(timesTransposed(l0, r1), timesTransposed(l1, r0)), [(y - level) / fi, 0]);
  later.r0 = timesTransposed(l0, r0);
  later.n2 = [
    [-fs / (fi * fi), 0, 0, 0] as const,
    congruent(l0, n2),
    mixed,
    transposed(mixed),
    congruent(l1, n0),
  ].reduce(sum);
  later.n1 = [[1 / fi, 0, 0, 0] as const, congruent(l0, n1), product(transposed(l1), product(n0, l0))].reduce(sum);
  later.n0 = congruent(l0, n0);
}

function write(out: Record<keyof Smoothed, number[]>, t: number, belief: Belief, later: Backward): void {
  const p: Matrix = [belief.levelVar, belief.cross, belief.cross, belief.slopeVar];
  let shift = times(p, later.r0);
  let taken = congruent(p, later.n0);
  if (isDiffuse(belief)) {
    const d: Matrix = [belief.diffuseLevel, belief.diffuseCross, belief.diffuseCross, belief.diffuseSlope];
    const both = product(product(d, later.n1), p);
    shift = add(shift, times(d, later.r1));
    taken = [taken, both, transposed(both), congruent(d, later.n2)].reduce(sum);
  }
  out.level[t] = belief.level + shift[0];
  out.slope[t] = belief.slope + shift[1];
  // Rounding may leave a value that is known for sure a hair under 0.
  out.levelVar[t] = Math.max(0, p[0] - taken[0]);
  out.slopeVar[t] = Math.max(0, p[3] - taken[3]);
}

const add = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1]];
const sum = (a: Matrix, b: Matrix): Matrix => [a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]];
const transposed = (a: Matrix): Matrix => [a[0], a[2], a[1], a[3]];
const times = (a: Matrix, v: Vector): Vector => [a[0] * v[0] + a[1] * v[1], a[2] * v[0] + a[3] * v[1]];
const timesTransposed = (a: Matrix, v: Vector): Vector => [a[0] * v[0] + a[2] * v[1], a[1] * v[0] + a[3] * v[1]];
const product = (a: Matrix, b: Matrix): Matrix => [
  a[0] * b[0] + a[1] * b[2],
  a[0] * b[1] + a[1] * b[3],
  a[2] * b[0] + a[3] * b[2],
  a[2] * b[1] + a[3] * b[3],
];
/** A'N A. */
const congruent = (a: Matrix, n: Matrix): Matrix => product(transposed(a), product(n, a));
