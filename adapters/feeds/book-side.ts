export type Level = readonly [price: number, amount: number];

/** One side of a book: levels best first, in an array that is searched by halves. */
export type BookSide = Readonly<{
  levels: Level[];
  /** Sets a level's amount; zero takes it away. */
  set(price: number, amount: number): void;
  replace(levels: readonly Level[]): void;
}>;

/** `most`: the worst levels beyond it are let go. */
export function createBookSide(side: 'bids' | 'asks', most: number): BookSide {
  const sign = side === 'asks' ? 1 : -1;
  const levels: Level[] = [];
  const placeOf = (price: number): number => {
    let low = 0;
    let high = levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sign * levels[middle][0] < sign * price) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const set = (price: number, amount: number) => {
    const at = placeOf(price);
    const there = at < levels.length && levels[at][0] === price;
    if (amount === 0) {
      if (there) levels.splice(at, 1);
    } else if (there) levels[at] = [price, amount];
    else if (at === levels.length) levels.push([price, amount]);
    else levels.splice(at, 0, [price, amount]);
    if (levels.length > most) levels.length = most;
  };
  return {
    levels,
    set,
    replace: (rows) => {
      levels.length = 0;
      for (const [price, amount] of rows) set(price, amount);
    },
  };
}

/** Whether the best bid is at or above the best ask: a book that no venue has. */
export const isCrossed = (bids: readonly Level[], asks: readonly Level[]): boolean =>
  bids.length > 0 && asks.length > 0 && bids[0][0] >= asks[0][0];
