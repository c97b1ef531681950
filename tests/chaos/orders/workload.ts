import type { Prng } from '../../../core/math/prng.ts';
import type { OrderRequest } from '../../../core/orders/order-request.ts';
import type { Side } from '../../../core/orders/types.ts';
import { exact, type Journal } from './journal.ts';
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
  if (kind > 0.9) return { ...common, ...drawStop(prng, priced) };
  if (kind < 0.3) return common;
  if (kind < 0.5) return { ...common, price: priced(-0.002), timeInForce: 'IOC' };
  const restMs = 300 + prng.nextBelow(5_000);
  if (kind < 0.65) return { ...common, price: priced(0.0002), timeInForce: 'PO', restMs };
  if (kind < 0.85) return { ...common, price: priced(0.003 * prng.nextFloat()), restMs };
  return { ...common, price: priced(-0.001), restMs };
}

/** Beyond the market: some wake, some are canceled sooner or later, some rest when the account is halted. */
function drawStop(prng: Prng, priced: (fraction: number) => string): Leg {
  const stopPrice = priced(-0.0003 - 0.01 * prng.nextFloat() ** 2);
  const restMs = 500 + Math.round(20_000 * prng.nextFloat() ** 2);
  return { type: 'stopMarket', stopPrice, restMs };
}

/** What was bought of a market less what was sold. */
const heldOf = (symbol: string, { fills }: Journal): bigint =>
  fills
    .filter((fill) => fill.symbol === symbol)
    .reduce((sum, { side, quantity }) => sum + (side === 'buy' ? quantity : -quantity), 0n);

const reducing = (held: bigint): Side => (held < 0n ? 'buy' : 'sell');

/** Up to so many steps less of whatever is held: what REDUCING lets through. */
export function reducers(markets: readonly TradedMarket[], journal: Journal, mostSteps: number): readonly Leg[] {
  return markets.flatMap(({ symbol, step, amountDecimals }): Leg[] => {
    const held = heldOf(symbol, journal);
    const stepsHeld = (held < 0n ? -held : held) / exact(step.toFixed(amountDecimals));
    if (stepsHeld === 0n) return [];
    const amount = (step * Math.min(mostSteps, Number(stepsHeld))).toFixed(amountDecimals);
    return [{ account: chaosAccount, book: 'chaos', symbol, side: reducing(held), amount }];
  });
}

/** The smallest stop that protects what is held, too far away to wake. */
export function stopAway(
  { symbol, step, amountDecimals, priceDecimals }: TradedMarket,
  [bid]: Tickers[string],
  journal: Journal,
): Leg {
  const side = reducing(heldOf(symbol, journal));
  const stopPrice = (bid * (side === 'sell' ? 0.97 : 1.03)).toFixed(priceDecimals);
  const amount = step.toFixed(amountDecimals);
  return { account: chaosAccount, book: 'chaos', symbol, side, type: 'stopMarket', amount, stopPrice };
}
