import type { Bars } from '../market/bars.ts';
import type { SourceColumn } from './graph.ts';

/** A computed series. `id` is its identity within one cache: equal ids, equal values. */
type Series = Readonly<{ id: number; values: Float64Array }>;

/**
 * The series of one set of bars, each computed once under the key of what it is. Signals, features, strategies and
 * all points of a sweep share it.
 */
export type SeriesCache = Readonly<{
  bars: Bars;
  column: (column: SourceColumn) => Series;
  /** The series under a key; `compute` writes them when they are not there. Values hold until `nextPoint`. */
  get: (key: string, count: number, compute: (outputs: readonly Float64Array[]) => void) => SeriesSet;
  /** Says that a set found earlier is still in use. False when it was given up in between. */
  keep: (set: SeriesSet) => boolean;
  /** Lets go of the values in use: from here on the oldest may be given up for new ones. */
  nextPoint: () => void;
  /** Gives the memory back now, not when the garbage collector comes by. Nothing of the cache can be used after it. */
  release: () => void;
}>;

/** All outputs of one call. */
export type SeriesSet = { readonly key: string; readonly series: readonly Series[]; point: number; alive: boolean };

/** A cache of at most about `limitBytes`, more only when one point alone needs more. */
export function createSeriesCache(bars: Bars, { limitBytes = Infinity } = {}): SeriesCache {
  const length = bars.timeMs.length;
  const columns = new Map<SourceColumn, Series>();
  const sets = new Map<string, SeriesSet>();
  const spare: Float64Array[] = [];
  let nextId = 0;
  let bytes = 0;
  let point = 0;

  /** Gives up the oldest that the present point does not use; a Map keeps the order of insertion. */
  function makeRoom(): void {
    for (const set of sets.values()) {
      if (bytes <= limitBytes) return;
      if (set.point === point) continue;
      sets.delete(set.key);
      set.alive = false;
      for (const { values } of set.series) {
        bytes -= values.byteLength;
        spare.push(values);
      }
    }
    spare.length = Math.min(spare.length, 8);
  }

  return {
    bars,
    column(column) {
      const known = columns.get(column);
      if (known !== undefined) return known;
      const series = { id: nextId++, values: bars[column] };
      columns.set(column, series);
      return series;
    },
    get(key, count, compute) {
      const known = sets.get(key);
      if (known !== undefined) {
        known.point = point;
        return known;
      }
      bytes += count * length * Float64Array.BYTES_PER_ELEMENT;
      if (bytes > limitBytes) makeRoom();
      const outputs = Array.from({ length: count }, () => spare.pop() ?? new Float64Array(length));
      compute(outputs);
      const set = { key, series: outputs.map((values) => ({ id: nextId++, values })), point, alive: true };
      sets.set(key, set);
      return set;
    },
    keep(set) {
      set.point = point;
      return set.alive;
    },
    nextPoint() {
      point += 1;
    },
    release() {
      for (const { series } of sets.values()) for (const { values } of series) free(values);
      for (const values of spare) free(values);
      sets.clear();
    },
  };
}

/** A buffer that is transferred to length 0 is gone at once. */
function free({ buffer }: Float64Array): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
