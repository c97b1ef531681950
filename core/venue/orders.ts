import { crosses, rest, sideOf, unrest, walk } from './book.ts';
import { filterBreach, type FilterBreach } from './filters.ts';
import { available, needOf, opening, relock } from './funds.ts';
import { changeLevel, endOrder, match, tellBalances } from './matching.ts';
import { isOpen, opposite, type OrderRequest, type VenueOrder } from './order.ts';
import { reducible } from './positions.ts';
import { accountOf, historyLimit, marketOf, type Account, type MarketState, type VenueState } from './state.ts';

/** Why the engine took no order. */
export type Refusal =
  | FilterBreach
  | 'duplicateClientId'
  | 'insufficientFunds'
  | 'wouldMatch'
  | 'wouldTrigger'
  | 'reduceOnly'
  | 'noLiquidity';

export type Placed = Readonly<{ order: VenueOrder }> | Readonly<{ refused: Refusal }>;

/** Filters, then ids, then funds, then the book. What was accepted is an order, also when it ends at once. */
export function placeOrder(state: VenueState, request: OrderRequest): Placed {
  const market = marketOf(state, request.market);
  const account = accountOf(state, request.account);
  const sized = sizedRequest(market, account, request);
  if (typeof sized === 'string') return { refused: sized };
  const refused = account.house ? undefined : refusal(state, market, account, sized);
  if (refused !== undefined) return { refused };
  const order = createOrder(state, sized);
  if (!account.house) keep(account, order);
  relock(state, market, order, account);
  if (!account.house) {
    state.emit({ type: 'order', kind: 'new', order });
    tellBalances(state, market, account);
  }
  if (order.active) execute(state, market, order);
  else market.stops.add(order);
  settle(state, market);
  return { order };
}

/** What `placeOrder` would say, without doing it: for venues' test endpoints and validation. */
export function checkOrder(state: VenueState, request: OrderRequest): Refusal | undefined {
  const market = marketOf(state, request.market);
  const account = accountOf(state, request.account);
  const sized = sizedRequest(market, account, request);
  return typeof sized === 'string' ? sized : refusal(state, market, account, sized);
}

/** A market order by amount of quote gets the quantity that the book gives for it; reduce-only is cut to what is there. */
function sizedRequest(market: MarketState, account: Account, request: OrderRequest): OrderRequest | Refusal {
  const breach = account.house ? undefined : filterBreach(market.market, request, market.lastPrice);
  if (breach !== undefined) return breach;
  if (request.quoteQuantity !== undefined) {
    const book = sideOf(market.book, opposite(request.side));
    const { quantity } = walk(book, { notional: request.quoteQuantity, except: account.id });
    const whole = quantity - (quantity % market.market.lot);
    return whole === 0n ? 'noLiquidity' : { ...request, quantity: whole };
  }
  if (request.reduceOnly !== true || request.stop !== undefined) return request;
  const most = reducible(account, market.market.id, request.side);
  if (most === 0n) return 'reduceOnly';
  return (request.quantity ?? 0n) > most ? { ...request, quantity: most } : request;
}

function refusal(state: VenueState, market: MarketState, account: Account, request: OrderRequest): Refusal | undefined {
  const { side, type, price = 0n, quantity = 0n, stop } = request;
  if (request.clientId !== undefined && account.openByClientId.has(request.clientId)) return 'duplicateClientId';
  if (stop !== undefined && isTriggered(market, stop)) return 'wouldTrigger';
  const book = sideOf(market.book, opposite(side));
  const best = book.levels[0];
  if (request.postOnly === true && best !== undefined && crosses(side, price, best.price)) return 'wouldMatch';
  if (stop === undefined && type === 'market' && best === undefined) return 'noLiquidity';
  if (market.market.kind === 'perpetual' && (request.reduceOnly === true || stop !== undefined)) return undefined;
  const notional =
    type === 'limit'
      ? price * quantity
      : stop === undefined
        ? walk(book, { quantity, except: account.id }).notional
        : stop.price * quantity;
  const need = needOf(state, market, opening(market, { account, side, quantity, notional }));
  return need.amount > available(state, account, need.asset) ? 'insufficientFunds' : undefined;
}

function createOrder(state: VenueState, request: OrderRequest): VenueOrder {
  const id = state.nextOrderId;
  state.nextOrderId += 1;
  return {
    id,
    account: request.account,
    market: request.market,
    clientId: request.clientId ?? '',
    side: request.side,
    type: request.type,
    timeInForce: request.timeInForce ?? 'GTC',
    postOnly: request.postOnly ?? false,
    reduceOnly: request.reduceOnly ?? false,
    quoteQuantity: request.quoteQuantity ?? 0n,
    stop: request.stop,
    note: request.note ?? {},
    createdMs: state.nowMs,
    price: request.price ?? 0n,
    quantity: request.quantity ?? 0n,
    filled: 0n,
    cost: 0n,
    locked: 0n,
    active: request.stop === undefined,
    status: 'open',
    reason: '',
    updatedMs: state.nowMs,
    fills: [],
  };
}

function keep(account: Account, order: VenueOrder): void {
  account.open.set(order.id, order);
  account.orders.set(order.id, order);
  if (order.clientId !== '') {
    account.openByClientId.set(order.clientId, order);
    account.newestByClientId.set(order.clientId, order);
  }
  if (account.orders.size <= historyLimit) return;
  for (const [id, old] of account.orders) {
    if (isOpen(old)) continue;
    account.orders.delete(id);
    if (account.newestByClientId.get(old.clientId) === old) account.newestByClientId.delete(old.clientId);
    return;
  }
}

