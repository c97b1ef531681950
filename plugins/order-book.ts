import { refuse } from './refuse.ts';

/** Price and size, best first. */
export type Level = readonly [price: number, size: number];
export type Book = Readonly<{ bids: readonly Level[]; asks: readonly Level[] }>;

/** What the first levels say: middle price, relative spread, and the value within a band about the middle. */
export type BookFacts = Readonly<{ mid: number; spread: number; depthBid: number; depthAsk: number }>;

/** Reads a book; the depth of a side is the quote currency within `bandFraction` of the middle. */
export function bookFacts({ bids, asks }: Book, bandFraction: number): BookFacts {
  const mid = (bids[0][0] + asks[0][0]) / 2;
  const [low, high] = [mid * (1 - bandFraction), mid * (1 + bandFraction)];
  return {
    mid,
    spread: (asks[0][0] - bids[0][0]) / mid,
    depthBid: valueOf(bids.filter(([price]) => price >= low)),
    depthAsk: valueOf(asks.filter(([price]) => price <= high)),
  };
}

/** What taking `need` units out of one side costs, as a share of the middle price, as far as the side goes. */
export function walkSide(
  side: readonly Level[],
  { need, mid }: Readonly<{ need: number; mid: number }>,
): Readonly<{ slippage: number; bookExhausted: boolean }> {
  let [left, paid] = [need, 0];
  for (const [price, size] of side) {
    const taken = Math.min(left, size);
    paid += taken * price;
    left -= taken;
    if (left <= 0) break;
  }
  const filled = need - left;
  return {
    slippage: filled > 0 ? Math.abs(paid / filled / mid - 1) : 0,
    bookExhausted: left > 1e-12 * need,
  };
}

/** Whether both sides are strictly best first and the best prices do not cross: what `refuseBadBook` refuses. */
export function isBook({ bids, asks }: Book): boolean {
  for (let i = 1; i < bids.length; i++) if (bids[i][0] >= bids[i - 1][0]) return false;
  for (let i = 1; i < asks.length; i++) if (asks[i][0] <= asks[i - 1][0]) return false;
  return bids[0][0] < asks[0][0];
}

/** Refuses a side that is not strictly best first, or a book whose best prices cross. */
export function refuseBadBook(path: string, { bids, asks }: Book): void {
  for (let i = 1; i < bids.length; i++) {
    if (bids[i][0] >= bids[i - 1][0])
      refuse(`${path}.bids[${i}]`, 'not below the bid before', `less than ${bids[i - 1][0]}`, bids[i][0]);
  }
  for (let i = 1; i < asks.length; i++) {
    if (asks[i][0] <= asks[i - 1][0])
      refuse(`${path}.asks[${i}]`, 'not above the ask before', `more than ${asks[i - 1][0]}`, asks[i][0]);
  }
  if (bids[0][0] >= asks[0][0])
    refuse(path, 'the best bid is not below the best ask', `less than ${asks[0][0]}`, bids[0][0]);
}

const valueOf = (levels: readonly Level[]) => levels.reduce((sum, [price, size]) => sum + price * size, 0);
