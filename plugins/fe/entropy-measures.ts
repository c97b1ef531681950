import { quantileSorted } from '../../core/math/quantile.ts';

/** Histogram entropy over equal bins between the smallest and largest value. Shannon (1948); bias by Miller (1955). */
export function shannonEntropy(x: Float64Array, bins: number) {
  const counts = Array<number>(bins).fill(0);
  let [low, high] = [Infinity, -Infinity];
  for (const value of x) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const spread = high - low;
  for (const value of x) {
    const bin = spread > 0 ? Math.min(bins - 1, Math.floor(((value - low) / spread) * bins)) : 0;
    counts[bin] += 1;
  }
  const bits = bitsOf(counts, x.length);
  const occupied = counts.filter((count) => count > 0).length;
  return {
    bits,
    normalized: bits / Math.log2(bins),
    counts,
    millerMadowBits: bits + (occupied - 1) / (2 * x.length * Math.LN2),
  };
}

/** Entropy in bits of counts that sum to `total`. */
function bitsOf(counts: Iterable<number>, total: number): number {
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  // A single cell gives -0.
  return bits + 0;
}

export type Matching = Readonly<{ order: number; tolerance: number }>;

/**
 * Approximate entropy in nats: how much less likely runs of order + 1 values are to stay close than runs of `order`.
 * Pincus (1991): self-matches count, distances are the largest of the coordinates, at most the tolerance.
 */
export function approximateEntropy(x: Float64Array, matching: Matching): number {
  const { order, tolerance } = matching;
  const longer = x.length - order;
  const [short, long] = [new Int32Array(longer + 1).fill(1), new Int32Array(longer).fill(1)];
  for (let i = 0; i < longer; i++) {
    for (let j = i + 1; j <= longer; j++) {
      if (!isClose(x, i, j, matching)) continue;
      short[i] += 1;
      short[j] += 1;
      if (j === longer || Math.abs(x[i + order] - x[j + order]) > tolerance) continue;
      long[i] += 1;
      long[j] += 1;
    }
  }
  return meanLogShare(short) - meanLogShare(long);
}

function isClose(x: Float64Array, i: number, j: number, { order, tolerance }: Matching): boolean {
  for (let k = 0; k < order; k++) if (Math.abs(x[i + k] - x[j + k]) > tolerance) return false;
  return true;
}

function meanLogShare(counts: Int32Array): number {
  let sum = 0;
  for (const count of counts) sum += Math.log(count / counts.length);
  return sum / counts.length;
}

/**
 * Sample entropy in nats: -ln of the share of pairs of close runs of `order` values whose next values are close too.
 * Richman & Moorman (2000): no self-matches. No value where there are no such pairs: it is undefined then.
 */
export function sampleEntropy(x: Float64Array, matching: Matching) {
  const { order, tolerance } = matching;
  const starts = x.length - order;
  let [matchesM, matchesM1] = [0, 0];
  for (let i = 0; i < starts; i++) {
    for (let j = i + 1; j < starts; j++) {
      if (!isClose(x, i, j, matching)) continue;
      matchesM += 1;
      if (Math.abs(x[i + order] - x[j + order]) <= tolerance) matchesM1 += 1;
    }
  }
  // + 0, as the logarithm of 1 would be -0.
  return { ...(matchesM1 > 0 && { value: -Math.log(matchesM1 / matchesM) + 0 }), matchesM, matchesM1 };
}

export type Ordinal = Readonly<{ permOrder: number; permDelay: number }>;

/** Entropy of the order patterns of runs. Bandt & Pompe (2002); equal values count as rising. */
export function permutationEntropy(x: Float64Array, { permOrder, permDelay }: Ordinal) {
  const runs = x.length - (permOrder - 1) * permDelay;
  const found = new Map<number, number>();
  const places = new Int8Array(permOrder);
  for (let i = 0; i < runs; i++) {
    const key = orderKey(x, i, permDelay, places);
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  const bits = bitsOf(found.values(), runs);
  let patternsInAll = 1;
  for (let k = 2; k <= permOrder; k++) patternsInAll *= k;
  const named = [...found].map(([key, count]) => [String(key).padStart(permOrder, '0'), count] as const);
  named.sort(([a], [b]) => (a < b ? -1 : 1));
  return { bits, normalized: bits / Math.log2(patternsInAll), patterns: Object.fromEntries(named) };
}

/** The stable ascending argsort of a run, as the decimal digits of a number. */
function orderKey(x: Float64Array, start: number, delay: number, places: Int8Array): number {
  for (let k = 0; k < places.length; k++) {
    const value = x[start + k * delay];
    let at = k;
    for (; at > 0 && x[start + places[at - 1] * delay] > value; at--) places[at] = places[at - 1];
    places[at] = k;
  }
  let key = 0;
  for (const place of places) key = key * 10 + place;
  return key;
}

export type Encoding = Readonly<{ encoding: 'median' | 'sign' | 'quantile'; alphabet: number }>;

/** Symbols of a series, one digit a value. */
export function encode(x: Float64Array, { encoding, alphabet }: Encoding): Uint8Array {
  if (encoding === 'sign') return Uint8Array.from(x, (value) => (value > 0 ? 1 : 0));
  const sorted = x.toSorted();
  const parts = encoding === 'median' ? 2 : alphabet;
  const edges = Array.from({ length: parts - 1 }, (_, j) => quantileSorted(sorted, (j + 1) / parts));
  return Uint8Array.from(x, (value) => edges.filter((edge) => edge < value).length);
}
