/** Variances of a local level (slopeVar 0) or local linear trend model, in (unit of series)^2 per bar. */
export type NoiseVariances = Readonly<{ epsilonVar: number; levelVar: number; slopeVar: number }>;

/**
 * What is known of (level, slope) at a bar: mean, covariance P and its diffuse part Pinf, both symmetric 2 x 2.
 * A local level is the same with a slope that is 0 for sure, so one set of unrolled formulas serves both models.
 */
export type Belief = {
  level: number;
  slope: number;
  levelVar: number;
  cross: number;
  slopeVar: number;
  diffuseLevel: number;
  diffuseCross: number;
  diffuseSlope: number;
};

/** What one observed value told: the forecast error, its variance, and the share of it that the level took. */
export type Innovation = { value: number; variance: number; gain: number };

export const isDiffuse = (belief: Belief): boolean => belief.diffuseLevel !== 0 || belief.diffuseSlope !== 0;

/**
 * Updates a belief whose diffuse part is zero by the value `y`: Durbin & Koopman (2012) sec. 4.3. The variance of the
 * innovation has to be above 0; the caller looks at it, and the belief is not to be used if it isn't.
 */
export function update(belief: Belief, y: number, epsilonVar: number, told: Innovation): void {
  const { levelVar, cross } = belief;
  const variance = levelVar + epsilonVar;
  const value = y - belief.level;
  const levelGain = levelVar / variance;
  const slopeGain = cross / variance;
  belief.level += levelGain * value;
  belief.slope += slopeGain * value;
  // P - Ms Ms'/Fs, its first row without the subtraction: P00 - P00 P00/Fs = h P00/Fs.
  belief.levelVar = epsilonVar * levelGain;
  belief.cross = epsilonVar * slopeGain;
  belief.slopeVar -= cross * slopeGain;
  told.value = value;
  told.variance = variance;
  told.gain = levelGain;
}

/**
 * Updates a belief with a diffuse part by `y`: sec. 5.2. Returns the diffuse variance of the value, Fi. `leavesSlope`
 * says that this is the first value of a trend: the diffuse part left is then exactly 1/Fi of the slope. Subtracting
 * would leave rounding noise after a long gap, which would pass for another diffuse direction.
 */
export function updateDiffuse(belief: Belief, y: number, rule: { epsilonVar: number; leavesSlope: boolean }): number {
  const { levelVar, cross, diffuseLevel: fi } = belief;
  const value = y - belief.level;
  const slopeRatio = belief.diffuseCross / fi;
  belief.level += value;
  belief.slope += slopeRatio * value;
  belief.levelVar = rule.epsilonVar;
  belief.cross = slopeRatio * rule.epsilonVar;
  belief.slopeVar += slopeRatio * (slopeRatio * (levelVar + rule.epsilonVar) - 2 * cross);
  belief.diffuseLevel = 0;
  belief.diffuseCross = 0;
  belief.diffuseSlope = rule.leavesSlope ? 1 / fi : 0;
  return fi;
}

/** Moves a belief to the next bar: level + slope, then the noise of both. */
export function predict(belief: Belief, noise: NoiseVariances): void {
  belief.level += belief.slope;
  belief.levelVar += 2 * belief.cross + belief.slopeVar + noise.levelVar;
  belief.cross += belief.slopeVar;
  belief.slopeVar += noise.slopeVar;
  if (!isDiffuse(belief)) return;
  belief.diffuseLevel += 2 * belief.diffuseCross + belief.diffuseSlope;
  belief.diffuseCross += belief.diffuseSlope;
}

/** The belief before any value: nothing known of the level, nor of the slope where the model has one. */
export function diffuseBelief(hasSlope: boolean): Belief {
  return {
    level: 0,
    slope: 0,
    levelVar: 0,
    cross: 0,
    slopeVar: 0,
    diffuseLevel: 1,
    diffuseCross: 0,
    diffuseSlope: hasSlope ? 1 : 0,
  };
}
