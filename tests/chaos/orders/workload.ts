import type { Prng } from '../../../core/math/prng.ts';
import type { OrderRequest } from '../../../core/orders/order-request.ts';
import type { TradedMarket } from './venues.ts';
import { chaosAccount } from './worker-settings.ts';

type Leg = Partial<OrderRequest>;

/** Best prices, by the venue's name of a market. */
type Tickers = Readonly<Record<string, readonly [bid: number, ask: number]>>;

/** A plan of one to three legs around the market: some fill at once, some in parts, some rest, some are refused. */
export function drawPlan(prng: Prng, markets: readonly TradedMarket[], tickers: Tickers): readonly Leg[] {
  return Array.from({ length: 1 + prng.nextBelow(3) }, () => {
    const market = markets[prng.nextBelow(markets.length)];
    if (market === undefined) throw new RangeError('no market to trade');
    return drawLeg(prng, market, tickers[market.id] ?? [0, 0]);
  });
}

function drawLeg(
  prng: Prng,
  { symbol, step, amountDecimals, priceDecimals }: TradedMarket,
  [bid, ask]: Tickers[string],
): Leg {
  const side = prng.nextFloat() < 0.5 ? 'buy' : 'sell';
  const amount = (step * (1 + prng.nextBelow(4))).toFixed(amountDecimals);
  const common: Leg = { account: chaosAccount, symbol, side, amount, book: 'chaos' };
  const middle = (bid + ask) / 2;
  /** Away from the other side when positive. */
  const priced = (fraction: number): string =>
    (middle * (1 + (side === 'buy' ? -fraction : fraction))).toFixed(priceDecimals);
  const kind = prng.nextFloat();
  if (kind < 0.3) return common;
  if (kind < 0.5) return { ...common, price: priced(-0.002), timeInForce: 'IOC' };
  const restMs = 300 + prng.nextBelow(5_000);
  if (kind < 0.65) return { ...common, price: priced(0.0002), timeInForce: 'PO', restMs };
  if (kind < 0.85) return { ...common, price: priced(0.003 * prng.nextFloat()), restMs };
  return { ...common, price: priced(-0.001), restMs };
}
