/** An orthogonal wavelet: low- and high-pass filters of analysis, reversed for synthesis. */
export type Wavelet = Readonly<{ low: Float64Array; high: Float64Array }>;

/** Daubechies (1992), table 6.1, N = 4, as PyWavelets lists it; Haar is N = 1. */
const lowPass = {
  db4: [
    -0.010597401785069032, 0.0328830116668852, 0.030841381835560764, -0.18703481171909309, -0.027983769416859854,
    0.6308807679298589, 0.7148465705529157, 0.2303778133088965,
  ],
  haar: [Math.SQRT1_2, Math.SQRT1_2],
};

export type WaveletName = keyof typeof lowPass;

const waveletOf = (low: readonly number[]): Wavelet => ({
  low: Float64Array.from(low),
  high: Float64Array.from(low, (_, k) => (k % 2 === 0 ? -1 : 1) * low[low.length - 1 - k]),
});

export const wavelets: Readonly<Record<WaveletName, Wavelet>> = {
  db4: waveletOf(lowPass.db4),
  haar: waveletOf(lowPass.haar),
};

/** The largest J with (F-1) 2^J <= length: beyond it every coefficient sees a border. 0 if there is none. */
export function largestLevel(length: number, { low }: Wavelet): number {
  let level = 0;
  while ((low.length - 1) * 2 ** (level + 1) <= length) level += 1;
  return level;
}

/** Approximations and details from the finest to the coarsest; what a transform writes and may write again. */
export type Decomposition = Readonly<{
  approximations: readonly Float64Array[];
  details: readonly Float64Array[];
  /** Room for the sizes of the finest details. */
  sizes: Float64Array;
}>;

/** Room for the transforms of series of one length: a moving window uses it again and again. */
export function roomFor(length: number, { low }: Wavelet, level: number): Decomposition {
  const sizes: number[] = [];
  for (let j = 0; j < level; j++) sizes.push(((sizes.at(-1) ?? length) + low.length - 1) >> 1);
  return {
    approximations: sizes.map((size) => new Float64Array(size)),
    details: sizes.map((size) => new Float64Array(size)),
    sizes: new Float64Array(sizes[0] ?? 0),
  };
}

/**
 * Discrete wavelet transform with half-sample symmetric borders, as pywt.wavedec(…, mode='symmetric'), into `room`.
 * Where only the values of the series from `from` on will be wanted back, what those do not need is not written, but
 * for the finest details: the noise is estimated from all of them.
 */
export function decompose(
  x: Float64Array,
  wavelet: Wavelet,
  { room, from }: Readonly<{ room: Decomposition; from: number }>,
) {
  const taps = wavelet.low.length;
  const { approximations, details } = room;
  const needed = approximations.map((_, j) => from >> (j + 1));
  for (let j = needed.length - 2; j >= 0; j--)
    needed[j] = Math.max(0, Math.min(needed[j], 2 * needed[j + 1] + 2 - taps, approximations[j].length - taps + 1));

  for (let j = 0; j < approximations.length; j++) {
    const finer = j === 0 ? x : approximations[j - 1];
    filter(finer, wavelet.high, { into: details[j], from: j === 0 ? 0 : needed[j] });
    filter(finer, wavelet.low, { into: approximations[j], from: needed[j] });
  }
}

/** Both filters of one level at every value of a series, before every second one is left out. */
export type FilteredLevel = Readonly<{ low: Float64Array; high: Float64Array }>;

/**
 * The filters of every level at each value of a series that has the past for it (0 elsewhere): the transform without
 * decimation (Shensa 1992). Windows that overlap find in it what no border of theirs touches, to the last bit.
 */
export function filterAll(x: Float64Array, wavelet: Wavelet, level: number): readonly FilteredLevel[] {
  const levels: FilteredLevel[] = [];
  for (let j = 0; j < level; j++) {
    const finer = levels.at(-1)?.low ?? x;
    levels.push({ low: spread(finer, wavelet.low, 2 ** j), high: spread(finer, wavelet.high, 2 ** j) });
  }
  return levels;
}

