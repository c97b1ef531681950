import type { Book } from './book.ts';
import type { EquityCurve, Trade } from './types.ts';

/**
 * Sum of the books' marks over the union of their bar times. A book without a bar at a time keeps its last mark, and
 * before its first bar its share of the capital.
 */
export function portfolioEquity(books: readonly Book[], startEach: number): EquityCurve {
  const [only] = books;
  if (only !== undefined && books.length === 1) return { timeMs: only.bars.timeMs, equity: only.marks };
  const timeMs = unionOfTimes(books.map(({ bars }) => bars.timeMs));
  const equity = new Float64Array(timeMs.length);
  for (const { bars, marks } of books) {
    let next = 0;
    let mark = startEach;
    for (let index = 0; index < timeMs.length; index += 1) {
      if (bars.timeMs[next] === timeMs[index]) {
        mark = marks[next];
        next += 1;
      }
      equity[index] += mark;
    }
  }
  return { timeMs, equity };
}

/** All times of the columns, each once, rising. */
export function unionOfTimes(columns: readonly Float64Array[]): Float64Array {
  const [first, ...others] = columns;
  // Markets of one venue mostly have the same bars: looking is far cheaper than sorting all of them.
  if (first !== undefined && others.every((column) => isSame(first, column))) return first;
  const all = new Float64Array(columns.reduce((size, column) => size + column.length, 0));
  let filled = 0;
  for (const column of columns) {
    all.set(column, filled);
    filled += column.length;
  }
  all.sort();
  let kept = 0;
  for (const time of all) {
    if (kept > 0 && all[kept - 1] === time) continue;
    all[kept] = time;
    kept += 1;
  }
  return all.slice(0, kept);
}

function isSame(left: Float64Array, right: Float64Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}

/** Trades of all books by exit time, entry time, place in the universe; a book's own are in that order already. */
export function mergeTrades(books: readonly Book[]): readonly Trade[] {
  const [only] = books;
  if (only !== undefined && books.length === 1) return only.trades;
  const placed = books.flatMap(({ trades }, place) => trades.map((trade) => ({ trade, place })));
  placed.sort(
    (left, right) =>
      left.trade.exitTimeMs - right.trade.exitTimeMs ||
      left.trade.entryTimeMs - right.trade.entryTimeMs ||
      left.place - right.place,
  );
  return placed.map(({ trade }) => trade);
}
