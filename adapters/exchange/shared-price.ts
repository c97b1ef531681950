import type { ReferencePrice } from '../../core/ports/exchange.ts';

type AskPrice = (symbol: string) => Promise<ReferencePrice>;

/**
 * Orders that come close share a price, at most `keptMs` old: an order asks three times on its way (rounding, reserving,
 * checking), and each time costs as much of the rate budget as several cancels. A price that could not be had is asked
 * anew. Nobody's signal ends it, because others may wait for it; the request has its own time limit.
 */
export function sharedPrice(ask: AskPrice, keptMs: number): AskPrice {
  const kept = new Map<string, Readonly<{ price: Promise<ReferencePrice>; untilMs: number }>>();
  return (symbol) => {
    const known = kept.get(symbol);
    if (known !== undefined && performance.now() < known.untilMs) return known.price;
    const price = ask(symbol);
    kept.set(symbol, { price, untilMs: performance.now() + keptMs });
    price.catch(() => kept.delete(symbol));
    return price;
  };
}