/** y_i = sum of taps[j] x[i - j step], from where the past is long enough. */
function spread(x: Float64Array, taps: Float64Array, step: number): Float64Array {
  const out = new Float64Array(x.length);
  for (let i = (taps.length - 1) * step; i < x.length; i++) {
    let sum = 0;
    for (let j = 0, at = i; j < taps.length; j++, at -= step) sum += taps[j] * x[at];
    out[i] = sum;
  }
  return out;
}

/** into_k = sum of taps[j] x[2k+1-j], from k = `from` on. */
function filter(x: Float64Array, taps: Float64Array, { into, from }: Readonly<{ into: Float64Array; from: number }>) {
  const [count, size] = [taps.length, into.length];
  // Coefficients first..end-1 touch no border.
  const first = Math.min(size, Math.max(from, (count - 1) >> 1));
  const end = Math.max(first, x.length >> 1);
  for (let k = from; k < first; k++) into[k] = bordering(x, taps, 2 * k + 1);
  let k = first;
  // Four side by side, as each sum waits for its last term; the order of its terms stays.
  for (; k + 3 < end; k += 4) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let j = 0, at = 2 * k + 1; j < count; j++, at--) {
      const tap = taps[j];
      a += tap * x[at];
      b += tap * x[at + 2];
      c += tap * x[at + 4];
      d += tap * x[at + 6];
    }
    into[k] = a;
    into[k + 1] = b;
    into[k + 2] = c;
    into[k + 3] = d;
  }
  for (; k < size; k++) into[k] = bordering(x, taps, 2 * k + 1);
}

function bordering(x: Float64Array, taps: Float64Array, newest: number): number {
  let sum = 0;
  const inside = newest < x.length && newest >= taps.length - 1;
  if (inside) for (let j = 0; j < taps.length; j++) sum += taps[j] * x[newest - j];
  else for (let j = 0; j < taps.length; j++) sum += taps[j] * x[folded(newest - j, x.length)];
  return sum;
}

/** Index of the half-sample symmetric extension: … x1 x0 | x0 x1 … xn | xn xn-1 … */
function folded(index: number, length: number): number {
  let place = index;
  while (place < 0 || place >= length) place = place < 0 ? -1 - place : 2 * length - 1 - place;
  return place;
}

/**
 * Values `from`..`end`-1 of the series that a decomposition stands for. Each needs few coefficients of every level, so
 * the last value alone costs no more than its own filters.
 */
export function reconstruct(
  { approximations, details }: Decomposition,
  wavelet: Wavelet,
  { from, end }: Readonly<{ from: number; end: number }>,
): Float64Array {
  const half = wavelet.low.length / 2;
  // Ranges of the approximations that are needed, from the series up to the last one.
  const ranges = [{ from, end }];
  for (let j = 0; j < details.length; j++) {
    const last = ranges[j];
    ranges.push({ from: last.from >> 1, end: Math.min(details[j].length, ((last.end - 1) >> 1) + half) });
  }
  const coarsest = ranges[details.length];
  let values = approximations[details.length - 1].subarray(coarsest.from, coarsest.end);
  for (let j = details.length - 1; j >= 0; j--)
    values = synthesise(values, details[j], wavelet, { ...ranges[j], base: ranges[j + 1].from });
  return values;
}

/** x_i = sum over k of low[F-1-(i-2k+F-2)] a_k + high[…] d_k; `values` holds a from index `base` on. */
function synthesise(
  values: Float64Array,
  detail: Float64Array,
  { low, high }: Wavelet,
  { from, end, base }: Readonly<{ from: number; end: number; base: number }>,
): Float64Array {
  const out = new Float64Array(end - from);
  for (let i = from; i < end; i++) {
    let sum = 0;
    for (let k = i >> 1, tap = 2 * k - i + 1; tap < low.length && k < detail.length; k++, tap += 2)
      sum += low[tap] * values[k - base] + high[tap] * detail[k];
    out[i - from] = sum;
  }
  return out;
}
