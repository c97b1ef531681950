import type { VenueMarket } from './market.ts';
import type { OrderRequest } from './order.ts';

/** Which rule of a market an order breaks; a protocol turns it into its own words. */
export type FilterBreach =
  | 'quantityMissing'
  | 'priceMissing'
  | 'priceRange'
  | 'priceTick'
  | 'quantityRange'
  | 'quantityLot'
  | 'marketQuantityRange'
  | 'notional';

/** The first rule that is broken, in the order in which venues look. `marketPrice` values market orders. */
export function filterBreach(
  market: VenueMarket,
  { type, price, quantity, quoteQuantity, stop, reduceOnly }: OrderRequest,
  marketPrice: bigint,
): FilterBreach | undefined {
  if (quantity === undefined && quoteQuantity === undefined) return 'quantityMissing';
  if (type === 'limit' && price === undefined) return 'priceMissing';
  for (const given of [type === 'limit' ? price : undefined, stop?.price]) {
    if (given === undefined) continue;
    if (given < market.minPrice || given > market.maxPrice) return 'priceRange';
    if (given % market.tick !== 0n) return 'priceTick';
  }
  const breach = quantity === undefined ? undefined : quantityBreach(market, quantity, type);
  if (breach !== undefined) return breach;
  if (market.kind === 'perpetual' && reduceOnly === true) return undefined;
  const value = quoteQuantity ?? (quantity ?? 0n) * (type === 'limit' ? (price ?? 0n) : (stop?.price ?? marketPrice));
  return value < market.minNotional ? 'notional' : undefined;
}

function quantityBreach(
  market: VenueMarket,
  quantity: bigint,
  type: 'limit' | 'market',
): 'quantityRange' | 'quantityLot' | 'marketQuantityRange' | undefined {
  if (quantity < market.minQuantity || quantity > market.maxQuantity) return 'quantityRange';
  if (quantity % market.lot !== 0n) return 'quantityLot';
  return type === 'market' && quantity > market.maxMarketQuantity ? 'marketQuantityRange' : undefined;
}
