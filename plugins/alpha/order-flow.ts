import type { Book, Level } from '../order-book.ts';

export type TimedBook = Book & Readonly<{ t: number }>;

/** What one change of book did, level by level: signed flow and mean depth in base units, and the move of the mid. */
export type BookEvent = { t: number; ofi: number[]; depth: number[]; dMid: number };

/**
 * The event between two books: what joined or left the bid less what joined or left the ask, where a better price is
 * all new and a worse one all gone. Cont, Kukanov & Stoikov (2014), eq. 3; level by level as Xu, Gould & Howison (2018).
 */
export function eventBetween(before: TimedBook, after: TimedBook, levels: number): BookEvent {
  const count = Math.min(levels, levelsOf(before), levelsOf(after));
  const ofi = Array<number>(count);
  const depth = Array<number>(count);
  for (let m = 0; m < count; m++) {
    const bid = changeOf(after.bids[m], before.bids[m]);
    // A lower ask is the better one.
    const ask = changeOf(after.asks[m], before.asks[m], -1);
    ofi[m] = bid - ask;
    depth[m] = (after.bids[m][1] + after.asks[m][1]) / 2;
  }
  return { t: after.t, ofi, depth, dMid: midOf(after) - midOf(before) };
}

/** Size that joined less size that left, at a price that is the better the higher `better` times it is. */
function changeOf(now: Level, before: Level, better = 1): number {
  const move = better * (now[0] - before[0]);
  return (move >= 0 ? now[1] : 0) - (move <= 0 ? before[1] : 0);
}

export const levelsOf = ({ bids, asks }: Book): number => Math.min(bids.length, asks.length);

export const midOf = ({ bids, asks }: Book): number => (bids[0][0] + asks[0][0]) / 2;

/** decay^m over the levels, summing to 1. */
export function decayWeights(levels: number, decay: number): number[] {
  const weights = Array.from({ length: levels }, (_, m) => decay ** m);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Order flow of at least one event over the levels that all of them and the book (`bookLevels`) have. */
export function flowOf(
  events: readonly BookEvent[],
  { decay, bookLevels }: Readonly<{ decay: number; bookLevels: number }>,
) {
  const levels = events.reduce((least, { ofi }) => Math.min(least, ofi.length), bookLevels);
  const ofi = Array<number>(levels).fill(0);
  let depths = 0;
  for (const event of events) {
    for (let m = 0; m < levels; m++) {
      ofi[m] += event.ofi[m];
      depths += event.depth[m];
    }
  }
  const averageDepth = depths / (events.length * levels);
  const ofiNormalised = ofi.map((flow) => flow / averageDepth);
  const ofiWeighted = decayWeights(levels, decay).reduce((sum, weight, m) => sum + weight * ofiNormalised[m], 0);
  return { ofi, ofiNormalised, ofiWeighted, averageDepth };
}

/** Regression of the move of the mid on the flow of the best level, through the origin; undefined if one never moves. */
export function impactOf(events: readonly BookEvent[]): { beta: number; rSquared: number } | undefined {
  let [flows, moves, both] = [0, 0, 0];
  for (const { ofi, dMid } of events) {
    flows += ofi[0] ** 2;
    moves += dMid ** 2;
    both += ofi[0] * dMid;
  }
  if (flows === 0 || moves === 0) return undefined;
  return { beta: both / flows, rSquared: Math.min(1, ((both / flows) * both) / moves) };
}
