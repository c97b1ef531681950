import { oneUnit, units, unitText } from '../../../core/orders/amount.ts';
import type { Fill, OrderType, Side, VenueOrder, VenueOrderState } from '../../../core/orders/types.ts';
import type { FeedEvent, OwnBalance } from '../../../core/ports/market-feed.ts';
import type { AlgoUpdate, BinanceEvent, ExecutionReport, OrderTradeUpdate } from './messages.ts';

/** A symbol as the port names it, and the asset that fees are in where an event names none. */
export type OwnSymbol = Readonly<{ symbol: string; quote: string }>;

type Place = Readonly<{ venue: string; receivedMs: number; symbol: OwnSymbol }>;

const states: Readonly<Record<string, VenueOrderState>> = {
  NEW: 'accepted',
  PENDING_NEW: 'accepted',
  PENDING_CANCEL: 'accepted',
  PARTIALLY_FILLED: 'partiallyFilled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  // Of algo orders. One that finished has a plain order that tells more.
  TRIGGERING: 'accepted',
  TRIGGERED: 'accepted',
  FINISHED: 'expired',
};

const text = (decimal: string): string => unitText(units(decimal));

const isZero = (decimal: string): boolean => units(decimal) === 0n;

/** The state that a status means; liquidations have statuses of their own (NEW_ADL, NEW_INSURANCE). */
function stateOf(status: string, executed: string, amount: string): VenueOrderState {
  if (Object.hasOwn(states, status)) return states[status];
  if (isZero(executed)) return 'accepted';
  return units(executed) === units(amount) ? 'filled' : 'partiallyFilled';
}

const typeOf = (type: string): OrderType => {
  if (type === 'LIMIT' || type === 'LIMIT_MAKER') return 'limit';
  return type === 'MARKET' ? 'market' : 'stopMarket';
};

const sideOf = (side: 'BUY' | 'SELL'): Side => (side === 'BUY' ? 'buy' : 'sell');

/** The symbol that an own event is about, in Binance's words; undefined for balances and what is no own event. */
export function symbolOfOwn(event: BinanceEvent): string | undefined {
  if (event.e === 'executionReport') return event.s;
  if (event.e === 'ORDER_TRADE_UPDATE' || event.e === 'ALGO_UPDATE') return event.o.s;
  return undefined;
}

/** Orders and fills of an event, fills first: an order that is filled has its fills by then. */
export function orderEvents(event: BinanceEvent, place: Place): FeedEvent[] {
  if (event.e === 'executionReport') return reportEvents(event, place);
  if (event.e === 'ORDER_TRADE_UPDATE') return updateEvents(event, place);
  if (event.e === 'ALGO_UPDATE') return [orderEvent(algoOrder(event, place), place)];
  return [];
}

export function balanceEvents(event: BinanceEvent, receivedMs: number): FeedEvent[] {
  const balance = (of: OwnBalance, venueMs: number): FeedEvent => ({
    type: 'balance',
    balance: of,
    venueMs,
    receivedMs,
  });
  if (event.e === 'outboundAccountPosition') {
    return event.B.map(({ a: asset, f: free, l: locked }) =>
      balance({ asset, total: unitText(units(free) + units(locked)), locked: text(locked) }, event.u),
    );
  }
  if (event.e !== 'ACCOUNT_UPDATE') return [];
  return event.a.B.map(({ a: asset, wb: wallet }) => balance({ asset, total: text(wallet) }, event.T));
}

const orderEvent = (order: VenueOrder, { receivedMs }: Place): FeedEvent => ({ type: 'order', order, receivedMs });

function reportEvents(event: ExecutionReport, place: Place): FeedEvent[] {
  const { venue, symbol, receivedMs } = place;
  // A cancel has an id of its own in `c`; the order's is then in `C`.
  const clientOrderId = event.C === '' ? event.c : event.C;
  const order: VenueOrder = {
    venue,
    symbol: symbol.symbol,
    venueOrderId: String(event.i),
    ...(clientOrderId !== '' && { clientOrderId }),
    side: sideOf(event.S),
    type: typeOf(event.o),
    state: stateOf(event.X, event.z, event.q),
    amount: text(event.q),
    executed: text(event.z),
    ...(!isZero(event.p) && { price: text(event.p) }),
    ...(!isZero(event.P) && { stopPrice: text(event.P) }),
    reduceOnly: false,
    venueMs: event.T,
  };
  if (event.x !== 'TRADE') return [orderEvent(order, place)];
  const fill: Fill = {
    ...fillOf({ ...event, quote: event.Y }, order, symbol),
    venueMs: event.T,
  };
  return [{ type: 'fill', fill, receivedMs }, orderEvent(order, place)];
}

function updateEvents({ o: update }: OrderTradeUpdate, place: Place): FeedEvent[] {
  const { venue, symbol, receivedMs } = place;
  const order: VenueOrder = {
    venue,
    symbol: symbol.symbol,
    venueOrderId: String(update.i),
    ...(update.c !== '' && { clientOrderId: update.c }),
    side: sideOf(update.S),
    type: typeOf(update.o),
    state: stateOf(update.X, update.z, update.q),
    amount: text(update.q),
    executed: text(update.z),
    ...(!isZero(update.p) && { price: text(update.p) }),
    ...(!isZero(update.sp) && { stopPrice: text(update.sp) }),
    reduceOnly: update.R,
    venueMs: update.T,
  };
  // Liquidations are CALCULATED, and money all the same.
  if ((update.x !== 'TRADE' && update.x !== 'CALCULATED') || isZero(update.l)) return [orderEvent(order, place)];
  const fill: Fill = {
    ...fillOf({ ...update, quote: undefined }, order, symbol),
    realizedPnl: text(update.rp),
    venueMs: update.T,
  };
  return [{ type: 'fill', fill, receivedMs }, orderEvent(order, place)];
}

type FillFields = Readonly<{
  t: number;
  l: string;
  L: string;
  n?: string | null | undefined;
  N?: string | null | undefined;
  m: boolean;
  quote: string | undefined;
}>;

/**
 * USD-M's stream says no quote amount: a linear contract's is exactly price x amount, as `quoteQty` of its REST is.
 */
function fillOf({ t, l, L, n, N, m, quote }: FillFields, order: VenueOrder, symbol: OwnSymbol): Omit<Fill, 'venueMs'> {
  return {
    venue: order.venue,
    symbol: order.symbol,
    tradeId: String(t),
    venueOrderId: order.venueOrderId,
    ...(order.clientOrderId !== undefined && { clientOrderId: order.clientOrderId }),
    side: order.side,
    amount: text(l),
    price: text(L),
    quoteAmount: quote === undefined ? unitText((units(l) * units(L)) / oneUnit) : text(quote),
    fee: text(n ?? '0'),
    feeAsset: N ?? symbol.quote,
    liquidity: m ? 'maker' : 'taker',
  };
}

/** A stop of USD-M that waits; awake it is a plain order with another id. */
function algoOrder({ T, o: algo }: AlgoUpdate, { venue, symbol }: Place): VenueOrder {
  return {
    venue,
    symbol: symbol.symbol,
    venueOrderId: `algo-${algo.aid}`,
    ...(algo.caid !== '' && { clientOrderId: algo.caid }),
    side: sideOf(algo.S),
    type: 'stopMarket',
    state: stateOf(algo.X, '0', algo.q),
    amount: text(algo.q),
    executed: '0',
    stopPrice: text(algo.tp),
    reduceOnly: algo.R,
    venueMs: T,
  };
}
