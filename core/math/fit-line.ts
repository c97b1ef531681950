/** y = intercept + slope x by least squares; r2 is the squared correlation, 0 where y does not vary. */
export type Line = Readonly<{ slope: number; intercept: number; r2: number }>;

/** The line through points; undefined where x does not vary (by more than rounding). */
export function fitLine(x: ArrayLike<number>, y: ArrayLike<number>): Line | undefined {
  const count = x.length;
  let meanX = 0;
  let meanY = 0;
  let largest = 0;
  for (let i = 0; i < count; i++) {
    meanX += x[i] / count;
    meanY += y[i] / count;
    largest = Math.max(largest, Math.abs(x[i]));
  }
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = 0; i < count; i++) {
    xx += (x[i] - meanX) ** 2;
    xy += (x[i] - meanX) * (y[i] - meanY);
    yy += (y[i] - meanY) ** 2;
  }
  if (!(xx > 1e-24 * largest * largest * count)) return undefined;
  const slope = xy / xx;
  return { slope, intercept: meanY - slope * meanX, r2: yy > 0 ? (xy * xy) / (xx * yy) : 0 };
}
