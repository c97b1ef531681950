import { notionalOf, units, unitText } from './amount.ts';
import type { GuardLimits } from './guard-types.ts';

/** What the limits are counted in; none: in whatever a market's quote is, as guards of before did. */
export type LimitCurrency = Pick<GuardLimits, 'currency' | 'atPar'>;

/** What one of a symbol's quote is worth in the limits' currency, by symbol; left out where the venue cannot say. */
export type QuoteRates = Readonly<Record<string, string>>;

/** `BTC` of `ETH/BTC`, `USDT` of `BTC/USDT:USDT`. */
export const quoteOf = (symbol: string): string => symbol.slice(symbol.indexOf('/') + 1).split(':', 1)[0] ?? '';

export const isAtPar = (quote: string, { currency, atPar = [] }: LimitCurrency): boolean =>
  currency === undefined || quote === currency || atPar.includes(quote);

/** A price in the limits' currency, rounded up: what limits count is never too small. */
export const priceAt = (price: string, rate: string): string => unitText(notionalOf(units(price), units(rate)));
