import { units } from '../orders/amount.ts';
import type { LimitCurrency } from '../orders/limit-currency.ts';
import { priceInLimits } from './quote-rates.ts';
import type { OrderDesk } from './desk.ts';

/**
 * What the venue says of symbols that are held, for the guard, in the limits' currency. One that it does not say, or
 * that is zero, is left out: the guard keeps what it knew, and lets nothing increase while it has never known one.
 */
export async function heldPrices(
  { exchange }: Pick<OrderDesk, 'exchange'>,
  symbols: Iterable<string>,
  limits: LimitCurrency = {},
): Promise<Record<string, string>> {
  const ask = async (symbol: string) => {
    const { price } = await exchange.referencePrice(symbol);
    return (await priceInLimits(exchange, { symbol, price }, limits)).price;
  };
  const asked = [...new Set(symbols)].map(async (symbol) => {
    const price = await ask(symbol).catch(() => '0');
    return units(price) > 0n ? [[symbol, price] as const] : [];
  });
  return Object.fromEntries((await Promise.all(asked)).flat());
}
