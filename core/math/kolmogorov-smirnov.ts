/** The largest gap between two empirical distributions, counted in integers so that equal gaps are equal. */
export type KsGap = Readonly<{
  /** Gap x m x n. */
  steps: number;
  /** Smallest value at which the gap is reached. */
  location: number;
  /** +1: the first sample's distribution lies above there, so the second one's values are larger. */
  sign: 1 | -1;
}>;

/** Two-sample Kolmogorov-Smirnov gap of samples in rising order (m and n values). */
export function ksGap(first: Float64Array, second: Float64Array): KsGap {
  const m = first.length;
  const n = second.length;
  const above = { steps: 0, location: Math.min(first[0], second[0]) };
  const below = { steps: 0, location: above.location };
  let i = 0;
  let j = 0;
  while (i < m || j < n) {
    const value = j === n || (i < m && first[i] <= second[j]) ? first[i] : second[j];
    while (i < m && first[i] === value) i++;
    while (j < n && second[j] === value) j++;
    const difference = n * i - m * j;
    if (difference > above.steps) [above.steps, above.location] = [difference, value];
    if (-difference > below.steps) [below.steps, below.location] = [-difference, value];
  }
  return below.steps > above.steps ? { ...below, sign: -1 } : { ...above, sign: 1 };
}

/**
 * P(gap >= steps) for samples of m and n values without ties, by counting lattice paths: Hodges (1958); conservative
 * with ties. m x n steps of work, one row of memory.
 */
export function ksExactTail(steps: number, m: number, n: number): number {
  const row = new Float64Array(n + 1); // share of the paths to (i, j) that stayed inside
  row[0] = 1;
  for (let j = 1; j <= n; j++) row[j] = j * m >= steps ? 0 : row[j - 1];
  for (let i = 1; i <= m; i++) {
    row[0] = i * n >= steps ? 0 : row[0];
    for (let j = 1; j <= n; j++) {
      row[j] = Math.abs(i * n - j * m) >= steps ? 0 : (row[j] * i + row[j - 1] * j) / (i + j);
    }
  }
  return Math.min(1, Math.max(0, 1 - row[n]));
}

/** P(gap >= statistic) from the limiting distribution with Stephens' (1970) correction for finite samples. */
export function ksAsymptoticTail(statistic: number, m: number, n: number): number {
  const effective = Math.sqrt((m * n) / (m + n));
  const scaled = (effective + 0.12 + 0.11 / effective) * statistic;
  if (scaled < 0.2) return 1;
  let tail = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * scaled * scaled);
    tail += k % 2 === 1 ? 2 * term : -2 * term;
    if (term < 1e-16) break;
  }
  return Math.min(1, Math.max(0, tail));
}
