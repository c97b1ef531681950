import { lockAsset, lockFor } from './funds.ts';
import { notionalToQuote } from './market.ts';
import { remaining } from './order.ts';
import { unrealized } from './positions.ts';
import { assetOf, marketOf, type MarketState, type VenueState } from './state.ts';

/**
 * What has to hold after every command, as sentences about what does not: value is conserved up to fees, no book is
 * crossed, what is locked is what open orders need, no account is below zero.
 */
export function brokenInvariants(state: VenueState): string[] {
  return [
    ...[...state.assets.keys()].flatMap((asset) => conservation(state, asset)),
    ...[...state.markets.values()].flatMap(bookFaults),
    ...locks(state),
  ];
}

function conservation(state: VenueState, asset: string): string[] {
  let held = state.feesTaken.get(asset) ?? 0n;
  for (const account of state.accounts.values()) {
    held += account.balances.get(asset)?.total ?? 0n;
    for (const [id, position] of account.positions) {
      const market = marketOf(state, id);
      if (market.market.quote !== asset) continue;
      held += notionalToQuote(market.market, unrealized(position, market), assetOf(state, asset));
    }
  }
  const deposited = state.deposited.get(asset) ?? 0n;
  return held === deposited ? [] : [`${asset}: ${deposited} came in, ${held} is there`];
}

function bookFaults({ market, book }: MarketState): string[] {
  const faults: string[] = [];
  const [bid] = book.bids.levels;
  const [ask] = book.asks.levels;
  if (bid !== undefined && ask !== undefined && bid.price >= ask.price) faults.push(`${market.id}: book is crossed`);
  for (const { levels, byPrice } of [book.bids, book.asks]) {
    if (levels.length !== byPrice.size) faults.push(`${market.id}: levels and their index differ`);
    for (const level of levels) {
      const total = level.orders.reduce((sum, order) => sum + remaining(order), 0n);
      if (total !== level.total || total === 0n)
        faults.push(`${market.id}: level ${level.price} says ${level.total}, holds ${total}`);
    }
  }
  return faults;
}

function locks(state: VenueState): string[] {
  const faults: string[] = [];
  for (const account of state.accounts.values()) {
    if (account.house) continue;
    const needed = new Map<string, bigint>();
    for (const order of account.open.values()) {
      const market = marketOf(state, order.market);
      const asset = lockAsset(market, order.side);
      const need = lockFor(state, market, order, account);
      if (need !== order.locked) faults.push(`order ${order.id}: locked ${order.locked}, needs ${need}`);
      needed.set(asset, (needed.get(asset) ?? 0n) + order.locked);
    }
    for (const [asset, { total, locked }] of account.balances) {
      if (locked !== (needed.get(asset) ?? 0n))
        faults.push(`${account.id} ${asset}: locked ${locked}, orders need ${needed.get(asset) ?? 0n}`);
      if (account.positions.size === 0 && (total < 0n || locked > total))
        faults.push(`${account.id} ${asset}: ${total} with ${locked} locked`);
    }
  }
  return faults;
}
