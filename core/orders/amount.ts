import { DeskError } from '../errors.ts';
import type { Market } from '../ports/exchange.ts';
import { formatDecimal, parseDecimal, pow10 } from '../venue/decimal.ts';
import type { OrderType, Side } from './types.ts';

/**
 * Amounts inside reducers: BigInt of 10^-18 of the asset. No venue's ledger is finer, so a venue's figure is taken as
 * it is and never rounded; text at every boundary.
 */
export const unitDecimals = 18;

export const oneUnit = pow10(unitDecimals);

/** Units that a decimal text says exactly. Refused (BadInput) when it is no decimal text or finer than a unit. */
export function units(text: string, field = 'amount'): bigint {
  const value = parseDecimal(text, unitDecimals);
  if (typeof value === 'bigint') return value;
  throw new DeskError('BadInput', value === 'malformed' ? 'not a decimal number' : 'finer than 18 decimals', {
    path: field,
    expected: 'a decimal number as 0.00150000',
    found: text.slice(0, 60),
  });
}

/** The shortest text of the same value: one value, one text. */
export function unitText(value: bigint): string {
  const text = formatDecimal(value, unitDecimals);
  return text.replace(/\.?0+$/, '');
}

export const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

export const largest = (a: bigint, b: bigint): bigint => (a > b ? a : b);

export const smallest = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** price x amount, both in units, rounded up: what limits count is never too small. */
export const notionalOf = (price: bigint, amount: bigint): bigint => (price * amount + oneUnit - 1n) / oneUnit;

/** Sum of decimal texts, as the shortest text. */
export const sumText = (...texts: readonly string[]): string =>
  unitText(texts.reduce((sum, text) => sum + units(text), 0n));

/** +1 for a buy, -1 for a sell. */
export const signOf = (side: Side): bigint => (side === 'buy' ? 1n : -1n);

export type SizedOrder = Readonly<{
  side: Side;
  type: OrderType;
  amount: string;
  price?: string;
  stopPrice?: string;
  reduceOnly?: boolean;
}>;

/**
 * The order in the market's steps, rounded toward less risk: the amount down, a buy's limit down, a sell's limit up.
 * Refused (BadInput) when the rounded order falls below a minimum or above a maximum, or when nothing is left of it:
 * what remains must never be another decision. `referencePrice` values market orders against the least notional.
 */
export function roundToMarket(order: SizedOrder, market: Market, referencePrice: string): SizedOrder {
  const amount = roundedAmount(order, market);
  const price = order.price === undefined ? undefined : roundedPrice(order.price, order.side, market, 'price');
  // A stop that sells wakes when the price falls to it, one that buys when it rises: rounded so, both wake earlier.
  const stopPrice =
    order.stopPrice === undefined ? undefined : roundedPrice(order.stopPrice, order.side, market, 'stopPrice');
  const value = notionalOf(price ?? stopPrice ?? units(referencePrice, 'referencePrice'), amount);
  const perpetualReducer = order.reduceOnly === true && market.settle !== undefined;
  if (!perpetualReducer && value < units(market.minNotional)) {
    refuse('amount', `too small for ${market.symbol}`, `a notional of at least ${market.minNotional}`, unitText(value));
  }
  return {
    ...order,
    amount: unitText(amount),
    ...(price === undefined ? {} : { price: unitText(price) }),
    ...(stopPrice === undefined ? {} : { stopPrice: unitText(stopPrice) }),
  };
}

function roundedAmount(order: SizedOrder, market: Market): bigint {
  const wanted = units(order.amount, 'amount');
  if (wanted <= 0n) refuse('amount', 'nothing to trade', 'more than 0', order.amount);
  const step = units(market.amountStep);
  const amount = wanted - (wanted % step);
  if (amount < largest(units(market.minAmount), 1n)) {
    refuse('amount', `too small for ${market.symbol}`, `at least ${market.minAmount}`, unitText(amount));
  }
  if (market.maxAmount !== undefined && amount > units(market.maxAmount)) {
    refuse('amount', `too large for ${market.symbol}`, `at most ${market.maxAmount}`, unitText(amount));
  }
  return amount;
}

function roundedPrice(text: string, side: Side, market: Market, field: string): bigint {
  const wanted = units(text, field);
  const tick = units(market.priceTick);
  const below = wanted - (((wanted % tick) + tick) % tick);
  const price = side === 'buy' || below === wanted ? below : below + tick;
  if (price <= 0n) refuse(field, 'a price must be above zero', `at least ${market.priceTick}`, text);
  return price;
}

function refuse(path: string, message: string, expected: string, found: string): never {
  throw new DeskError('BadInput', message, { path, expected, found });
}
