import { remaining, type Side, type VenueOrder } from './order.ts';

/** Orders that rest at one price, oldest first, and what is left of them together. */
export type Level = { readonly price: bigint; readonly orders: VenueOrder[]; total: bigint };

/** One side, best price first. */
export type BookSide = { readonly side: Side; readonly levels: Level[]; readonly byPrice: Map<bigint, Level> };

export type Book = { readonly bids: BookSide; readonly asks: BookSide };

const createSide = (side: Side): BookSide => ({ side, levels: [], byPrice: new Map() });

export const createBook = (): Book => ({ bids: createSide('buy'), asks: createSide('sell') });

export const sideOf = (book: Book, side: Side): BookSide => (side === 'buy' ? book.bids : book.asks);

/** True when `price` is better than `other` for whoever would trade against this side. */
const isBetter = (side: Side, price: bigint, other: bigint) => (side === 'buy' ? price > other : price < other);

/** True when an order of `side` at `price` would trade with a level at `levelPrice`. */
export const crosses = (side: Side, price: bigint, levelPrice: bigint): boolean =>
  side === 'buy' ? levelPrice <= price : levelPrice >= price;

/** Puts an order behind the others of its price; gives the level. */
export function rest(book: Book, order: VenueOrder): Level {
  const side = sideOf(book, order.side);
  let level = side.byPrice.get(order.price);
  if (level === undefined) {
    level = { price: order.price, orders: [], total: 0n };
    side.levels.splice(placeOf(side, order.price), 0, level);
    side.byPrice.set(order.price, level);
  }
  level.orders.push(order);
  level.total += remaining(order);
  return level;
}

/** Takes an order out; gives what is left at its price. */
export function unrest(book: Book, order: VenueOrder): bigint {
  const side = sideOf(book, order.side);
  const level = side.byPrice.get(order.price);
  const index = level?.orders.indexOf(order) ?? -1;
  if (level === undefined || index < 0) return level?.total ?? 0n;
  level.orders.splice(index, 1);
  level.total -= remaining(order);
  dropIfEmpty(side, level);
  return level.total;
}

export function dropIfEmpty(side: BookSide, level: Level): void {
  if (level.orders.length > 0) return;
  side.byPrice.delete(level.price);
  const index = side.levels[0] === level ? 0 : placeOf(side, level.price);
  side.levels.splice(index, 1);
}

/** Index at which `price` stands or would stand. */
function placeOf(side: BookSide, price: bigint): number {
  let low = 0;
  let high = side.levels.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const level = side.levels[middle];
    if (level !== undefined && isBetter(side.side, level.price, price)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What taking `quantity` (or an amount of quote) from this side down to `limit` would give: quantity and notional.
 * Orders of `except` do not count: they expire instead of trading with their owner.
 */
export function walk(
  side: BookSide,
  {
    quantity,
    notional,
    limit,
    except,
  }: Readonly<{ quantity?: bigint; notional?: bigint; limit?: bigint; except?: string }>,
): { quantity: bigint; notional: bigint } {
  let taken = 0n;
  let spent = 0n;
  for (const level of side.levels) {
    if (limit !== undefined && !crosses(side.side === 'buy' ? 'sell' : 'buy', limit, level.price)) break;
    const own = level.orders.reduce((sum, order) => (order.account === except ? sum + remaining(order) : sum), 0n);
    let here = level.total - own;
    if (quantity !== undefined && taken + here > quantity) here = quantity - taken;
    if (notional !== undefined && spent + here * level.price > notional) here = (notional - spent) / level.price;
    taken += here;
    spent += here * level.price;
    if (here < level.total - own) break;
  }
  return { quantity: taken, notional: spent };
}
