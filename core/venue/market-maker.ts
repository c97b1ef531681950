import type { Prng } from '../math/prng.ts';
import { endOrder } from './matching.ts';
import { isOpen, type Side, type VenueOrder } from './order.ts';
import { placeOrder } from './orders.ts';
import { makersAccount, takersAccount, type MarketState, type VenueState } from './state.ts';

/** How the house makes one market; integers as in market.ts. */
export type Quoting = Readonly<{
  levels: number;
  /** Distance of levels; they stand on multiples of it, so a small move of the middle changes one or two. */
  spacing: bigint;
  /** Quantity of the best level before chance; deeper ones hold more. */
  quantity: bigint;
  /** Market orders of the house a second of market time. */
  takersPerSecond: number;
}>;

/** What the makers have in one book. */
export type Quotes = Readonly<Record<Side, Map<bigint, VenueOrder>>>;

export const createQuotes = (): Quotes => ({ buy: new Map(), sell: new Map() });

type Making = Readonly<{ market: MarketState; quotes: Quotes; quoting: Quoting; prng: Prng }>;

/**
 * Moves the makers' orders to around `middle`: what stands on the wrong side or too far goes, what is missing comes,
 * two levels change their size. An account's order in the way trades with them.
 */
export function requote(state: VenueState, making: Making, middle: bigint): void {
  const { quoting, quotes, prng } = making;
  const { spacing } = quoting;
  const half = spacing / 4n + 1n;
  const bid = ((middle - half) / spacing) * spacing;
  const ask = ((middle + half + spacing - 1n) / spacing) * spacing;
  dropOutside(state, making, 'buy', { from: bid - BigInt(quoting.levels - 1) * spacing, to: bid });
  dropOutside(state, making, 'sell', { from: ask, to: ask + BigInt(quoting.levels - 1) * spacing });
  const changed = [prng.nextBelow(quoting.levels), quoting.levels + prng.nextBelow(quoting.levels)];
  for (let index = 0; index < quoting.levels; index += 1) {
    const depth = BigInt(index) * spacing;
    quoteAt(state, making, { side: 'buy', price: bid - depth, index, anew: index === changed[0] });
    quoteAt(state, making, { side: 'sell', price: ask + depth, index, anew: index + quoting.levels === changed[1] });
  }
  // An order that traded away inside is no longer open; the next call puts it back.
  for (const side of [quotes.buy, quotes.sell])
    for (const [price, order] of side) if (!isOpen(order)) side.delete(price);
}

function dropOutside(
  state: VenueState,
  { market, quotes }: Making,
  side: Side,
  { from, to }: Readonly<{ from: bigint; to: bigint }>,
): void {
  for (const [price, order] of quotes[side]) {
    if (price >= from && price <= to && isOpen(order)) continue;
    quotes[side].delete(price);
    if (isOpen(order)) endOrder(state, market, order, { status: 'canceled', reason: 'requote' });
  }
}

function quoteAt(
  state: VenueState,
  { market, quotes, quoting, prng }: Making,
  { side, price, index, anew }: Readonly<{ side: Side; price: bigint; index: number; anew: boolean }>,
): void {
  const standing = quotes[side].get(price);
  if (price <= 0n || (standing !== undefined && !anew)) return;
  if (standing !== undefined) endOrder(state, market, standing, { status: 'canceled', reason: 'requote' });
  const factor = Math.floor((0.5 + prng.nextFloat()) * (10 + 3 * index));
  const quantity = wholeLots(market, (quoting.quantity * BigInt(factor)) / 10n);
  const placed = placeOrder(state, {
    account: makersAccount,
    market: market.market.id,
    side,
    type: 'limit',
    price,
    quantity,
  });
  if ('order' in placed && isOpen(placed.order)) quotes[side].set(price, placed.order);
}

function wholeLots({ market }: MarketState, quantity: bigint): bigint {
  const whole = quantity - (quantity % market.lot);
  return whole === 0n ? market.lot : whole;
}

/** The flow of market orders in `dtMs`: arrivals rounded by chance, sizes mostly small and sometimes large. */
export function takeAtRandom(state: VenueState, { market, quoting, prng }: Making, dtMs: number): void {
  const expected = (quoting.takersPerSecond * dtMs) / 1000;
  let arrivals = Math.floor(expected);
  if (prng.nextFloat() < expected - arrivals) arrivals += 1;
  for (let arrival = 0; arrival < arrivals; arrival += 1) {
    const side = prng.nextFloat() < 0.5 ? 'buy' : 'sell';
    const size = prng.nextFloat();
    const quantity = wholeLots(market, (quoting.quantity * BigInt(1 + Math.floor(size * size * size * 400))) / 1000n);
    placeOrder(state, { account: takersAccount, market: market.market.id, side, type: 'market', quantity });
  }
}

/** Prints one recorded trade: the makers stand at its price with at least its quantity, then it comes. */
export function printTrade(
  state: VenueState,
  making: Making,
  { price, quantity, side }: Readonly<{ price: bigint; quantity: bigint; side: Side }>,
): void {
  const { market, quotes } = making;
  const makersSide = side === 'buy' ? 'sell' : 'buy';
  requote(state, making, price);
  for (const [at, order] of quotes[makersSide]) {
    const better = makersSide === 'sell' ? at <= price : at >= price;
    if (!better) continue;
    quotes[makersSide].delete(at);
    if (isOpen(order)) endOrder(state, market, order, { status: 'canceled', reason: 'requote' });
  }
  const lots = wholeLots(market, quantity);
  const order = { market: market.market.id, type: 'limit', price, quantity: lots } as const;
  const made = placeOrder(state, { ...order, account: makersAccount, side: makersSide });
  placeOrder(state, { ...order, account: takersAccount, side, timeInForce: 'IOC' });
  // An account's better order took part of it: the rest is a quote like others.
  if ('order' in made && isOpen(made.order)) quotes[makersSide].set(price, made.order);
}
