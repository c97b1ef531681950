import { pow10 } from './decimal.ts';

/**
 * What a venue trades, with its rules, in integers: prices in 10^-priceDecimals of the quote, quantities in
 * 10^-quantityDecimals of the base, amounts of an asset in 10^-decimals of that asset.
 */
export type VenueMarket = Readonly<{
  /** The venue's own name, as `BTCUSDT` or `XBTUSD`: opaque to this module. */
  id: string;
  kind: 'spot' | 'perpetual';
  base: string;
  quote: string;
  priceDecimals: number;
  quantityDecimals: number;
  /** Smallest step of a price and of a quantity, in the integers above. */
  tick: bigint;
  lot: bigint;
  minPrice: bigint;
  maxPrice: bigint;
  minQuantity: bigint;
  maxQuantity: bigint;
  /** Largest market order. */
  maxMarketQuantity: bigint;
  /** Smallest price x quantity, in 10^-(priceDecimals + quantityDecimals) of the quote. */
  minNotional: bigint;
  /** Fees in millionths of the amount. */
  makerFeePpm: bigint;
  takerFeePpm: bigint;
  /** Binance spot takes its fee from what is received, Kraken and perpetuals from the quote. */
  feeIn: 'received' | 'quote';
}>;

/** An asset and the fineness of its ledger. */
export type VenueAsset = Readonly<{ id: string; decimals: number }>;

export const notionalDecimals = (market: VenueMarket): number => market.priceDecimals + market.quantityDecimals;

/** price x quantity as an amount of the quote asset; exact, because a market's decimals fit its quote's ledger. */
export const notionalToQuote = (market: VenueMarket, notional: bigint, quote: VenueAsset): bigint =>
  notional * pow10(quote.decimals - notionalDecimals(market));

/** A quantity as an amount of the base asset. */
export const quantityToBase = (market: VenueMarket, quantity: bigint, base: VenueAsset): bigint =>
  quantity * pow10(base.decimals - market.quantityDecimals);
