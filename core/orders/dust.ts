import type { Market } from '../ports/exchange.ts';
import { absolute, largest, notionalOf, units, unitText } from './amount.ts';

/** Why no order of its own can sell (of a short: buy) so little; `price` is what it is valued by. */
export type Dust = Readonly<{ price: string; reason: string }>;

type Rules = Pick<Market, 'base' | 'quote' | 'settle' | 'amountStep' | 'minAmount' | 'minNotional'>;

/**
 * An amount is dust where it is not nothing and no order can get rid of it: what is left of it in the market's steps is
 * below the least amount, or on spot worth less than the least notional. An order that only reduces a perpetual has no
 * least notional.
 */
export function dustOf(amount: string, market: Rules, price: string): Dust | undefined {
  const held = absolute(units(amount));
  if (held === 0n) return undefined;
  const sellable = held - (held % units(market.amountStep));
  const least = largest(units(market.minAmount), units(market.amountStep));
  if (sellable < least) return { price, reason: `an order has at least ${unitText(least)} ${market.base}` };
  if (market.settle !== undefined) return undefined;
  const worth = notionalOf(units(price), sellable);
  if (worth >= units(market.minNotional)) return undefined;
  return { price, reason: `an order is worth at least ${market.minNotional} ${market.quote}` };
}
