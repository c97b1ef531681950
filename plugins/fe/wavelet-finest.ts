import { roundingShare } from './wavelet-threshold.ts';

/**
 * The median size of the finest details of each window of `window` values, as `medianOf` finds it among all of them.
 * Windows that start two values apart share all details that no border touches but one, so these stay sorted: one list
 * for the windows with an even start, one for the others. A filter of finite values may overflow, but is never NaN.
 */
export function medianSizes(
  x: Float64Array,
  high: Float64Array,
  { window, taps }: Readonly<{ window: number; taps: number }>,
) {
  // Details first..end-1 of a window touch no border; detail k is the filter at value 2k+1.
  const [first, end] = [(taps - 1) >> 1, window >> 1];
  const count = end - first;
  const sorted = [0, 1].map(() => new Float64Array(count));
  const largest = largestIn(x, window);

  const enter = (start: number): Float64Array => {
    const sizes = sorted[start & 1];
    const oldest = start + 2 * first + 1;
    if (start > 1) {
      replace(sizes, Math.abs(high[oldest - 2]), Math.abs(high[oldest + 2 * (count - 1)]));
      return sizes;
    }
    for (let k = 0; k < count; k++) sizes[k] = Math.abs(high[oldest + 2 * k]);
    sizes.sort();
    return sizes;
  };

  /** Of the window from `start` on, where `bordering` are the sizes of the other details; windows come one by one. */
  return (start: number, bordering: Float64Array): number => {
    const sizes = enter(start);
    bordering.sort();
    const negligible = roundingShare * largest[start];
    const total = count + bordering.length;
    const upper = ranked(sizes, bordering, total >> 1);
    const upperSize = upper > negligible ? upper : 0;
    if (total % 2 === 1) return upperSize;
    const lower = ranked(sizes, bordering, (total >> 1) - 1);
    return ((lower > negligible ? lower : 0) + upperSize) / 2;
  };
}

/** Takes one value out of a sorted list and puts another in. */
function replace(sorted: Float64Array, gone: number, come: number): void {
  let [low, high] = [0, sorted.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < gone) low = middle + 1;
    else high = middle;
  }
  let place = low;
  for (; place + 1 < sorted.length && sorted[place + 1] < come; place++) sorted[place] = sorted[place + 1];
  for (; place > 0 && sorted[place - 1] > come; place--) sorted[place] = sorted[place - 1];
  sorted[place] = come;
}

/** The value at `rank` (from 0) of two sorted lists together. */
function ranked(many: Float64Array, few: Float64Array, rank: number): number {
  let i = 0;
  while (i < few.length && i < rank && !(many[rank - i - 1] <= few[i])) i += 1;
  const left = rank - i;
  if (i === few.length) return many[left];
  return left < many.length ? Math.min(few[i], many[left]) : few[i];
}

/** The largest size in each window: blocks of one window's length from both sides (van Herk 1992), two looks a window. */
function largestIn(x: Float64Array, window: number): Float64Array {
  const [before, after] = [new Float64Array(x.length), new Float64Array(x.length)];
  for (let i = 0; i < x.length; i++)
    before[i] = i % window === 0 ? Math.abs(x[i]) : Math.max(before[i - 1], Math.abs(x[i]));
  for (let i = x.length - 1; i >= 0; i--)
    after[i] = (i + 1) % window === 0 || i + 1 === x.length ? Math.abs(x[i]) : Math.max(after[i + 1], Math.abs(x[i]));
  const out = new Float64Array(x.length - window + 1);
  for (let start = 0; start < out.length; start++) out[start] = Math.max(after[start], before[start + window - 1]);
  return out;
}
