import type { Market as CcxtMarket } from 'ccxt';
import { z } from 'zod';
import { decimalText } from '../read-answer.ts';
import type { NamedMarket } from '../market-table.ts';

/** What we need of an entry of `exchangeInfo`; ccxt hands it on as it came. */
const infoShape = z.object({
  symbol: z.string(),
  status: z.string().optional(),
  contractStatus: z.string().optional(),
  filters: z.array(z.looseObject({ filterType: z.string() })),
});

const priceFilter = z.object({ tickSize: decimalText });
const lotSize = z.object({ stepSize: decimalText, minQty: decimalText, maxQty: decimalText });
const notional = z.union([
  z.object({ minNotional: decimalText }).transform(({ minNotional }) => minNotional),
  z.object({ notional: decimalText }).transform(({ notional: least }) => least),
]);

/** Trading rules from the filters, as decimal text; a market without them cannot be traded and is left out. */
export function readBinanceMarket(market: NonNullable<CcxtMarket>): NamedMarket | undefined {
  const info = infoShape.safeParse(market.info);
  if (!info.success) return undefined;
  const { filters, status, contractStatus } = info.data;
  const filter = (...names: readonly string[]) => filters.find(({ filterType }) => names.includes(filterType));
  const price = priceFilter.safeParse(filter('PRICE_FILTER'));
  const lot = lotSize.safeParse(filter('LOT_SIZE'));
  const least = notional.safeParse(filter('NOTIONAL', 'MIN_NOTIONAL'));
  if (!price.success || !lot.success) return undefined;
  return {
    id: info.data.symbol,
    market: {
      symbol: market.symbol,
      base: market.base,
      quote: market.quote,
      ...(market.settle !== undefined && { settle: market.settle }),
      priceTick: price.data.tickSize,
      amountStep: lot.data.stepSize,
      minAmount: lot.data.minQty,
      maxAmount: lot.data.maxQty,
      minNotional: least.success ? least.data : '0',
      active: (status ?? contractStatus) === 'TRADING',
    },
  };
}
