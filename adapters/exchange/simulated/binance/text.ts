import type { VenueMarket } from '../../../../core/venue/market.ts';
import type { VenueOrder } from '../../../../core/venue/order.ts';
import { averageText, notionalText, priceText, quantityText } from '../numbers.ts';
import type { BinanceHost } from './host.ts';

/** Binance spot writes eight decimals everywhere, USD-M the market's own. */
export type NumberStyle = Readonly<{
  price(value: bigint): string;
  quantity(value: bigint): string;
  notional(value: bigint): string;
  average(notional: bigint, quantity: bigint): string;
}>;

export function styleOf({ name }: Pick<BinanceHost, 'name'>, market: VenueMarket): NumberStyle {
  const spot = name === 'binanceSpot';
  const priceWidth = spot ? 8 : market.priceDecimals;
  const quantityWidth = spot ? 8 : market.quantityDecimals;
  return {
    price: (value) => priceText(market, value, priceWidth),
    quantity: (value) => quantityText(market, value, quantityWidth),
    notional: (value) => notionalText(market, value, spot ? 8 : undefined),
    average: (notional, quantity) => averageText(market, notional, quantity, spot ? 8 : market.priceDecimals + 1),
  };
}

/** Binance's word for where an order stands. */
export function statusText({ status, filled, reason }: VenueOrder): string {
  if (status === 'open') return filled === 0n ? 'NEW' : 'PARTIALLY_FILLED';
  if (status === 'filled') return 'FILLED';
  if (status === 'canceled') return 'CANCELED';
  return reason === 'selfTrade' ? 'EXPIRED_IN_MATCH' : 'EXPIRED';
}

export const sideText = ({ side }: Pick<VenueOrder, 'side'>): string => side.toUpperCase();

/** The order type as it was sent. */
export const typeText = ({ note, type }: VenueOrder): string => String(note.type ?? type.toUpperCase());
