/**
 * The x at which a cumulative distribution reaches `probability` (strictly between 0 and 1): doubles the bracket until
 * it holds the answer, then halves it down to neighbouring numbers. As exact as the distribution itself.
 *
 * @param low an x at which `cdf` is not above `probability`, or -Infinity to look for one below 0
 */
export function invertCdf(cdf: (x: number) => number, probability: number, low = -Infinity): number {
  let below = Number.isFinite(low) ? low : -1;
  while (!Number.isFinite(low) && cdf(below) > probability) below *= 2;
  let above = Math.max(1, below + 1);
  while (cdf(above) < probability) above *= 2;
  for (;;) {
    const middle = below + (above - below) / 2;
    if (middle <= below || middle >= above) return middle;
    if (cdf(middle) < probability) below = middle;
    else above = middle;
  }
}
