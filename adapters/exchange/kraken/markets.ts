import type { Market as CcxtMarket } from 'ccxt';
import { z } from 'zod';
import { unitDecimals, units, unitText } from '../../../core/orders/amount.ts';
import { pow10 } from '../../../core/venue/decimal.ts';
import type { NamedMarket } from '../market-table.ts';
import { decimalText } from '../read-answer.ts';

const infoShape = z.object({
  altname: z.string(),
  wsname: z.string().optional(),
  lot_decimals: z.coerce.number().int().min(0).max(18),
  pair_decimals: z.coerce.number().int().min(0).max(18),
  ordermin: decimalText.optional(),
  costmin: decimalText.optional(),
  tick_size: decimalText.optional(),
  /** Volume in 30 days from which on a fee holds, and that fee in percent; the first is that of a new account. */
  fees: z.array(z.tuple([z.unknown(), decimalText])).optional(),
  status: z.string().optional(),
});

const stepOf = (decimals: number) => unitText(pow10(unitDecimals - decimals));

/** Trading rules of an entry of `AssetPairs`. Kraken names no largest order. */
export function readKrakenMarket(market: NonNullable<CcxtMarket>): NamedMarket | undefined {
  const info = infoShape.safeParse(market.info);
  if (!info.success) return undefined;
  const { altname, lot_decimals: lotDecimals, pair_decimals: priceDecimals, ordermin, costmin, status } = info.data;
  const [, feePercent] = info.data.fees?.[0] ?? [];
  return {
    id: market.id ?? altname,
    aliases: [altname],
    market: {
      symbol: market.symbol,
      base: market.base,
      quote: market.quote,
      priceTick: info.data.tick_size ?? stepOf(priceDecimals),
      amountStep: stepOf(lotDecimals),
      minAmount: ordermin ?? stepOf(lotDecimals),
      minNotional: costmin ?? '0',
      ...(feePercent !== undefined && { takerFeeInQuote: unitText(units(feePercent) / 100n) }),
      active: (status ?? 'online') === 'online',
    },
  };
}
