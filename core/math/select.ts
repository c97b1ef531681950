/** The median of values, the mean of the middle two of an even count; reorders them. NaN of nothing. */
export function medianOf(values: Float64Array): number {
  const { length } = values;
  if (length === 0) return NaN;
  const middle = length >> 1;
  const upper = selectInPlace(values, middle);
  if (length % 2 === 1) return upper;
  // Everything before the middle is at most the upper median: the lower one is the largest of it.
  let lower = values[0];
  for (let i = 1; i < middle; i++) if (values[i] > lower) lower = values[i];
  return (lower + upper) / 2;
}

/**
 * Puts the value of a rank (from 0, rising) in its place and those after it in rising order, and gives it: for tails,
 * without sorting the rest.
 */
export function sortTail(values: Float64Array, rank: number): number {
  const value = selectInPlace(values, rank);
  values.subarray(rank + 1).sort();
  return value;
}

/**
 * The value that would stand at `rank` (from 0) in rising order, moved there: what is before it is at most as large.
 * Hoare's (1961) quickselect with the middle of three as pivot; O(n) on average.
 */
function selectInPlace(values: Float64Array, rank: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = middleOf(values[low], values[(low + high) >>> 1], values[high]);
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i] < pivot) i += 1;
      while (values[j] > pivot) j -= 1;
      if (i > j) break;
      const swapped = values[i];
      values[i++] = values[j];
      values[j--] = swapped;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else break;
  }
  return values[rank];
}

const middleOf = (a: number, b: number, c: number) => Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
