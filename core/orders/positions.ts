import { absolute, oneUnit, signOf, smallest, units, unitText } from './amount.ts';
import type { Fill, Side } from './types.ts';

/** A position at average cost. Units; `amount` is signed, `cost` the signed quote that it took, `realized` before fees. */
export type AveragePosition = Readonly<{ amount: bigint; cost: bigint; realized: bigint }>;

export const flatPosition: AveragePosition = { amount: 0n, cost: 0n, realized: 0n };

export type Trade = Readonly<{ side: Side; amount: bigint; quote: bigint }>;

export const tradeOf = ({ side, amount, quoteAmount }: Pick<Fill, 'side' | 'amount' | 'quoteAmount'>): Trade => ({
  side,
  amount: units(amount),
  quote: units(quoteAmount),
});

/**
 * One more trade at average cost. What closes takes its part of the cost along; what is more than closes opens the
 * other side at the trade's own price. What rounding leaves stays in the cost until the position is flat.
 */
export function addTrade(position: AveragePosition, { side, amount, quote }: Trade): AveragePosition {
  if (amount === 0n) return position;
  const sign = signOf(side);
  const against = position.amount > 0n !== sign > 0n;
  const closing = against ? smallest(amount, absolute(position.amount)) : 0n;
  const closingQuote = (quote * closing) / amount;
  const costPart = closing === 0n ? 0n : (position.cost * closing) / absolute(position.amount);
  return {
    amount: position.amount + sign * amount,
    cost: position.cost - costPart + sign * (quote - closingQuote),
    realized: position.realized - sign * closingQuote - costPart,
  };
}

/** Average entry price as text; empty when flat. */
export const entryPrice = ({ amount, cost }: AveragePosition): string =>
  amount === 0n ? '' : unitText((absolute(cost) * oneUnit) / absolute(amount));

/** `fifo`: what was opened first closes first. `lifo`: what was opened last. `average`: each lot at the average cost. */
export type LotMethod = 'fifo' | 'lifo' | 'average';

/** A part of a position that was opened by one fill and closed by another; texts, for exports. */
export type ClosedLot = Readonly<{
  symbol: string;
  openedTradeId: string;
  closedTradeId: string;
  openedMs: number;
  closedMs: number;
  /** Signed: negative for a short. */
  amount: string;
  cost: string;
  proceeds: string;
  realized: string;
}>;

type Lot = { tradeId: string; openedMs: number; amount: bigint; quote: bigint; sign: bigint };

/** Lots that the fills of one symbol closed, oldest fill first, without fees. Fills must be in the order of their times. */
export function closedLots(fills: readonly Fill[], method: LotMethod): ClosedLot[] {
  const open: Lot[] = [];
  const closed: ClosedLot[] = [];
  for (const fill of fills) {
    const sign = signOf(fill.side);
    let amount = units(fill.amount);
    let quote = units(fill.quoteAmount);
    while (amount > 0n) {
      const lot = method === 'lifo' ? open.at(-1) : open[0];
      if (lot === undefined || lot.sign === sign) break;
      const part = smallest(amount, lot.amount);
      const proceeds = (quote * part) / amount;
      const cost = method === 'average' ? averageCost(open, part) : (lot.quote * part) / lot.amount;
      closed.push(closedLot(fill, lot, { part, cost, proceeds }));
      lot.amount -= part;
      if (method !== 'average') lot.quote -= cost;
      else takeCost(open, cost, lot);
      amount -= part;
      quote -= proceeds;
      if (lot.amount === 0n) open.splice(open.indexOf(lot), 1);
    }
    if (amount > 0n) open.push({ tradeId: fill.tradeId, openedMs: fill.venueMs, amount, quote, sign });
  }
  return closed;
}

/** Cost of `part` out of all open lots together. */
function averageCost(open: readonly Lot[], part: bigint): bigint {
  const amount = open.reduce((sum, lot) => sum + lot.amount, 0n);
  const quote = open.reduce((sum, lot) => sum + lot.quote, 0n);
  return (quote * part) / amount;
}

/** Takes `cost` from the lots' quotes, first from the one that closes, so that their sum stays what the rest cost. */
function takeCost(open: readonly Lot[], cost: bigint, closing: Lot): void {
  let left = cost;
  for (const lot of [closing, ...open.filter((other) => other !== closing)]) {
    const part = smallest(left, lot.quote);
    lot.quote -= part;
    left -= part;
  }
  // A lot that closes whole leaves what it did not pay to the next one.
  const next = open.find((lot) => lot !== closing);
  if (next !== undefined && closing.quote > 0n) {
    next.quote += closing.quote;
    closing.quote = 0n;
  }
}

type Parts = Readonly<{ part: bigint; cost: bigint; proceeds: bigint }>;

function closedLot(fill: Fill, lot: Lot, { part, cost, proceeds }: Parts): ClosedLot {
  const realized = lot.sign > 0n ? proceeds - cost : cost - proceeds;
  return {
    symbol: fill.symbol,
    openedTradeId: lot.tradeId,
    closedTradeId: fill.tradeId,
    openedMs: lot.openedMs,
    closedMs: fill.venueMs,
    amount: unitText(lot.sign * part),
    cost: unitText(cost),
    proceeds: unitText(proceeds),
    realized: unitText(realized),
  };
}
