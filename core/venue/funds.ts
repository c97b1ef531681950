import { notionalToQuote, quantityToBase } from './market.ts';
import { remaining, type Side, type VenueOrder } from './order.ts';
import { applyToPosition, leverageOf, marginOf, reducible } from './positions.ts';
import { assetOf, balanceOf, positionOf, type Account, type MarketState, type VenueState } from './state.ts';

const million = 1_000_000n;

const ceilFee = (amount: bigint, ppm: bigint) => (amount * ppm + million - 1n) / million;

type Trade = Readonly<{ account: Account; side: Side; quantity: bigint; notional: bigint }>;

/** What `quantity` costing `notional` takes: quote (with the fee, where that is paid in quote), base, or margin. */
export function needOf(
  state: VenueState,
  { market }: MarketState,
  { account, side, quantity, notional }: Trade,
): Readonly<{ asset: string; amount: bigint }> {
  if (market.kind === 'spot' && side === 'sell') {
    return { asset: market.base, amount: quantityToBase(market, quantity, assetOf(state, market.base)) };
  }
  const cost = notionalToQuote(market, notional, assetOf(state, market.quote));
  if (market.kind === 'perpetual')
    return { asset: market.quote, amount: cost / BigInt(leverageOf(account, market.id)) };
  return { asset: market.quote, amount: market.feeIn === 'quote' ? cost + ceilFee(cost, market.takerFeePpm) : cost };
}

/** The part of a new order that opens exposure: only that must be affordable on a perpetual. */
export function opening({ market }: MarketState, trade: Trade): Trade {
  if (market.kind === 'spot' || trade.quantity === 0n) return trade;
  const reduces = reducible(trade.account, market.id, trade.side);
  const quantity = trade.quantity > reduces ? trade.quantity - reduces : 0n;
  return { ...trade, quantity, notional: (trade.notional * quantity) / trade.quantity };
}

/** What an account can still use of an asset: on perpetuals profit, loss and the positions' margin count. */
export function available(state: VenueState, account: Account, asset: string): bigint {
  const { total, locked } = balanceOf(account, asset);
  if (account.positions.size === 0) return total - locked;
  const { positionMargin, unrealized } = marginOf(state, account, asset);
  return total - locked - positionMargin + unrealized;
}

/** What an open order has to have set aside now. */
export function lockFor(state: VenueState, market: MarketState, order: VenueOrder, account: Account): bigint {
  if (account.house || order.status !== 'open' || order.type === 'market') return 0n;
  if (market.market.kind === 'perpetual' && (order.reduceOnly || !order.active)) return 0n;
  const quantity = remaining(order);
  return needOf(state, market, { account, side: order.side, quantity, notional: quantity * order.price }).amount;
}

/** The asset that an order's lock is in. */
export const lockAsset = ({ market }: MarketState, side: Side): string =>
  market.kind === 'perpetual' || side === 'buy' ? market.quote : market.base;

/** Brings what is set aside in line with what is left of the order. */
export function relock(state: VenueState, market: MarketState, order: VenueOrder, account: Account): void {
  const locked = lockFor(state, market, order, account);
  if (locked === order.locked) return;
  balanceOf(account, lockAsset(market, order.side)).locked += locked - order.locked;
  order.locked = locked;
}

/** Moves the money of one fill for one side; gives the fee and what a perpetual realised. */
export function settleFill(
  state: VenueState,
  market: MarketState,
  trade: Trade & Readonly<{ price: bigint; maker: boolean }>,
): Readonly<{ fee: bigint; feeAsset: string; realized: bigint }> {
  const { market: spec } = market;
  const { account, side, quantity, notional, price, maker } = trade;
  const ppm = maker ? spec.makerFeePpm : spec.takerFeePpm;
  const quote = balanceOf(account, spec.quote);
  const cost = notionalToQuote(spec, notional, assetOf(state, spec.quote));
  if (spec.kind === 'perpetual') {
    const position = positionOf(account, spec.id);
    const profit = applyToPosition(position, { side, price, quantity, timeMs: state.nowMs });
    const realized = notionalToQuote(spec, profit, assetOf(state, spec.quote));
    const fee = takeFee(state, account, { asset: spec.quote, amount: cost, ppm });
    quote.total += realized;
    return { fee, feeAsset: spec.quote, realized };
  }
  const bought = side === 'buy';
  const size = quantityToBase(spec, quantity, assetOf(state, spec.base));
  balanceOf(account, spec.base).total += bought ? size : -size;
  quote.total += bought ? -cost : cost;
  const inBase = spec.feeIn === 'received' && bought;
  const feeAsset = inBase ? spec.base : spec.quote;
  const fee = takeFee(state, account, { asset: feeAsset, amount: inBase ? size : cost, ppm });
  return { fee, feeAsset, realized: 0n };
}

/** The house pays none. Rounded down to the ledger's unit. */
function takeFee(
  state: VenueState,
  account: Account,
  { asset, amount, ppm }: Readonly<{ asset: string; amount: bigint; ppm: bigint }>,
): bigint {
  if (account.house) return 0n;
  const fee = (amount * ppm) / million;
  balanceOf(account, asset).total -= fee;
  state.feesTaken.set(asset, (state.feesTaken.get(asset) ?? 0n) + fee);
  return fee;
}
