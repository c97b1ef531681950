import { deskErrorOfVenue } from '../../../core/order-desk/venue-failures.ts';
import { errorDocument, errorLine } from '../../../core/errors.ts';
import { sumText, units } from '../../../core/orders/amount.ts';
import { spendOf, type Spending } from '../../../core/orders/spend.ts';
import type { Side } from '../../../core/orders/types.ts';
import type { Balance, Exchange, Market } from '../../../core/ports/exchange.ts';

/** What the account has of the asset that an order spends, and of the base asset that it trades. */
export type Funds = Readonly<{
  asset: string;
  free: string;
  /** At worst, with the fee that comes on top; left out where the venue tells no leverage. */
  needed?: string;
  leverage?: string;
  /** Spot: all of the base asset, what orders lock too. */
  base?: string;
}>;

/** `failure` where the venue does not say: that keeps nobody from an order. */
export type FundsFound = Funds | Readonly<{ failure: string }>;

export async function fundsFor(
  exchange: Exchange,
  market: Market,
  order: Omit<Spending, 'leverage'>,
): Promise<FundsFound> {
  const isSpot = market.settle === undefined;
  try {
    const [balances, positions] = await Promise.all([exchange.balances(), isSpot ? [] : exchange.positions()]);
    const leverage = positions.find(({ symbol }) => symbol === market.symbol)?.leverage;
    const told = leverage !== undefined && { leverage };
    const { asset, amount } = spendOf(market, { ...order, ...told });
    const { free } = balanceOf(balances, asset);
    const base = balanceOf(balances, market.base);
    return {
      asset,
      free,
      ...(amount !== undefined && { needed: amount }),
      ...told,
      ...(isSpot && { base: sumText(base.free, base.locked) }),
    };
  } catch (thrown) {
    return { failure: errorLine(errorDocument(deskErrorOfVenue(thrown))) };
  }
}

const balanceOf = (balances: readonly Balance[], asset: string): Balance =>
  balances.find((balance) => balance.asset === asset) ?? { asset, free: '0', locked: '0' };

type Trade = Pick<Market, 'settle'> & Readonly<{ side: Side }>;

/** Why the account cannot pay for the order, with both numbers. */
export function fundsRefusal(funds: FundsFound, trade: Trade): string | undefined {
  if ('failure' in funds) return undefined;
  const { asset, free, needed, leverage } = funds;
  // Where no leverage is known, only that there is nothing at all says that it cannot be enough.
  const isEnough = needed === undefined ? units(free) > 0n : units(free) >= units(needed);
  if (isEnough) return undefined;
  if (trade.settle === undefined) return `not enough ${asset}: ${spends(needed, trade)}, ${free} are free`;
  if (needed === undefined) return `not enough margin: ${free} ${asset} are free`;
  return `not enough margin: the order needs ${needed} ${asset} at worst (leverage ${leverage}), ${free} are free`;
}

/** `100000 USDT; the order spends 3314.5 at worst` */
export function fundsText(funds: FundsFound, trade: Trade): string {
  if ('failure' in funds) return `not told: ${funds.failure}`;
  const { asset, free, needed, leverage } = funds;
  if (trade.settle === undefined) return `${free} ${asset}; ${spends(needed, trade)}`;
  const margin = `${free} ${asset} of margin`;
  if (needed === undefined) return `${margin}; the order needs its notional divided by the leverage`;
  if (needed === '0') return `${margin}; an order that reduces needs none`;
  return `${margin}; the order needs ${needed} at worst (leverage ${leverage})`;
}

const spends = (needed = '', { side }: Trade): string =>
  side === 'sell' ? `the order sells ${needed}` : `the order spends ${needed} at worst`;
