import {
  checkCollar,
  type CollarPrices,
  type CollarSettings,
  type CollarVerdict,
  type PriceSeen,
  worstPrice,
} from '../orders/collar.ts';
import { units } from '../orders/amount.ts';
import type { OrderIntent } from '../orders/types.ts';
import type { Accounts } from '../ports/accounts.ts';
import type { Exchange, ReferencePrice } from '../ports/exchange.ts';
import type { OrderDesk } from './desk.ts';
import { askVenue } from './venue-failures.ts';

/** `other`: an account whose venue gives the second price, where the settings name one. */
export type PriceCheck = Readonly<{ settings: CollarSettings; other?: Exchange }>;

/** By what the prices of an account are checked: `reference_account` of its settings is looked for among the accounts. */
export async function priceCheckBy(
  settings: CollarSettings,
  referenceAccount: string | undefined,
  accounts: Pick<Accounts, 'exchange'>,
): Promise<PriceCheck> {
  const other = referenceAccount === undefined ? undefined : await accounts.exchange(referenceAccount);
  return { settings, ...(other && { other }) };
}

/**
 * Holds an order against a second source of its price and says why it may not go out. A price that is stale, zero or
 * missing at a second look too halts the symbol in the store: it is no signal, whatever else it is.
 */
export async function checkPrice(
  { account, orders, exchange, nowMs }: OrderDesk,
  intent: Pick<OrderIntent, 'side' | 'type' | 'price' | 'symbol'>,
  check: PriceCheck,
): Promise<string | undefined> {
  const verdict = await collarVerdict(exchange, intent, check);
  if (verdict.kind === 'within') return undefined;
  if (verdict.kind === 'haltSymbol') await orders.haltSymbol(account, intent.symbol, verdict.reason, nowMs());
  return verdict.reason;
}

/** The same, without consequences. */
export async function collarVerdict(
  exchange: Exchange,
  intent: Pick<OrderIntent, 'side' | 'type' | 'price' | 'symbol'>,
  check: PriceCheck,
): Promise<CollarVerdict> {
  const first = await oneLook(exchange, intent, check);
  // Who slept between the price and the clock sees an old price where there is none: only two looks halt for everybody.
  return first.kind === 'haltSymbol' ? oneLook(exchange, intent, check) : first;
}

async function oneLook(
  exchange: Exchange,
  intent: Pick<OrderIntent, 'side' | 'type' | 'price' | 'symbol'>,
  { settings, other }: PriceCheck,
): Promise<CollarVerdict> {
  const [own, elsewhere] = await Promise.all([
    pricesOf(exchange, intent.symbol),
    other === undefined ? undefined : priceElsewhere(other, intent.symbol),
  ]);
  return checkCollar(intent, { ...own, ...(elsewhere && { otherVenue: elsewhere }) }, settings);
}

async function pricesOf(exchange: Exchange, symbol: string): Promise<CollarPrices> {
  const reference = await askVenue(exchange.referencePrice(symbol));
  const venueMs = await askVenue(exchange.venueTimeMs());
  const seen = seenAt(reference, venueMs);
  const lastTrade = reference.lastTrade === undefined ? seen : seenAt(reference.lastTrade, venueMs);
  return { [reference.source]: seen, lastTrade };
}

/** Another venue that does not answer, or has no such market, is none: the next source counts. */
async function priceElsewhere(other: Exchange, symbol: string): Promise<PriceSeen | undefined> {
  try {
    const markets = await other.markets();
    if (!markets.some((market) => market.symbol === symbol)) return undefined;
    return seenAt(await other.referencePrice(symbol), await other.venueTimeMs());
  } catch {
    return undefined;
  }
}

const seenAt = ({ price, venueMs }: Pick<ReferencePrice, 'price' | 'venueMs'>, nowMs: number): PriceSeen => ({
  price,
  ageMs: Math.max(0, nowMs - venueMs),
});

/** What an order is valued at before it is sent: its limit where that is the worst, else reference and collar. */
export async function valuationPrice(
  exchange: Exchange,
  intent: Pick<OrderIntent, 'type' | 'price' | 'stopPrice' | 'side' | 'symbol'>,
  settings: CollarSettings,
): Promise<string> {
  const ownLimit = intent.side === 'buy' ? intent.price : undefined;
  if (ownLimit !== undefined) return ownLimit;
  const { price } = await askVenue(exchange.referencePrice(intent.symbol));
  return units(price) > 0n ? worstPrice(intent, price, settings) : '0';
}