/** Matches; what is left rests, or ends where it may not rest. */
function execute(state: VenueState, market: MarketState, order: VenueOrder): void {
  if (order.timeInForce === 'FOK') {
    const limit = order.type === 'limit' ? { limit: order.price } : {};
    const book = sideOf(market.book, opposite(order.side));
    const { quantity } = walk(book, { quantity: order.quantity, except: order.account, ...limit });
    if (quantity < order.quantity)
      return endOrder(state, market, order, { status: 'expired', reason: 'notFilledWhole' });
  }
  match(state, market, order);
  if (!isOpen(order)) return;
  if (order.type === 'market' || order.timeInForce !== 'GTC') {
    return endOrder(state, market, order, { status: 'expired', reason: 'immediateRest' });
  }
  changeLevel(state, market, order, rest(market.book, order).total);
}

/** Stop orders that the last trades woke, oldest first, until no more wake; then the book stands still. */
function settle(state: VenueState, market: MarketState): void {
  for (;;) {
    const woken = [...market.stops].find(({ stop }) => stop !== undefined && isTriggered(market, stop));
    if (woken === undefined) break;
    market.stops.delete(woken);
    trigger(state, market, woken);
  }
  state.emit({ type: 'settled', market: market.market.id });
}

function trigger(state: VenueState, market: MarketState, order: VenueOrder): void {
  const account = accountOf(state, order.account);
  order.active = true;
  order.updatedMs = state.nowMs;
  state.emit({ type: 'order', kind: 'triggered', order });
  const best = sideOf(market.book, opposite(order.side)).levels[0];
  const reduces = order.reduceOnly && reducible(account, market.market.id, order.side) === 0n;
  const posts = order.postOnly && best !== undefined && crosses(order.side, order.price, best.price);
  if (reduces || posts || !affordable(state, market, order, account)) {
    return endOrder(state, market, order, {
      status: 'expired',
      reason: reduces ? 'reduceOnly' : posts ? 'wouldMatch' : 'insufficientFunds',
    });
  }
  relock(state, market, order, account);
  execute(state, market, order);
}

/** A stop that becomes a market order has set nothing aside; neither has a perpetual's stop. */
function affordable(state: VenueState, market: MarketState, order: VenueOrder, account: Account): boolean {
  if (order.locked > 0n || order.reduceOnly || account.house) return true;
  const { side, quantity } = order;
  const book = sideOf(market.book, opposite(side));
  const notional = order.type === 'limit' ? order.price * quantity : walk(book, { quantity }).notional;
  const need = needOf(state, market, opening(market, { account, side, quantity, notional }));
  return need.amount <= available(state, account, need.asset);
}

const isTriggered = ({ lastPrice }: MarketState, { price, rises }: Readonly<{ price: bigint; rises: boolean }>) =>
  lastPrice !== 0n && (rises ? lastPrice >= price : lastPrice <= price);

/** Who ended it: the client, or the venue for a client that no longer renews its switch. */
export type CancelReason = 'requested' | 'deadManSwitch';

/** Cancels an open order; false when it is no longer open. */
export function cancelOrder(state: VenueState, order: VenueOrder, reason: CancelReason = 'requested'): boolean {
  if (!isOpen(order)) return false;
  const market = marketOf(state, order.market);
  endOrder(state, market, order, { status: 'canceled', reason });
  settle(state, market);
  return true;
}

/** Changes price or quantity under the same id. Keeps its place in the queue only when nothing but quantity falls. */
export function amendOrder(
  state: VenueState,
  order: VenueOrder,
  change: Readonly<{ price?: bigint; quantity?: bigint }>,
): Placed {
  const market = marketOf(state, order.market);
  const account = accountOf(state, order.account);
  const { price = order.price, quantity = order.quantity } = change;
  const refused = amendRefusal(state, market, { order, account, price, quantity });
  if (refused !== undefined) return { refused };
  const level = sideOf(market.book, order.side).byPrice.get(order.price);
  if (price === order.price && quantity <= order.quantity && level !== undefined) {
    level.total -= order.quantity - quantity;
    order.quantity = quantity;
    changeLevel(state, market, order, level.total);
    amended(state, market, order, account);
  } else {
    if (order.active) changeLevel(state, market, order, unrest(market.book, order));
    Object.assign(order, { price, quantity });
    amended(state, market, order, account);
    if (order.active) execute(state, market, order);
  }
  settle(state, market);
  return { order };
}

function amended(state: VenueState, market: MarketState, order: VenueOrder, account: Account): void {
  order.updatedMs = state.nowMs;
  relock(state, market, order, account);
  state.emit({ type: 'order', kind: 'amended', order });
  tellBalances(state, market, account);
}

type Amendment = Readonly<{ order: VenueOrder; account: Account; price: bigint; quantity: bigint }>;

function amendRefusal(
  state: VenueState,
  market: MarketState,
  { order, account, price, quantity }: Amendment,
): Refusal | undefined {
  const { side, type, market: id } = order;
  const breach = filterBreach(market.market, { account: account.id, market: id, side, type, price, quantity }, price);
  if (breach !== undefined) return breach;
  if (quantity <= order.filled) return 'quantityRange';
  const best = sideOf(market.book, opposite(side)).levels[0];
  if (order.postOnly && best !== undefined && crosses(side, price, best.price)) return 'wouldMatch';
  const left = quantity - order.filled;
  const need = needOf(state, market, opening(market, { account, side, quantity: left, notional: left * price }));
  return need.amount > available(state, account, need.asset) + order.locked ? 'insufficientFunds' : undefined;
}
