import { oneUnit, units, unitText } from '../orders/amount.ts';
import { isAtPar, type LimitCurrency, priceAt, quoteOf, type QuoteRates } from '../orders/limit-currency.ts';
import type { Exchange } from '../ports/exchange.ts';
import { askVenue } from './venue-failures.ts';

/** Rates of the quotes of these symbols, by symbol. VenueError or DeskError where a price could not be asked. */
export async function quoteRates(
  exchange: Exchange,
  symbols: Iterable<string>,
  limits: LimitCurrency,
): Promise<QuoteRates> {
  const asked = [...new Set(symbols)].map(async (symbol) => {
    const rate = await rateOf(exchange, quoteOf(symbol), limits);
    return rate === undefined ? [] : [[symbol, rate] as const];
  });
  return Object.fromEntries((await Promise.all(asked)).flat());
}

/** A price in the limits' currency; or, at a price of zero, why the venue cannot say. */
export async function priceInLimits(
  exchange: Exchange,
  { symbol, price }: Readonly<{ symbol: string; price: string }>,
  limits: LimitCurrency,
): Promise<Readonly<{ price: string; unvalued?: string }>> {
  const { [symbol]: rate } = await quoteRates(exchange, [symbol], limits);
  if (rate !== undefined) return { price: rate === '1' ? price : priceAt(price, rate) };
  const quote = quoteOf(symbol);
  return { price: '0', unvalued: `${quote} has no market against ${limits.currency}, the currency of the limits` };
}

async function rateOf(exchange: Exchange, quote: string, limits: LimitCurrency): Promise<string | undefined> {
  if (isAtPar(quote, limits)) return '1';
  const markets = (await askVenue(exchange.markets())).filter(({ active, settle }) => active && settle === undefined);
  const direct = markets.find((market) => market.base === quote && isAtPar(market.quote, limits));
  const inverse = markets.find((market) => market.quote === quote && isAtPar(market.base, limits));
  const market = direct ?? inverse;
  if (market === undefined) return undefined;
  const price = units((await askVenue(exchange.referencePrice(market.symbol))).price);
  if (price <= 0n) return undefined;
  return unitText(direct === undefined ? (oneUnit * oneUnit + price - 1n) / price : price);
}
