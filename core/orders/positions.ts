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
