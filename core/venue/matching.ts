import { crosses, dropIfEmpty, sideOf, unrest, type Level } from './book.ts';
import { relock, settleFill } from './funds.ts';
import { isOpen, opposite, remaining, type Fill, type VenueOrder } from './order.ts';
import { reducible } from './positions.ts';
import { accountOf, historyLimit, type Account, type MarketState, type VenueState } from './state.ts';

/** Trades `taker` against the book, price first, then time, until nothing more crosses. */
export function match(state: VenueState, market: MarketState, taker: VenueOrder): void {
  const side = sideOf(market.book, opposite(taker.side));
  const account = accountOf(state, taker.account);
  while (isOpen(taker) && remaining(taker) > 0n) {
    const level = side.levels[0];
    const maker = level?.orders[0];
    if (level === undefined || maker === undefined) return;
    if (taker.type === 'limit' && !crosses(taker.side, taker.price, level.price)) return;
    const owner = accountOf(state, maker.account);
    if (owner === account && !account.house) {
      const ends = state.settings.selfTrade === 'expireMaker' ? maker : taker;
      endOrder(state, market, ends, { status: 'expired', reason: 'selfTrade' });
      continue;
    }
    const quantity = matchable(market, { taker, account }, { maker, owner });
    if (quantity === 0n) {
      const ends = maker.reduceOnly && reducible(owner, market.market.id, maker.side) === 0n ? maker : taker;
      endOrder(state, market, ends, { status: 'expired', reason: 'reduceOnly' });
      continue;
    }
    for (const part of chunks(quantity, state.settings.fillChunks ?? 1, market.market.lot)) {
      fillBoth(state, market, { taker, account, maker, owner, level, quantity: part });
    }
    if (remaining(maker) === 0n) {
      level.orders.shift();
      dropIfEmpty(side, level);
    }
  }
}

/** What both sides have left, cut to what reduce-only orders may still close. */
function matchable(
  { market }: MarketState,
  { taker, account }: Readonly<{ taker: VenueOrder; account: Account }>,
  { maker, owner }: Readonly<{ maker: VenueOrder; owner: Account }>,
): bigint {
  let quantity = remaining(taker) < remaining(maker) ? remaining(taker) : remaining(maker);
  for (const [order, of] of [
    [taker, account],
    [maker, owner],
  ] as const) {
    if (!order.reduceOnly) continue;
    const most = reducible(of, market.id, order.side);
    if (most < quantity) quantity = most;
  }
  return quantity;
}

function chunks(quantity: bigint, count: number, lot: bigint): bigint[] {
  const part = (quantity / BigInt(count) / lot) * lot;
  if (count <= 1 || part === 0n) return [quantity];
  const rest = quantity - part * BigInt(count - 1);
  return [...Array.from({ length: count - 1 }, () => part), rest];
}

type Match = Readonly<{
  taker: VenueOrder;
  account: Account;
  maker: VenueOrder;
  owner: Account;
  level: Level;
  quantity: bigint;
}>;

function fillBoth(
  state: VenueState,
  market: MarketState,
  { taker, account, maker, owner, level, quantity }: Match,
): void {
  const tradeId = market.nextTradeId;
  market.nextTradeId += 1;
  const { price } = level;
  level.total -= quantity;
  market.lastPrice = price;
  const buys = taker.side === 'buy';
  state.emit({
    type: 'trade',
    trade: {
      tradeId,
      market: market.market.id,
      price,
      quantity,
      takerSide: taker.side,
      buyerOrderId: buys ? taker.id : maker.id,
      sellerOrderId: buys ? maker.id : taker.id,
      timeMs: state.nowMs,
    },
  });
  fillOne(state, market, { order: maker, account: owner, price, quantity, tradeId, maker: true });
  fillOne(state, market, { order: taker, account, price, quantity, tradeId, maker: false });
  changeLevel(state, market, maker, level.total);
}

type OneFill = Readonly<{
  order: VenueOrder;
  account: Account;
  price: bigint;
  quantity: bigint;
  tradeId: number;
  maker: boolean;
}>;

function fillOne(
  state: VenueState,
  market: MarketState,
  { order, account, price, quantity, tradeId, maker }: OneFill,
): void {
  const { id } = market.market;
  const notional = price * quantity;
  const money = settleFill(state, market, { account, side: order.side, quantity, notional, price, maker });
  order.filled += quantity;
  order.cost += notional;
  order.updatedMs = state.nowMs;
  if (remaining(order) === 0n) order.status = 'filled';
  relock(state, market, order, account);
  if (!isOpen(order)) forget(account, order);
  if (account.house) return;
  const { side } = order;
  const fill: Fill = {
    tradeId,
    orderId: order.id,
    account: account.id,
    market: id,
    side,
    price,
    quantity,
    notional,
    maker,
    ...money,
    timeMs: state.nowMs,
  };
  order.fills.push(fill);
  account.fills.push(fill);
  if (account.fills.length > historyLimit) account.fills.splice(0, historyLimit / 10);
  state.emit({ type: 'order', kind: 'fill', order, fill });
  tellBalances(state, market, account);
}

/** Takes an order out of the book and the account's open orders, with a reason; says so. */
export function endOrder(
  state: VenueState,
  market: MarketState,
  order: VenueOrder,
  { status, reason }: Readonly<{ status: 'canceled' | 'expired'; reason: string }>,
): void {
  const account = accountOf(state, order.account);
  market.stops.delete(order);
  const resting = sideOf(market.book, order.side).byPrice.get(order.price)?.orders.includes(order) ?? false;
  if (resting) changeLevel(state, market, order, unrest(market.book, order));
  order.status = status;
  order.reason = reason;
  order.updatedMs = state.nowMs;
  relock(state, market, order, account);
  forget(account, order);
  if (account.house) return;
  state.emit({ type: 'order', kind: status, order });
  tellBalances(state, market, account);
}

function forget(account: Account, order: VenueOrder): void {
  account.open.delete(order.id);
  if (account.openByClientId.get(order.clientId) === order) account.openByClientId.delete(order.clientId);
}

/** Says that the total at the order's price is now `total`. */
export function changeLevel(state: VenueState, market: MarketState, { side, price }: VenueOrder, total: bigint): void {
  market.updateId += 1;
  state.emit({ type: 'level', market: market.market.id, side, price, total, updateId: market.updateId });
}

export function tellBalances(state: VenueState, { market }: MarketState, account: Account): void {
  const assets = market.kind === 'spot' ? [market.base, market.quote] : [market.quote];
  state.emit({ type: 'balances', account: account.id, assets, reason: 'order', market: market.id });
}
