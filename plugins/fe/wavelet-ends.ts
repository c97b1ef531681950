import { medianSizes } from './wavelet-finest.ts';
import { noiseOf, shrunk, type Thresholding } from './wavelet-threshold.ts';
import { filterAll, type FilteredLevel, type Wavelet } from './wavelet-transform.ts';

type Asked = Thresholding & Readonly<{ window: number; level: number }>;

/**
 * The last value of each window without its noise, to the last bit what `decompose`, `denoise` and `reconstruct` give
 * window by window. Only the end of a window's transform is made: what no border touches is filtered once for all
 * windows, and the sizes of the finest details stay sorted from one window to the next.
 */
export function denoisedEnds(x: Float64Array, wavelet: Wavelet, asked: Asked): Float64Array {
  const { window, level, threshold: given, rule } = asked;
  const taps = wavelet.low.length;
  const known = filterAll(x, wavelet, level);
  const ends = endsOf(window, taps, level);
  const series: Border = { first: window - taps + 1, values: new Float64Array(2 * (taps - 1)), count: taps - 1 };
  const borderSizes = createBorderSizes(x, wavelet.high, ends[0]);
  const median = medianSizes(x, known[0].high, { window, taps });

  const out = new Float64Array(x.length - window + 1);
  const value = new Float64Array(1);
  for (let start = 0; start < out.length; start++) {
    for (let i = 0; i < taps - 1; i++) series.values[i] = x[start + series.first + i];
    for (let j = 0; j < level; j++)
      analyse(j === 0 ? series : ends[j - 1], ends[j], { wavelet, known: known[j], start });
    const size = given === 'universal' ? median(start, borderSizes(start)) : 0;
    const { threshold } = noiseOf(size, window, given);
    let { values } = ends[level - 1];
    for (let j = level - 1; j >= 0; j--) {
      const { details } = ends[j];
      for (let k = 0; k < details.length; k++) details[k] = shrunk(details[k], threshold, rule);
      const finer = j === 0 ? { from: window - 1, into: value } : { from: ends[j - 1].from, into: ends[j - 1].rebuilt };
      synthesise(values, ends[j], { wavelet, ...finer });
      values = finer.into;
    }
    out[start] = value[0];
  }
  return out;
}

/** Coefficients `first` to the last one of a level, and room behind them for what lies beyond the border. */
type Border = Readonly<{ first: number; count: number; values: Float64Array }>;

/** One level of a window's transform, as far as the last value needs it. */
type End = Border &
  Readonly<{
    level: number;
    /** Coefficients before this one touch no border at the window's end. */
    inside: number;
    /** Details from `from` on, and what synthesis makes of the coarser levels there. */
    from: number;
    details: Float64Array;
    rebuilt: Float64Array;
  }>;

function endsOf(window: number, taps: number, level: number): readonly End[] {
  const sizes: number[] = [];
  for (let j = 0; j < level; j++) sizes.push(((sizes.at(-1) ?? window) + taps - 1) >> 1);
  const ends: End[] = [];
  let coarser: number | undefined;
  for (let j = level - 1; j >= 0; j--) {
    const from = (window - 1) >> (j + 1);
    // A coefficient of the next level is made of `taps` of this one, or of their mirror images beyond the border.
    const first: number = coarser === undefined ? from : Math.min(from, 2 * coarser + 2 - taps, sizes[j] - taps + 1);
    coarser = first;
    ends.unshift({
      level: j,
      inside: window >> (j + 1),
      first,
      count: sizes[j] - first,
      values: new Float64Array(sizes[j] - first + taps - 1),
      from,
      details: new Float64Array(sizes[j] - from),
      rebuilt: new Float64Array(sizes[j] - from),
    });
  }
  return ends;
}

type Analysis = Readonly<{ wavelet: Wavelet; known: FilteredLevel; start: number }>;

/** Both filters of the finer level, mirrored beyond its border, into a level of the window from `start` on. */
function analyse(finer: Border, end: End, { wavelet: { low, high }, known, start }: Analysis): void {
  const { values, count } = finer;
  for (let i = 0; i < low.length - 1; i++) values[count + i] = values[count - 1 - i];
  const stride = 2 << end.level;
  const last = end.first + end.count;
  for (let k = end.first, place = start + (k + 1) * stride - 1; k < end.inside; k++, place += stride)
    end.values[k - end.first] = known.low[place];
  for (let k = end.from, place = start + (k + 1) * stride - 1; k < end.inside; k++, place += stride)
    end.details[k - end.from] = known.high[place];
  for (let k = end.inside; k < last; k++) {
    const newest = 2 * k + 1 - finer.first;
    let [approximation, detail] = [0, 0];
    for (let j = 0; j < low.length; j++) {
      const value = values[newest - j];
      approximation += low[j] * value;
      detail += high[j] * value;
    }
    end.values[k - end.first] = approximation;
    end.details[k - end.from] = detail;
  }
}

/** The values from `from` on that the approximations and details of the coarser `end` stand for. */
function synthesise(
  values: Float64Array,
  { details, from: base }: End,
  { wavelet: { low, high }, from, into }: Readonly<{ wavelet: Wavelet; from: number; into: Float64Array }>,
): void {
  for (let i = from; i < from + into.length; i++) {
    let sum = 0;
    for (let k = (i >> 1) - base, tap = 1 - (i & 1); tap < low.length && k < details.length; k++, tap += 2)
      sum += low[tap] * values[k] + high[tap] * details[k];
    into[i - from] = sum;
  }
}

/**
 * The sizes of a window's finest details that a border touches: those at its beginning, which no value of its end
 * needs but the noise is estimated from too, and those at its end.
 */
function createBorderSizes(x: Float64Array, high: Float64Array, end: End) {
  const taps = high.length;
  const first = (taps - 1) >> 1;
  const head = new Float64Array(2 * (taps - 1));
  const atEnd = end.inside - end.from;
  const sizes = new Float64Array(first + end.details.length - atEnd);
  return (start: number): Float64Array => {
    for (let i = 0; i < taps - 1; i++) {
      head[taps - 1 + i] = x[start + i];
      head[taps - 2 - i] = x[start + i];
    }
    for (let k = 0; k < first; k++) {
      let sum = 0;
      for (let j = 0, at = taps + 2 * k; j < taps; j++, at--) sum += high[j] * head[at];
      sizes[k] = Math.abs(sum);
    }
    for (let k = first; k < sizes.length; k++) sizes[k] = Math.abs(end.details[atEnd + k - first]);
    return sizes;
  };
}
