/**
 * The values as a typed array. A loop, because `Float64Array.from` takes six times as long over lists of boxed numbers,
 * as those are that a schema has checked.
 */
export function columnOf(values: ArrayLike<number>): Float64Array {
  const column = new Float64Array(values.length);
  for (let i = 0; i < column.length; i++) column[i] = values[i];
  return column;
}

/** A list to be filled with numbers. It is one of doubles from the start: `Array(length)` becomes one by a copy. */
export function numberList(length: number): number[] {
  const list = [0.5];
  list.length = length;
  return list;
}

/** The values as a plain list, as JSON needs them. A loop, because a spread asks an iterator for every value. */
export function listOf(values: ArrayLike<number>): number[] {
  const list = numberList(values.length);
  for (let i = 0; i < list.length; i++) list[i] = values[i];
  return list;
}
