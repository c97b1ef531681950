import { formatDecimal, rescale } from '../../../core/venue/decimal.ts';
import { notionalDecimals, type VenueMarket } from '../../../core/venue/market.ts';

/** How a market's integers are written; `width` pads to a venue's fixed number of decimals. */
export const priceText = (market: VenueMarket, price: bigint, width = market.priceDecimals): string =>
  formatDecimal(rescale(price, market.priceDecimals, width), width);

export const quantityText = (market: VenueMarket, quantity: bigint, width = market.quantityDecimals): string =>
  formatDecimal(rescale(quantity, market.quantityDecimals, width), width);

export const notionalText = (market: VenueMarket, notional: bigint, width = notionalDecimals(market)): string =>
  formatDecimal(rescale(notional, notionalDecimals(market), width), width);

/** Average price of a notional over a quantity, cut at `width` decimals; zero where there is no quantity. */
export function averageText(market: VenueMarket, notional: bigint, quantity: bigint, width: number): string {
  if (quantity === 0n) return formatDecimal(0n, width);
  // notional / quantity is in price units; carry the wanted decimals before dividing.
  return formatDecimal(rescale(notional, market.priceDecimals, width) / quantity, width);
}
