import { type BarField, barFields } from './bars.ts';
import type { BarColumns } from './checks.ts';

/** A bar of `added` that says something else than the bar of the same time that is there already. */
export type Contradiction = Readonly<{ index: number; field: BarField; there: number; added: number }>;

/** Bars of both in order of time; of equal times the added one. What contradicts is listed, one field a bar. */
export function mergeBars(
  there: BarColumns,
  added: BarColumns,
): Readonly<{ columns: BarColumns; contradictions: Contradiction[] }> {
  const contradictions: Contradiction[] = [];
  const length = there.timeMs.length + added.timeMs.length;
  const column = () => new Float64Array(length);
  const merged = { timeMs: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
  let count = 0;
  for (let i = 0, j = 0; i < there.timeMs.length || j < added.timeMs.length; count++) {
    const time = Math.min(timeAt(there, i), timeAt(added, j));
    const isThere = timeAt(there, i) === time;
    const isAdded = timeAt(added, j) === time;
    const [source, at] = isAdded ? [added, j] : [there, i];
    merged.timeMs[count] = time;
    for (const field of barFields) merged[field][count] = source[field][at];
    const field = isThere && isAdded ? barFields.find((name) => there[name][i] !== added[name][j]) : undefined;
    if (field !== undefined) contradictions.push({ index: j, field, there: there[field][i], added: added[field][j] });
    if (isThere) i++;
    if (isAdded) j++;
  }
  const cut = (name: keyof BarColumns) => merged[name].slice(0, count);
  return {
    columns: {
      timeMs: cut('timeMs'),
      open: cut('open'),
      high: cut('high'),
      low: cut('low'),
      close: cut('close'),
      volume: cut('volume'),
    },
    contradictions,
  };
}

const timeAt = ({ timeMs }: BarColumns, index: number) => (index < timeMs.length ? timeMs[index] : Infinity);
