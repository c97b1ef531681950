import { notionalToQuote } from './market.ts';
import type { Side } from './order.ts';
import {
  assetOf,
  marketOf,
  positionOf,
  type Account,
  type MarketState,
  type Position,
  type VenueState,
} from './state.ts';

export const defaultLeverage = 20;

export const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/**
 * Applies a fill to a one-way position, average cost; gives the profit it realised in notional units. What rounding
 * leaves over stays in the cost, so that wallet + value is conserved to the last unit.
 */
export function applyToPosition(
  position: Position,
  { side, price, quantity, timeMs }: Readonly<{ side: Side; price: bigint; quantity: bigint; timeMs: number }>,
): bigint {
  const sign = side === 'buy' ? 1n : -1n;
  const size = absolute(position.size);
  const closes = position.size !== 0n && position.size > 0n !== sign > 0n;
  const closing = closes ? (quantity < size ? quantity : size) : 0n;
  let realized = 0n;
  if (closing > 0n) {
    const costPart = closing === size ? position.cost : (position.cost * closing) / size;
    realized = -sign * price * closing - costPart;
    position.cost -= costPart;
    position.size += sign * closing;
  }
  const opening = quantity - closing;
  position.size += sign * opening;
  position.cost += sign * opening * price;
  position.updatedMs = timeMs;
  return realized;
}

/** Profit at the mark price, in notional units. */
export const unrealized = (position: Position, { markPrice }: MarketState): bigint =>
  position.size * markPrice - position.cost;

/** What one account's perpetuals need and are worth, amounts of `asset`. */
export function marginOf(
  state: VenueState,
  account: Account,
  asset: string,
): Readonly<{ positionMargin: bigint; unrealized: bigint }> {
  let positionMargin = 0n;
  let profit = 0n;
  for (const [id, position] of account.positions) {
    const market = marketOf(state, id);
    if (market.market.quote !== asset || position.size === 0n) continue;
    const quote = assetOf(state, asset);
    const value = notionalToQuote(market.market, absolute(position.size) * market.markPrice, quote);
    positionMargin += value / BigInt(leverageOf(account, id));
    profit += notionalToQuote(market.market, unrealized(position, market), quote);
  }
  return { positionMargin, unrealized: profit };
}

export const leverageOf = (account: Account, market: string): number => account.leverage.get(market) ?? defaultLeverage;

/** Quantity by which an order of `side` could still reduce the position. */
export function reducible(account: Account, market: string, side: Side): bigint {
  const { size } = positionOf(account, market);
  return size > 0n === (side === 'sell') && size !== 0n ? absolute(size) : 0n;
}
