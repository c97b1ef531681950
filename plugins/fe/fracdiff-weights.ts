/** How a series is differenced: order d, the size under which weights end the window, and whether the rest is moved. */
export type Differencing = Readonly<{ d: number; threshold: number; correction: 'none' | 'zeroSum' }>;

/** Longest window there is; a threshold that needs more is refused. */
export const widestWindow = 1_000_000;

/** Number of weights of at least the threshold, at most one more than `widestWindow`. */
export function widthOf({ d, threshold }: Pick<Differencing, 'd' | 'threshold'>): number {
  let weight = 1;
  let width = 1;
  for (; width <= widestWindow; width++) {
    weight *= -(d - width + 1) / width;
    if (Math.abs(weight) < threshold) break;
  }
  return width;
}

/**
 * Weights of fractional differencing, [0] on the newest value: Hosking (1981), eq. 2.3, cut where they fall under the
 * threshold. zeroSum moves what the cut left of the unit root onto the last weight. `weightSum` is that rest.
 */
export function weightsOf(differencing: Differencing): Readonly<{ weights: Float64Array; weightSum: number }> {
  const weights = new Float64Array(widthOf(differencing));
  weights[0] = 1;
  for (let k = 1; k < weights.length; k++) weights[k] = (-weights[k - 1] * (differencing.d - k + 1)) / k;
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0);
  if (differencing.correction === 'zeroSum' && weights.length > 1) weights[weights.length - 1] -= weightSum;
  return { weights, weightSum };
}

/** y_t = sum of weights[k] x_{t-k}, from the first t that has all of them; empty where none has. */
export function difference(x: Float64Array, weights: Float64Array): Float64Array {
  const width = weights.length;
  const y = new Float64Array(Math.max(0, x.length - width + 1));
  // Four values side by side, as each sum waits for its last term; the order of its terms stays.
  let i = 0;
  for (; i + 3 < y.length; i += 4) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let k = 0, at = i + width - 1; k < width; k++, at--) {
      const weight = weights[k];
      a += weight * x[at];
      b += weight * x[at + 1];
      c += weight * x[at + 2];
      d += weight * x[at + 3];
    }
    y[i] = a;
    y[i + 1] = b;
    y[i + 2] = c;
    y[i + 3] = d;
  }
  for (; i < y.length; i++) {
    const newest = i + width - 1;
    let sum = 0;
    for (let k = 0; k < width; k++) sum += weights[k] * x[newest - k];
    y[i] = sum;
  }
  return y;
}
