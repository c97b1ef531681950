import { absolute, largest, oneUnit, units, unitText } from './amount.ts';
import type { OrderIntent } from './types.ts';

/** What a price is held against, best first (orders.md 6). */
export const collarSources = ['otherVenue', 'mark', 'index', 'bookMid'] as const;

export type CollarSource = (typeof collarSources)[number];

/** `ageMs` by the clock of the venue that says it. */
export type PriceSeen = Readonly<{ price: string; ageMs: number }>;

export type CollarPrices = Readonly<
  Partial<Record<CollarSource, PriceSeen>> & {
    /** Of the venue where the order goes; without one nothing is sent. */
    lastTrade?: PriceSeen;
  }
>;

export type CollarSettings = Readonly<{
  /** Largest distance from the reference, a fraction as `0.05`. */
  maxDeviation: string;
  /** Older prices are stale. */
  maxAgeMs: number;
}>;

export type CollarVerdict =
  | Readonly<{ kind: 'within'; source: CollarSource; reference: string }>
  | Readonly<{ kind: 'refused'; source: CollarSource; reason: string }>
  /** A price that is stale, zero or missing is no signal: the symbol is halted. */
  | Readonly<{ kind: 'haltSymbol'; reason: string }>;

/**
 * Holds an order against a price that did not come from where it goes, as far as there is one. Market and stop orders
 * are judged by the last trade; a limit that is worse than the reference by more than the deviation is refused, one
 * that is better is not.
 */
export function checkCollar(
  intent: Pick<OrderIntent, 'side' | 'type' | 'price' | 'symbol'>,
  prices: CollarPrices,
  { maxDeviation, maxAgeMs }: CollarSettings,
): CollarVerdict {
  const [best] = collarSources.flatMap((name) => (prices[name] === undefined ? [] : [[name, prices[name]] as const]));
  if (best === undefined) return halt(`${intent.symbol}: no price to hold an order against`);
  const [source, reference] = best;
  const { lastTrade } = prices;
  if (lastTrade === undefined) return halt(`${intent.symbol}: no last trade`);
  for (const [name, seen] of [best, ['lastTrade', lastTrade] as const]) {
    if (units(seen.price) <= 0n) return halt(`${intent.symbol}: ${name} is ${seen.price}`);
    if (seen.ageMs > maxAgeMs) return halt(`${intent.symbol}: ${name} is ${seen.ageMs} ms old, at most ${maxAgeMs}`);
  }
  const middle = units(reference.price);
  const room = (middle * units(maxDeviation)) / oneUnit;
  const last = units(lastTrade.price);
  if (absolute(last - middle) > room) {
    return refused(source, `last trade ${lastTrade.price} is too far from ${source} ${reference.price}`);
  }
  const price = intent.price === undefined ? last : units(intent.price, 'price');
  const worse = intent.side === 'buy' ? price - middle : middle - price;
  if (worse > room) {
    return refused(source, `${intent.side} at ${unitText(price)} is too far from ${source} ${reference.price}`);
  }
  return { kind: 'within', source, reference: reference.price };
}

const halt = (reason: string): CollarVerdict => ({ kind: 'haltSymbol', reason });

const refused = (source: CollarSource, reason: string): CollarVerdict => ({ kind: 'refused', source, reason });

/** What an order can cost at worst: its limit, else the reference and the deviation. The guard values it by this. */
export function worstPrice(
  { type, price, stopPrice, side }: Pick<OrderIntent, 'type' | 'price' | 'stopPrice' | 'side'>,
  reference: string,
  { maxDeviation }: CollarSettings,
): string {
  if (type === 'limit' && price !== undefined && side === 'buy') return price;
  const from = [price, stopPrice, reference]
    .filter((text) => text !== undefined)
    .reduce((most, text) => largest(most, units(text)), 0n);
  return unitText(from + (from * units(maxDeviation)) / oneUnit);
}
